"""One event of a streamed answer."""

from dataclasses import dataclass, field

from samplers.api.deviations import (
    arguments_of,
    calls_of,
    id_of,
    refusal_of,
    string_of,
    text_of,
    well_formed,
)
from samplers.api.results import TokenLogprob, Usage, logprobs_of


@dataclass(frozen=True)
class ToolCallDelta:
    """What an event adds to tool call `index`: its id and name, or more of its arguments.

    `index` is None where the server sent none; read_chunks() puts the right one in.
    """

    index: int | None
    id: str | None = None
    name: str | None = None
    arguments: str = ""

    @classmethod
    def from_wire(cls, call: dict) -> "ToolCallDelta":
        index = call.get("index")
        function = call.get("function") or {}
        return cls(
            index=None if index is None else int(index),
            id=id_of(call) or None,
            name=well_formed(string_of(function.get("name")) or "") or None,
            arguments=arguments_of(function),
        )


@dataclass(frozen=True)
class Chunk:
    """One event of a stream: what it adds to the answer of choice `index`.

    The last event may hold the usage and no choice. `at`: when the event came, in seconds after the
    request was made, on a monotonic clock.
    """

    text: str
    index: int = 0
    finish_reason: str | None = None
    usage: Usage | None = None
    role: str | None = field(default=None, repr=False)
    logprobs: tuple[TokenLogprob, ...] | None = field(default=None, repr=False)
    raw: dict = field(default_factory=dict, repr=False)
    at: float | None = field(default=None, repr=False)
    tool_calls: tuple[ToolCallDelta, ...] = ()
    refusal: str = ""

    @classmethod
    def from_wire(cls, event: dict, at: float | None = None) -> "Chunk":
        choice = (event.get("choices") or [{}])[0] or {}
        delta = choice.get("delta") or {}
        return cls(
            text=text_of(delta.get("content")),
            index=int(choice.get("index") or 0),
            finish_reason=choice.get("finish_reason"),
            usage=Usage.from_wire(event.get("usage")),
            role=delta.get("role"),
            logprobs=logprobs_of(choice),
            raw=event,
            at=at,
            tool_calls=tuple(map(ToolCallDelta.from_wire, calls_of(delta))),
            refusal=refusal_of(delta),
        )

    @property
    def says_something(self) -> bool:
        """Whether it adds to the answer: text, a refusal, or part of a tool call."""
        return bool(self.text or self.refusal or self.tool_calls)
