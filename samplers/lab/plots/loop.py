"""The tree of a tool loop: rounds from top to bottom, each one's calls in time, and the results."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from samplers.api import ToolRun
from samplers.lab.plots import style
from samplers.lab.plots.labels import counted
from samplers.lab.plots.loop_rows import (
    FAILED,
    NOT_RUN,
    OK,
    CallRow,
    RoundRow,
    last_given_message,
    round_rows,
    wrap,
)
from samplers.lab.plots.page import HEADING, page, text_ruler, write
from samplers.lab.plots.picture import Picture, picture_of
from samplers.lab.plots.style import styled

# inches, as all lengths here
WIDTH = 8.0
MARGIN = 0.12
SPINE = 0.3  # the line that holds the rounds together
CALL = 0.66  # where the calls' boxes begin, and all other text
CALL_END = 3.22
TIME = 3.32  # where the clock's lines begin
TIME_END = 4.52
RESULT = 4.62  # where the results' boxes begin
RIGHT = 7.9  # where they end
HEAD = 0.34  # a round's first row
LINE = 0.155  # a line of text in a box
PAD = 0.12  # around a box's text, above and below together
GAP = 0.08  # between boxes, and left of a box's text
SMALL = 8.5  # points, in boxes
LARGE = 9.5  # points
MOST_LINES = 3  # in a box
SHORTEST = 0.1  # seconds: the clock's line stands for at least that, or a short call would fill it
MARKS = {OK: "✓", FAILED: "✗", NOT_RUN: "–"}
LOOKS = {
    OK: {"edgecolor": style.GREEN, "linewidth": 1.4, "linestyle": "-"},
    FAILED: {"edgecolor": style.VERMILION, "linewidth": 1.6, "linestyle": (0, (4, 1.5))},
    NOT_RUN: {"edgecolor": style.GREY, "linewidth": 1.2, "linestyle": (0, (1, 1.5))},
}
ENDS = {
    "answer": "the model answered",
    "refusal": "the model refused",
    "rounds": "the limit on rounds was reached",
    "time": "the limit on time was reached",
    "tokens": "the limit on tokens was reached",
}


@dataclass(frozen=True)
class Lines:
    """A round's texts, wrapped into lines: the model's own, and for each call (call, result)."""

    text: list[str]
    calls: list[tuple[list[str], list[str]]]

    @property
    def height(self) -> float:
        """Of the round in the picture, in inches."""
        boxes = [_box_height(*lines) + GAP for lines in self.calls]
        text = _box_height(self.text) + GAP if self.text else 0.0
        return HEAD + text + sum(boxes) + 0.06


@styled
def plot_loop(run: ToolRun, title: str | None = None) -> Picture:
    """What `run_tools` went through: the model's rounds, each with its calls and their results.

    The bars between a call and its result are on one clock: each round's starts with its first
    call, and calls that ran at the same time lie above one another. ✓: a result; ✗ with a dashed
    frame: a failure, which was reported to the model; – with a dotted frame: not run, or not waited
    for. data: calls (labels), rounds (of each call, from 1), states, offsets and seconds (of each
    call; offset None: not run), texts (one per round), ended.
    """
    heading = title or "The tree of a tool loop"
    question, before = last_given_message(run)
    rows = round_rows(run)
    calls = [call for row in rows for call in row.calls]
    ends = [call.offset + call.seconds for call in calls if call.offset is not None]
    clock = max([SHORTEST, *ends])
    width_of = text_ruler()
    rounds = [_lines(row, width_of) for row in rows]
    height = sum(lines.height for lines in rounds)

    figure, ax = page(WIDTH, 0.98 + height)
    write(ax, MARGIN, 0.2, heading, fontsize=HEADING)
    y = 0.46
    ax.plot([SPINE, SPINE], [y, y + HEAD + height], color=style.GREY, linewidth=1.2, zorder=0)
    _draw_question(ax, y, question, before, width_of)
    y += HEAD
    for n, (row, lines) in enumerate(zip(rows, rounds, strict=True), 1):
        _draw_round(ax, y, n, row, lines, clock)
        y += lines.height
    _draw_end(ax, y, run.ended)

    return picture_of(
        figure,
        heading,
        _describe(run, rows, question, heading),
        calls=tuple(call.label for call in calls),
        rounds=tuple(n for n, row in enumerate(rows, 1) for _ in row.calls),
        states=tuple(call.state for call in calls),
        offsets=tuple(call.offset for call in calls),
        seconds=tuple(call.seconds for call in calls),
        texts=tuple(row.text for row in rows),
        ended=run.ended,
    )


def _lines(row: RoundRow, width_of: Callable[[str, float], float]) -> Lines:
    def wrapped(text: str, left: float, right: float) -> list[str]:
        room = right - left - 2 * GAP
        return wrap(text, lambda part: width_of(part, SMALL) < room, MOST_LINES)

    calls = [
        (
            wrapped(call.label, CALL, CALL_END),
            wrapped(f"{MARKS[call.state]} {call.result}", RESULT, RIGHT),
        )
        for call in row.calls
    ]
    return Lines(wrapped(row.text, CALL, RIGHT) if row.text else [], calls)


def _box_height(*texts: list[str]) -> float:
    """The height of boxes that stand side by side."""
    return max(map(len, texts)) * LINE + PAD


def _draw_question(
    ax: Axes, y: float, question: str, before: int, width_of: Callable[[str, float], float]
) -> None:
    """The message that the loop answers, cut to one line, and how many came before it."""
    note = f"{counted(before, 'message')} before it" if before else ""
    room = RIGHT - CALL - 0.08 * len(note)
    (line,) = wrap(question, lambda text: width_of(text, LARGE) < room, 1)
    _draw_dot(ax, y, "●", style.BLACK)
    write(ax, CALL, y, line, fontsize=LARGE)
    write(ax, RIGHT, y, note, fontsize=8, ha="right", color=style.GREY)


def _draw_end(ax: Axes, y: float, ended: str) -> None:
    """Why the loop ended."""
    answered = ended == "answer"
    colour = style.GREEN if answered else style.VERMILION
    _draw_dot(ax, y, "●" if answered else "■", colour)
    write(ax, CALL, y, f"ended: {ENDS[ended]}", fontsize=LARGE, color=colour)


def _draw_dot(ax: Axes, y: float, mark: str, colour: str) -> None:
    write(ax, SPINE, y, mark, fontsize=11, ha="center", color=colour)


def _draw_round(ax: Axes, y: float, n: int, row: RoundRow, lines: Lines, clock: float) -> None:
    """One round from `y` downwards: what the model did, its text, and its calls."""
    dot = {"boxstyle": "circle,pad=0.25", "facecolor": style.BLUE, "edgecolor": style.BLUE}
    write(ax, SPINE, y, str(n), fontsize=9, ha="center", color="white", bbox=dot)
    write(ax, CALL, y, f"model {row.action}", fontsize=LARGE, color=style.BLUE)
    write(ax, RIGHT, y, row.cost, fontsize=8, ha="right", color=style.GREY)
    y += HEAD / 2

    if lines.text:
        height = _box_height(lines.text)
        _draw_box(ax, (CALL, RIGHT), y, height, lines.text, edgecolor=style.BLUE, linewidth=1.4)
        y += height + GAP
    for call, (label, result) in zip(row.calls, lines.calls, strict=True):
        height = _box_height(label, result)
        middle = y + height / 2
        ax.plot([SPINE, CALL], [middle, middle], color=style.GREY, linewidth=1.2, zorder=0)
        _draw_box(ax, (CALL, CALL_END), y, height, label, edgecolor=style.BLUE, linewidth=1)
        _draw_time(ax, middle, call, clock)
        _draw_box(ax, (RESULT, RIGHT), y, height, result, **LOOKS[call.state])
        y += height + GAP


def _draw_time(ax: Axes, y: float, call: CallRow, clock: float) -> None:
    """When the call ran, on a line that stands for `clock` seconds from its round's first call."""
    width = TIME_END - TIME
    ax.plot([TIME, TIME_END], [y + 0.05] * 2, color=style.PALE, linewidth=1, zorder=0)
    if call.offset is None:
        write(ax, TIME, y - 0.07, "not run", fontsize=8, color=style.GREY)
        return

    size = max(call.seconds / clock * width, 0.02)
    start = min(call.offset / clock * width, width - size)
    ax.barh(y + 0.05, size, 0.09, left=TIME + start, **style.AFTER)
    text = f"{call.seconds:.2f} s" if call.seconds >= 0.005 else "< 0.01 s"
    write(ax, TIME, y - 0.07, text, fontsize=8)


