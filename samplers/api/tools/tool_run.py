"""What a loop of a model with tools went through, round by round."""

from dataclasses import dataclass, field

from samplers.api.results import Completion, ToolCall, Usage


@dataclass(frozen=True)
class ToolResult:
    """What one call gave: `content` went to the model; `error` is why it failed, or None."""

    call: ToolCall
    content: str
    error: str | None = None
    # seconds from the loop's start; None: it did not run, or not to its end
    started: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Round:
    """One answer of the model, and the results of the calls that it asks for, in its order."""

    completion: Completion
    results: tuple[ToolResult, ...]
    started: float  # seconds from the loop's start
    seconds: float  # that the model took


@dataclass(frozen=True)
class ToolRun:
    """How a loop went. `text`: the answer, or what there was of it. `messages`: the whole
    transcript, the input first.

    `ended`: "answer"; "refusal"; or the limit that ended it: "rounds", "time", "tokens". Whatever
    ended it, every call in the transcript has its result, so that a conversation can go on from
    there.
    """

    ended: str
    text: str
    messages: tuple[dict, ...] = field(repr=False)
    rounds: tuple[Round, ...] = field(repr=False)

    @property
    def usage(self) -> Usage:
        """The sum over the rounds: a prompt is read, and billed, again in every round."""
        used = [r.completion.usage for r in self.rounds if r.completion.usage]
        names = ("prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens")
        return Usage(*(sum(getattr(usage, name) for usage in used) for name in names))
