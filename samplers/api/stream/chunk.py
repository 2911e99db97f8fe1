"""One event of a streamed answer."""

from dataclasses import dataclass, field

from samplers.api.results import TokenLogprob, Usage, logprobs_of


@dataclass(frozen=True)
class ToolCallDelta:
    """What an event adds to tool call `index`: first its id and name, then its arguments, piece by
    piece.
    """

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""

    @classmethod
    def from_wire(cls, call: dict) -> "ToolCallDelta":
        function = call.get("function") or {}
        index, name, arguments = (
            call.get("index") or 0,
            function.get("name"),
            function.get("arguments"),
        )
        return cls(int(index), _text(call.get("id")), _text(name), _text(arguments) or "")


@dataclass(frozen=True)
class Chunk:
    """One event of a stream: what it adds to the answer of choice `index`. The last may hold usage
    and no choice.

    `at`: when it came, in seconds after the request was made, on a clock that only goes forward.
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
        choice = (event.get("choices") or [{}])[0]
        delta = choice.get("delta") or {}
        return cls(
            _text(delta.get("content")) or "",
            int(choice.get("index") or 0),
            choice.get("finish_reason"),
            Usage.from_wire(event.get("usage")),
            delta.get("role"),
            logprobs_of(choice),
            event,
            at,
            tuple(map(ToolCallDelta.from_wire, delta.get("tool_calls") or ())),
            _text(delta.get("refusal")) or "",
        )

    @property
    def says_something(self) -> bool:
        """Whether it adds to the answer: text, a refusal, or a piece of a tool call."""
        return bool(self.text or self.refusal or self.tool_calls)


def _text(value) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"a str was expected, got {value!r:.80}")
    return value
