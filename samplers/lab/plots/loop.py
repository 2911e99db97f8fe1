"""The tree of a loop with tools: rounds down, the calls of a round side by side in time, results,
and why it ended.
"""

from collections.abc import Callable
from functools import partial

from matplotlib.backends.backend_agg import FigureCanvasAgg

from samplers.api import ToolRun
from samplers.lab.plots import style
from samplers.lab.plots.loop_rows import (
    FAILED,
    NOT_RUN,
    OK,
    CallRow,
    RoundRow,
    asked,
    round_rows,
    wrap,
)
from samplers.lab.plots.picture import Picture, picture_of
from samplers.lab.plots.style import styled
from samplers.lab.plots.tokens import page

WIDTH, SPINE = 8.0, 0.3  # inches
CALL, TIME, RESULT, RIGHT = 0.66, 3.3, 4.62, 7.9  # where the columns begin and the last one ends
# a round's own row; a line of text; around it; between boxes
HEAD, LINE, PAD, GAP = 0.34, 0.155, 0.12, 0.08
SMALL, LARGE = 8.5, 9.5  # points
# seconds that the clock's line stands for at least, or a call of no time would fill it
SHORTEST = 0.1
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


@styled
def plot_loop(run: ToolRun, title: str | None = None) -> Picture:
    """What `run_tools` went through: the model's rounds down the left, each with its calls and what
    came of them.

    The bars between a call and its result are on one clock: each round's starts with its first
    call, and calls that ran at once lie above one another. ✓ a result; ✗ with a dashed frame a
    failure that the model was told; – dotted: not run, or not waited for. data: calls (labels),
    rounds (of each call, from 1), states, offsets and seconds (of each call; offset None: not run),
    texts (one a round), ended.
    """
    rows, (question, before) = round_rows(run), asked(run)
    heading = title or "The tree of a tool loop"
    calls = [(n, call) for n, row in enumerate(rows, 1) for call in row.calls]
    clock = max([SHORTEST, *(c.offset + c.seconds for _, c in calls if c.offset is not None)])
    wide = _ruler()
    texts = [_wrapped(row.text, RIGHT - CALL, wide) if row.text else [] for row in rows]
    boxes = [[_call_lines(call, wide) for call in row.calls] for row in rows]
    heights = [_height(text, box) for text, box in zip(texts, boxes, strict=True)]
    figure, ax = page(WIDTH, 0.98 + sum(heights))
    ax.text(0.12, 0.2, heading, fontsize=10.5, va="center_baseline")
    y = 0.46
    note = f"{before} message{'s' * (before != 1)} before it" if before else ""
    _line(
        ax,
        y,
        "●",
        wrap(question, lambda text: wide(text, LARGE) < RIGHT - CALL - 0.08 * len(note), 1)[0],
        note,
    )
    ax.plot([SPINE, SPINE], [y, y + HEAD + sum(heights)], color=style.GREY, linewidth=1.2, zorder=0)
    y += HEAD
    for n, (row, text, box, height) in enumerate(zip(rows, texts, boxes, heights, strict=True), 1):
        _draw_round(ax, y, n, row, text, box, clock)
        y += height
    answered = run.ended == "answer"
    colour = style.GREEN if answered else style.VERMILION
    _line(ax, y, "●" if answered else "■", f"ended: {ENDS[run.ended]}", "", colour)
    return picture_of(
        figure, heading, _describe(run, rows, question, heading), calls=tuple(c.label for _, c in calls),
        rounds=tuple(n for n, _ in calls), states=tuple(c.state for _, c in calls),
        offsets=tuple(c.offset for _, c in calls), seconds=tuple(c.seconds for _, c in calls),
        texts=tuple(row.text for row in rows), ended=run.ended)  # fmt: skip


def _ruler() -> Callable[[str, float], float]:
    """A function that measures a text of so many points in inches, in the fonts that will draw it."""
    figure, ax = page(1, 1)
    renderer, pen = FigureCanvasAgg(figure).get_renderer(), ax.text(0, 0, "")

    def wide(text: str, points: float = SMALL) -> float:
        pen.set(text=text, fontsize=points)
        return pen.get_window_extent(renderer).width / figure.dpi

    return wide


def _wrapped(text: str, width: float, wide) -> list[str]:
    return wrap(text, lambda part: wide(part) < width - 0.16, 3)


