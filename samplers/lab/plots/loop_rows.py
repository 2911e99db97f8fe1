"""What a loop with tools went through, as rows of short texts: who asked for what, what came of it,
when.
"""

import json
from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass

from samplers.api import ToolCall, ToolResult, ToolRun
from samplers.lab.plots.labels import readable
from samplers.wire.tokens import MARKS

OK, FAILED, NOT_RUN = "ok", "failed", "not run"
LONGEST = 600  # characters of one text that are looked at


@dataclass(frozen=True)
class CallRow:
    """One call: its text, its state (ok, failed, not run), what came back, and when: `offset`
    seconds after the first call of its round began, for `seconds`.
    """

    label: str
    state: str
    result: str
    offset: float | None
    seconds: float


@dataclass(frozen=True)
class RoundRow:
    """One answer of the model: what it did and what that took, in words, and its calls; `text` if
    it said something.
    """

    said: str
    cost: str
    text: str
    calls: tuple[CallRow, ...]


def plain(text: str) -> str:
    """`text` on one line, with line breaks that show and no character that cannot be drawn."""
    return readable(text).replace(MARKS[" "], " ")


def call_label(call: ToolCall) -> str:
    """A call as Python writes one: get_weather(city="Paris"); arguments that are no JSON object
    stay as they came.
    """
    try:
        given = json.loads(call.arguments or "{}")
        told = ", ".join(
            f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in given.items()
        )
    except (ValueError, AttributeError):
        told = call.arguments
    return plain(f"{call.name}({told})")


def round_rows(run: ToolRun) -> list[RoundRow]:
    """The rows of a run's rounds, in order."""
    rows = []
    for turn in run.rounds:
        completion, usage = turn.completion, turn.completion.usage
        first = min((r.started for r in turn.results if r.started is not None), default=0.0)
        asked = len(turn.results)
        said = (
            f"asks for {asked} call{'s' * (asked != 1)}"
            if asked
            else "refuses"
            if completion.refusal
            else "answers"
        )
        tokens = (
            f"read {usage.prompt_tokens:,} tokens, wrote {usage.completion_tokens:,}, "
            if usage
            else ""
        )
        calls = tuple(_call_row(result, first) for result in turn.results)
        text = plain(completion.text or completion.refusal or "")
        rows.append(RoundRow(said, f"{tokens}{turn.seconds:.2f} s", text, calls))
    return rows


def _call_row(result: ToolResult, first: float) -> CallRow:
    state = NOT_RUN if result.started is None else FAILED if result.error else OK
    offset = None if result.started is None else result.started - first
    return CallRow(
        call_label(result.call),
        state,
        plain(result.error or result.content),
        offset,
        result.seconds,
    )


def asked(run: ToolRun) -> tuple[str, int]:
    """The last message that the loop was given, "user: …", and how many came before it."""
    given = len(run.messages) - sum(1 + len(r.results) for r in run.rounds)
    last = run.messages[given - 1]
    content = last.get("content")
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return plain(f"{last['role']}: {text}"), given - 1


def wrap(text: str, fits: Callable[[str], bool], most: int) -> list[str]:
    """`text` in at most `most` lines that fit, cut between words where it can be; an ellipsis says
    more.
    """
    lines, rest = [], text[:LONGEST]
    while rest and len(lines) < most:
        size = bisect(range(1, len(rest) + 1), False, key=lambda n: not fits(rest[:n])) or 1
        if size < len(rest):
            space = rest.rfind(" ", 0, size + 1)
            size = space if space > size // 2 else size
        lines.append(rest[:size].rstrip())
        rest = rest[size:].lstrip()
    if rest or len(text) > LONGEST:
        while len(lines[-1]) > 1 and not fits(lines[-1] + "…"):
            lines[-1] = lines[-1][:-1]
        lines[-1] += "…"
    return lines or [""]
