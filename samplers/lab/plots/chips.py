"""Tokens as chips: boxes that flow like the words of a paragraph, each with a small note."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from samplers.lab.plots import style
from samplers.lab.plots.labels import columns
from samplers.lab.plots.page import write

WIDTH = 7.0  # inches, of a page of chips
LEFT = 0.1
RIGHT = WIDTH - 0.1
LINE = 0.36  # inches per line of chips
GAP = 0.04  # inches between two chips
COLUMN = 0.092  # inches of a half-width column of 10 pt text
NOTE_COLUMN = 0.085  # inches that each character of the longest note adds to every chip
NAME = 0.24  # inches, of the line above a named block
# The darker, the more of what the picture counts. White is none.
SHADES = ("#ffffff", "#fbe3d4", "#f5bf9c", "#ee9a63", "#e5762f", "#D55E00")


def shade(level: int) -> str:
    """The colour of a level, from 0; from 5 on they are all alike."""
    return SHADES[min(level, len(SHADES) - 1)]


def flow(labels: Sequence[str], notes: Sequence[str]) -> list[tuple[float, int, float]]:
    """(x, line, width) of each chip, laid out like words in a paragraph; x and width in inches."""
    margin = 0.1 + NOTE_COLUMN * max(map(len, notes), default=0)
    placed = []
    x = 0.0
    line = 0

    for label in labels:
        width = columns(label) * COLUMN + margin
        if x + width > RIGHT - LEFT and x > 0:
            x = 0.0
            line += 1
        placed.append((x, line, width))
        x += width + GAP

    return placed


def height_of(labels: Sequence[str], notes: Sequence[str]) -> float:
    """The height of a block of chips in inches; an empty block takes one line, too."""
    placed = flow(labels, notes)
    lines = placed[-1][1] + 1 if placed else 1
    return lines * LINE


def draw_chips(
    ax: Axes, labels: Sequence[str], notes: Sequence[str], shades: Sequence[str], top: float
) -> None:
    """Draw chips from `top` (inches) downwards: the label, a small note at its right, the shade."""
    placed = flow(labels, notes)
    for (x, line, width), label, note, colour in zip(placed, labels, notes, shades, strict=True):
        left = LEFT + x
        y = top + line * LINE
        ink = "white" if colour == SHADES[-1] else style.BLACK
        ax.add_patch(style.rounded(left, y, width, LINE - 0.08, facecolor=colour))
        write(ax, left + 0.05, y + LINE / 2 - 0.04, label, color=ink, fontsize=10)
        if note:
            write(ax, left + width - 0.03, y + 0.12, note, ha="right", color=ink, fontsize=6.5)


def draw_name(ax: Axes, name: str, top: float) -> None:
    """Draw the name of a block of chips that begins at `top` + NAME."""
    write(ax, LEFT, top + 0.08, name, fontsize=9.5, color=style.BLUE)


def draw_key(ax: Axes, shades: Mapping[str, str], top: float, step: float) -> None:
    """Draw what the shades mean, {meaning: shade}, one every `step` inches."""
    for n, (meaning, colour) in enumerate(shades.items()):
        x = LEFT + n * step
        ax.add_patch(style.rounded(x, top, 0.16, 0.14, facecolor=colour))
        write(ax, x + 0.21, top + 0.07, meaning, fontsize=8, color=style.GREY)
