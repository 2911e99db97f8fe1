"""One event of a streamed response."""

from dataclasses import dataclass, field
from typing import ClassVar

from samplers.api.deviations import count_of, dict_of, dicts_of, id_of, string_of
from samplers.api.responses.items import FunctionCallItem, Item, item_of
from samplers.api.responses.response import Response
from samplers.api.results import TokenLogprob, Usage

# Where an event's `delta` belongs, by its type.
DELTAS = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "refusal",
    "response.function_call_arguments.delta": "arguments",
    "response.reasoning_summary_text.delta": "summary",
}
# A stream's last event, and the status of its response.
ENDS = {
    "response.completed": "completed",
    "response.incomplete": "incomplete",
    "response.failed": "failed",
}


@dataclass(frozen=True, repr=False)
class ResponseEvent:
    """One event of a stream, by its `type`: what it adds to the response.

    A delta's `text`, `refusal`, `arguments` or `summary` is more of the item at `output_index`,
    whose id is `item_id`.
    `item`: of response.output_item.added and .done. `response`: of response.created and of the last
    event, where it is the whole. Events of other types have `raw`, the JSON that came, alone.

    `at`: when the event came, in seconds after the request was made, on a monotonic clock.
    """

    index: ClassVar[int] = 0  # as of a chunk: a stream of Responses has one answer

    type: str
    text: str = ""
    refusal: str = ""
    arguments: str = ""
    summary: str = ""
    item: Item | None = None
    response: Response | None = None
    output_index: int | None = None
    item_id: str | None = None
    sequence_number: int | None = None
    logprobs: tuple[TokenLogprob, ...] | None = None
    raw: dict = field(default_factory=dict)
    at: float | None = None

    @classmethod
    def from_wire(cls, kind: str, event: dict, at: float | None = None) -> "ResponseEvent":
        """The event whose data is this JSON. `kind`: its type where the JSON has none."""
        type = string_of(event.get("type")) or kind
        item = event.get("item")
        response = dict_of(event.get("response"))
        if type in ENDS and "status" in response and response["status"] is None:
            response = response | {"status": ENDS[type]}
        added = DELTAS.get(type)
        shown = dicts_of(event.get("logprobs"))
        return cls(
            type=type,
            item=item_of(item) if isinstance(item, dict) else None,
            response=Response.from_wire(response) if "status" in response else None,
            output_index=count_of(event.get("output_index")),
            item_id=id_of({"id": event.get("item_id") or dict_of(item).get("id")}) or None,
            sequence_number=count_of(event.get("sequence_number")),
            logprobs=tuple(map(TokenLogprob.from_wire, shown)) or None,
            raw=event,
            at=at,
            **({added: string_of(event.get("delta")) or ""} if added else {}),
        )

    def __repr__(self) -> str:
        """Its type, and what it has to say."""
        names = ("type", *DELTAS.values(), "item")
        shown = [f"{name}={value!r}" for name in names if (value := getattr(self, name))]
        return f"ResponseEvent({', '.join(shown)})"

    @property
    def says_something(self) -> bool:
        """Whether it adds to the answer: text, a refusal, or part of a function call."""
        begins_a_call = isinstance(self.item, FunctionCallItem) and self.type.endswith(".added")
        return begins_a_call or bool(self.text or self.refusal or self.arguments)

    @property
    def usage(self) -> Usage | None:
        """What the response is billed for; None before its last event."""
        return self.response.usage if self.response else None
