"""A response as a frozen dataclass, close to the wire."""

from dataclasses import dataclass, field

from samplers.api.deviations import dict_of, well_formed
from samplers.api.error_body import message_of
from samplers.api.responses.items import FunctionCallItem, Item, MessageItem, item_of
from samplers.api.results import TokenLogprob, ToolCall, Usage

FINISHED = ("completed", "incomplete", "failed", "cancelled")
# Why a response is incomplete, in the words of Chat's finish_reason.
FINISH_REASONS = {"max_output_tokens": "length", "content_filter": "content_filter"}


@dataclass(frozen=True)
class Response:
    """A whole answer of Responses.

    `status`: "completed", "incomplete", "failed" or "cancelled"; of one that is made in the
    background also "queued" or "in_progress". `reason`: why it is incomplete ("max_output_tokens",
    "content_filter") or what failed; else None. `previous`: the id of the response that it goes on
    from, or None. `items`: what the model put out, in order; `text` is that of its messages.
    """

    text: str
    status: str
    reason: str | None
    usage: Usage | None
    model: str | None  # the model that really answered
    id: str | None
    previous: str | None = field(repr=False)
    items: tuple[Item, ...] = field(repr=False)
    raw: dict = field(repr=False)

    @classmethod
    def from_wire(cls, answer: dict) -> "Response":
        """TypeError or KeyError where it is none, or the model's text cannot be read."""
        if "output" not in answer and "status" not in answer:
            raise KeyError("output")
        items = tuple(map(item_of, output_of(answer)))
        return cls(
            text="".join(item.text for item in items if isinstance(item, MessageItem)),
            status=_text(answer, "status") or "completed",
            reason=_reason(answer),
            usage=Usage.from_wire(answer.get("usage")),
            model=_text(answer, "model"),
            id=_text(answer, "id"),
            previous=_text(answer, "previous_response_id"),
            items=items,
            raw=answer,
        )

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The function calls that the model asks for, in its order; () if there are none."""
        return tuple(item.call for item in self.items if isinstance(item, FunctionCallItem))

    @property
    def refusal(self) -> str | None:
        """What the model says instead of an answer; None if it answers."""
        said = "".join(item.refusal for item in self.items if isinstance(item, MessageItem))
        return said or None

    @property
    def logprobs(self) -> tuple[TokenLogprob, ...] | None:
        """The tokens of its text; None if they were not asked for."""
        shown = [item.logprobs for item in self.items if isinstance(item, MessageItem)]
        tokens = tuple(token for logprobs in shown for token in logprobs or ())
        return tokens or None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will come. One that is made in the background is not at first."""
        return self.status in FINISHED

    @property
    def finish_reason(self) -> str | None:
        """How it ended, in the words of Chat's finish_reason. None if it did not end by itself."""
        if self.status == "incomplete":
            return FINISH_REASONS.get(self.reason, "length")
        if self.status != "completed":
            return None
        return "tool_calls" if self.tool_calls else "stop"


def output_of(answer: dict) -> list[dict]:
    """The items of a response's JSON. TypeError where the answer stands in another form."""
    output = answer.get("output")
    if output is None:
        output = []
    is_list = isinstance(output, list)
    items = [item for item in output if item is not None] if is_list else []
    if not is_list or not all(isinstance(item, dict) for item in items):
        raise TypeError(f"output must be a list of items, got {output!r:.80}")
    if not items and answer.get("output_text"):
        raise TypeError("output_text must stand beside its output, which is empty")
    return items


def _reason(answer: dict) -> str | None:
    details = dict_of(answer.get("incomplete_details"))
    if isinstance(details.get("reason"), str):
        return details["reason"]
    error = answer.get("error")
    if isinstance(error, dict) and any(error.values()):
        return well_formed(message_of(error))
    return well_formed(error) if error and isinstance(error, str) else None


def _text(answer: dict, name: str) -> str | None:
    """A field beside the answer. Numbers, such as the id that some servers send, become text."""
    value = answer.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None
