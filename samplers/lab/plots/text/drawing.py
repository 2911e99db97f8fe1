"""A coloured text on paper: boxes that flow like words, each darker and thicker underlined."""

import math
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from samplers.lab.plots import style
from samplers.lab.plots.chips import LEFT, NAME, RIGHT, WIDTH, draw_name
from samplers.lab.plots.labels import shorten, token_label
from samplers.lab.plots.page import HEADING, page, text_ruler, write
from samplers.lab.plots.text.shading import (
    INFINITE,
    ShadedToken,
    colour,
    ends_line,
    key,
    shades,
    text_of,
    unit,
    what_it_means,
)

POINTS = 10  # size of the text
LINE = 0.31  # inches per line of tokens
BOX = 0.255  # inches, the height of a token's box
PADDING = 0.025  # inches, to the left and to the right of a token's text
GAP = 0.02  # inches between two boxes
UNDERLINE = 0.011  # inches that a level adds to the thickness of the line under a token
LONGEST = 45  # columns of a token: of the widest letters, too, they fit into a line
KEY = 0.62  # inches, the height of the key


def draw_texts(
    heading: str, names: Sequence[str], notes: Sequence[str], texts: Sequence[list], by: str
) -> Figure:
    """Draw `texts` (lists of ShadedToken) one below the other, with their names and notes."""
    advance = _advance(text_ruler())
    placed = [list(_flow(tokens, advance)) for tokens in texts]
    heights = [LINE * (tokens[-1][3] + 1 if tokens else 1) for tokens in placed]
    tops = []
    top = 0.44
    for name, height in zip(names, heights, strict=True):
        top += NAME if name else 0
        tops.append(top)
        top += height + 0.1

    figure, ax = page(WIDTH, top + KEY)
    write(ax, LEFT, 0.22, heading, fontsize=HEADING)
    for name, note, y in zip(names, notes, tops, strict=True):
        draw_name(ax, name, y - NAME)
        note_y = y - NAME + 0.08 if name else 0.22
        write(ax, RIGHT, note_y, note, fontsize=8.5, ha="right", color=style.GREY)
    boxes = []
    for tokens, y in zip(placed, tops, strict=True):
        for token, x, width, line in tokens:
            boxes += _box(shades(token), LEFT + x, y + line * LINE, width)
            _write_token(ax, drawn_text(token), LEFT + x, y + line * LINE, advance)
    boxes += _draw_key(ax, [token for tokens in texts for token in tokens], by, top)
    # one collection: matplotlib takes seconds to add a thousand boxes one by one
    ax.add_collection(PatchCollection(boxes, match_original=True), autolim=False)
    return figure


def drawn_text(token: ShadedToken) -> str:
    """A token's text, of characters that our fonts have."""

    def readable(raw: bytes) -> str:
        return token_label(raw.decode("utf-8", "replace"), raw, LONGEST)

    text = shorten(text_of(token.bytes, token.label, readable), LONGEST)
    return text + INFINITE if token.low is not None and math.isinf(token.low) else text


def _advance(width_of: Callable) -> Callable[[str], float]:
    """A function that returns a text's width in inches with the spaces at its ends."""
    bars = width_of("||", POINTS)
    return lambda text: width_of(f"|{text}|", POINTS) - bars


def _flow(tokens: list[ShadedToken], advance: Callable[[str], float]) -> Iterator[tuple]:
    """(token, x, width, line) for each token, laid out like words; x and width in inches."""
    is_rtl = _is_rtl(b"".join(token.bytes for token in tokens).decode("utf-8", "replace"))
    x = 0.0
    line = 0
    for token in tokens:
        width = advance(drawn_text(token)) + 2 * PADDING
        if x + width > RIGHT - LEFT and x > 0:
            x = 0.0
            line += 1
        left = RIGHT - LEFT - x - width if is_rtl else x
        yield token, left, width, line
        x += width + GAP
        if ends_line(token.bytes):
            x = 0.0
            line += 1


def _is_rtl(text: str) -> bool:
    """Is it read from right to left? Its first letter decides, as with dir="auto" in HTML."""
    kinds = map(unicodedata.bidirectional, text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"


def _write_token(ax: Axes, text: str, x: float, y: float, advance: Callable) -> None:
    word = text.rstrip(" ") if _is_rtl(text) else text.lstrip(" ")
    indent = advance(" " * (len(text) - len(word)))  # the spaces at its left
    write(ax, x + PADDING + indent, y + BOX / 2 - 0.025, text.strip(" "), fontsize=POINTS)


def _box(levels: tuple[int, ...], x: float, y: float, width: float) -> list[Rectangle]:
    """A box in the colours of its levels, side by side; dashed and empty if there is none."""
    boxes = []
    for i, reached in enumerate(levels):
        part = width / len(levels)
        left = x + i * part
        thick = reached * UNDERLINE
        bottom = y + BOX - thick
        boxes.append(Rectangle((left, y), part, BOX, facecolor=colour(reached), linewidth=0))
        boxes.append(Rectangle((left, bottom), part, thick, facecolor=style.BLACK, linewidth=0))
    line = {"edgecolor": style.PALE, "linewidth": 0.6}
    if not levels:
        line = {"edgecolor": style.GREY, "linewidth": 0.8, "linestyle": (0, (2, 2))}
    return [*boxes, Rectangle((x, y), width, BOX, facecolor="none", **line)]


def _draw_key(ax: Axes, tokens: list[ShadedToken], by: str, top: float) -> list[Rectangle]:
    """Write what the colours mean, below `top`; returns the boxes that belong to it."""
    boxes = []
    x = LEFT
    for levels, meaning in key(tokens):
        boxes += _box(levels, x, top, 0.28)
        write(ax, x + 0.33, top + BOX / 2, meaning, fontsize=8, color=style.GREY)
        x += 0.44 + 0.062 * len(meaning)
    words = f"{unit(by)}; {what_it_means(by)}"
    write(ax, LEFT, top + 0.4, words, fontsize=8, color=style.GREY)
    return boxes