def _draw_box(
    ax: Axes, sides: tuple[float, float], y: float, height: float, lines: Sequence[str], **look
) -> None:
    """A box from one side to the other with its lines of text."""
    left, right = sides
    box = style.rounded(left, y, right - left, height, "white")
    box.set(**look)
    ax.add_patch(box)

    first = y + height / 2 - (len(lines) - 1) * LINE / 2
    for i, text in enumerate(lines):
        write(ax, left + GAP, first + i * LINE, text, fontsize=SMALL)


def _describe(run: ToolRun, rows: Sequence[RoundRow], question: str, heading: str) -> str:
    sentences = [f"{heading}. Asked by {_ended(question)}"]
    for n, row in enumerate(rows, 1):
        text = f": {row.text}" if row.text else ""
        sentences.append(_ended(f"Round {n}: the model {row.action} ({row.cost}){text}"))
        for call in row.calls:
            when = ""
            if call.offset is not None:
                when = f" after {call.offset:.2f} s, for {call.seconds:.2f} s"
            sentences.append(_ended(f"{call.label}: {call.state}{when}: {call.result}"))

    sentences.append(f"Rounds: {len(rows)}. Ended: {ENDS[run.ended]}.")
    return " ".join(sentences)


def _ended(sentence: str) -> str:
    """The sentence with one mark at its end."""
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."