def _call_lines(call: CallRow, wide) -> tuple[list[str], list[str]]:
    """The lines of a call's box and of its result's."""
    result = f"{MARKS[call.state]} {call.result}"
    return _wrapped(call.label, TIME - 0.08 - CALL, wide), _wrapped(result, RIGHT - RESULT, wide)


def _box_height(*texts: list[str]) -> float:
    return max(map(len, texts)) * LINE + PAD


def _height(text: list[str], boxes: list) -> float:
    said = _box_height(text) + GAP if text else 0.0
    return HEAD + said + sum(_box_height(*lines) + GAP for lines in boxes) + 0.06


def _line(ax, y: float, mark: str, text: str, note: str, colour: str = style.BLACK) -> None:
    """A row of its own on the spine: a mark, a text, a grey note at the right."""
    ax.text(SPINE, y, mark, fontsize=11, ha="center", va="center_baseline", color=colour)
    ax.text(CALL, y, text, fontsize=LARGE, va="center_baseline", color=colour)
    ax.text(RIGHT, y, note, fontsize=8, ha="right", va="center_baseline", color=style.GREY)


def _draw_round(
    ax, y: float, n: int, row: RoundRow, text: list[str], boxes: list, clock: float
) -> None:
    """One round from `y` downwards: what the model did, what it said, and its calls."""
    dot = {"boxstyle": "circle,pad=0.25", "facecolor": style.BLUE, "edgecolor": style.BLUE}
    ax.text(
        SPINE, y, str(n), fontsize=9, ha="center", va="center_baseline", color="white", bbox=dot
    )
    ax.text(CALL, y, f"model {row.said}", fontsize=LARGE, va="center_baseline", color=style.BLUE)
    ax.text(RIGHT, y, row.cost, fontsize=8, ha="right", va="center_baseline", color=style.GREY)
    y += HEAD / 2
    if text:
        _box(ax, (CALL, RIGHT), y, _box_height(text), text, edgecolor=style.BLUE, linewidth=1.4)
        y += _box_height(text) + GAP
    for call, lines in zip(row.calls, boxes, strict=True):
        height = _box_height(*lines)
        ax.plot([SPINE, CALL], [y + height / 2] * 2, color=style.GREY, linewidth=1.2, zorder=0)
        _box(ax, (CALL, TIME - 0.08), y, height, lines[0], edgecolor=style.BLUE, linewidth=1)
        _draw_time(ax, y + height / 2, call, clock)
        _box(ax, (RESULT, RIGHT), y, height, lines[1], **LOOKS[call.state])
        y += height + GAP


def _draw_time(ax, y: float, call: CallRow, clock: float) -> None:
    """When the call ran, on a line that stands for `clock` seconds from its round's first call."""
    left, width = TIME + 0.02, RESULT - TIME - 0.12
    ax.plot([left, left + width], [y + 0.05] * 2, color=style.PALE, linewidth=1, zorder=0)
    words = partial(ax.text, left, y - 0.07, fontsize=8, va="center_baseline")
    if call.offset is None:
        words("not run", color=style.GREY)
        return
    scale = width / clock
    size = max(call.seconds * scale, 0.02)
    ax.barh(y + 0.05, size, 0.09, left=left + min(call.offset * scale, width - size), **style.AFTER)
    words(f"{call.seconds:.2f} s" if call.seconds >= 0.005 else "< 0.01 s")


def _box(ax, sides: tuple[float, float], y: float, height: float, lines: list[str], **look) -> None:
    """A box from one side to the other with its lines of text."""
    left, right = sides
    patch = style.rounded(left, y, right - left, height, "white")
    patch.set(**look)
    ax.add_patch(patch)
    first = y + height / 2 - (len(lines) - 1) * LINE / 2
    for i, text in enumerate(lines):
        ax.text(left + 0.08, first + i * LINE, text, fontsize=SMALL, va="center_baseline")


def _describe(run: ToolRun, rows: list[RoundRow], question: str, heading: str) -> str:
    told = [f"{heading}. Asked by {question}."]
    for n, row in enumerate(rows, 1):
        told.append(
            f"Round {n}: the model {row.said} ({row.cost}){': ' * bool(row.text)}{row.text}."
        )
        for call in row.calls:
            when = (
                ""
                if call.offset is None
                else f" after {call.offset:.2f} s, for {call.seconds:.2f} s"
            )
            told.append(f"{call.label}: {call.state}{when}: {call.result}.")
    return " ".join([*told, f"Rounds: {len(rows)}. Ended: {ENDS[run.ended]}."])
