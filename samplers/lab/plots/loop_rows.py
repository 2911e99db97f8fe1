"""What a loop with tools went through, as rows of short texts for its picture."""

import json
from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass

from samplers.api import Completion, ToolCall, ToolResult, ToolRun
from samplers.lab.plots.labels import counted, readable
from samplers.wire.tokens import MARKS

OK = "ok"
FAILED = "failed"
NOT_RUN = "not run"
LONGEST = 600  # characters of a text that are wrapped; the rest is cut


@dataclass(frozen=True)
class CallRow:
    """One call: its text, its state, what came back, and when it ran.

    `state`: OK, FAILED or NOT_RUN. It ran `offset` seconds after the first call of its round began,
    for `seconds`; `offset` is None if it was not run.
    """

    label: str
    state: str
    result: str
    offset: float | None
    seconds: float


@dataclass(frozen=True)
class RoundRow:
    """One answer of the model: what it did, what that cost, its text (may be empty), its calls."""

    action: str  # "asks for 2 calls", "answers" or "refuses"
    cost: str  # tokens and seconds
    text: str
    calls: tuple[CallRow, ...]


def one_line(text: str) -> str:
    """`text` on one line, with visible line breaks and no character that cannot be drawn."""
    return readable(text).replace(MARKS[" "], " ")


def call_label(call: ToolCall) -> str:
    """A call as Python writes one: get_weather(city="Paris").

    Arguments that are no JSON object stay as they came.
    """
    arguments = call.arguments
    try:
        values = json.loads(arguments or "{}")
        named = [f"{k}={json.dumps(v, ensure_ascii=False)}" for k, v in values.items()]
        arguments = ", ".join(named)
    except (ValueError, AttributeError):
        pass
    return one_line(f"{call.name}({arguments})")


def round_rows(run: ToolRun) -> list[RoundRow]:
    """The rows of a run's rounds, in order."""
    rows = []
    for turn in run.rounds:
        completion = turn.completion
        usage = completion.usage
        cost = f"{turn.seconds:.2f} s"
        if usage:
            tokens = f"read {usage.prompt_tokens:,} tokens, wrote {usage.completion_tokens:,}"
            cost = f"{tokens}, {cost}"
        text = one_line(completion.text or completion.refusal or "")
        action = _action(completion, len(turn.results))

        starts = [result.started for result in turn.results if result.started is not None]
        first = min(starts, default=0.0)
        calls = tuple(_call_row(result, first) for result in turn.results)
        rows.append(RoundRow(action, cost, text, calls))
    return rows


def _action(completion: Completion, calls: int) -> str:
    if calls:
        return f"asks for {counted(calls, 'call')}"
    return "refuses" if completion.refusal else "answers"


def _call_row(result: ToolResult, first: float) -> CallRow:
    """The row of a call; `first` is when the first call of its round began."""
    label = call_label(result.call)
    text = one_line(result.error or result.content)
    if result.started is None:
        return CallRow(label, NOT_RUN, text, None, result.seconds)
    state = FAILED if result.error else OK
    return CallRow(label, state, text, result.started - first, result.seconds)


def last_given_message(run: ToolRun) -> tuple[str, int]:
    """The last message that the loop was given, "user: …", and how many came before it."""
    added = sum(1 + len(turn.results) for turn in run.rounds)
    last = len(run.messages) - added - 1
    message = run.messages[last]
    content = message.get("content")
    if not isinstance(content, str):
        content = json.dumps(content, ensure_ascii=False)
    return one_line(f"{message['role']}: {content}"), last


def wrap(text: str, fits: Callable[[str], bool], most: int) -> list[str]:
    """`text` in at most `most` lines that fit, cut between words if possible.

    An ellipsis at the end shows that there is more.
    """
    lines = []
    rest = text[:LONGEST]

    while rest and len(lines) < most:
        size = _longest_prefix(rest, fits)
        lines.append(rest[:size].rstrip())
        rest = rest[size:].lstrip()

    if rest or len(text) > LONGEST:
        while len(lines[-1]) > 1 and not fits(lines[-1] + "…"):
            lines[-1] = lines[-1][:-1]
        lines[-1] += "…"

    return lines or [""]


def _longest_prefix(text: str, fits: Callable[[str], bool]) -> int:
    """How many characters of `text` go on one line, at least 1.

    A line ends after a word, unless that would leave more than half of it empty.
    """
    lengths = range(1, len(text) + 1)
    size = max(1, bisect(lengths, False, key=lambda n: not fits(text[:n])))
    if size == len(text):
        return size
    space = text.rfind(" ", 0, size + 1)
    return space if space > size // 2 else size
