"""A stop string laid over the tokens that it stops: its ends need not be the ends of tokens."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from samplers.lab.plots import style
from samplers.lab.plots.labels import columns, readable
from samplers.lab.plots.page import HEADING, page, write
from samplers.lab.plots.picture import Picture, picture_of
from samplers.lab.plots.style import styled
from samplers.wire.tokens import readable as readable_bytes

WIDEST = 80  # columns that fit into one line
LEFT = 0.15  # inches
TEXT = 7.2  # inches that the text may take
LETTERS = 0.58  # inches, the middle of the text
TOP = 0.74  # inches, of the tokens: under the text, so that no letter stands on a hatch
HEIGHT = 0.24
KEY = 1.18  # inches, the top of the key
ANSWER = {"facecolor": "#cfe3f1", "edgecolor": "none"}
STOP = {"facecolor": "white", "edgecolor": style.VERMILION, "linewidth": 0, "hatch": "xxxx"}
CUT = {"facecolor": "white", "edgecolor": style.GREY, "linewidth": 0, "hatch": "////"}
NEVER = {"facecolor": "white", "edgecolor": "none"}
DRAWN_TOKEN = {"edgecolor": style.BLACK, "zorder": 4}
OTHER_TOKEN = {"edgecolor": style.GREY, "linestyle": "--"}
PLACES = {  # of the stop string: (begins, ends) inside a token
    (False, False): "is made of whole tokens",
    (True, False): "begins inside a token",
    (False, True): "ends inside a token",
    (True, True): "begins and ends inside a token",
}


def cut_at(tokens: Sequence[bytes], stop: str) -> tuple[int, int, int]:
    """Where `stop` first is in the tokens' text: its (start, end) in bytes, and the tokens drawn.

    The last number says how many tokens had to be drawn to see it. ValueError if it is not there.
    """
    mark = stop.encode()
    start = b"".join(tokens).find(mark) if mark else -1
    if start < 0:
        raise ValueError(f"stop must be in the tokens' text, got {stop!r}")

    end = start + len(mark)
    token_ends = np.cumsum([len(token) for token in tokens])
    return start, end, int(np.searchsorted(token_ends, end)) + 1


@styled
def plot_stop(
    tokens: Annotated[Sequence[bytes], 1], stop: str, title: str | None = None
) -> Picture:
    """An answer's text, under it the tokens, and where the string `stop` cuts them.

    `tokens`: the bytes of each, as drawn without a stop. Shaded: the answer. Crossed: the stop
    string, which is left out. Hatched: the rest of the token in which it ended, drawn and thrown
    away. Dashed: never drawn. data: answer (its text), drawn (tokens), inside: whether the stop
    string (begins, ends) inside a token.
    """
    heading = title or "A stop string and the tokens"
    start, end, drawn = cut_at(tokens, stop)
    raw = b"".join(tokens)
    edges = np.cumsum([0, *map(len, tokens)])  # of the tokens, in bytes
    last = int(edges[drawn])
    inside = (start not in edges, end not in edges)
    answer = raw[:start].decode("utf-8", "replace")
    thrown_away = raw[end:last].decode("utf-8", "replace")

    figure, ax = page(7.5, 1.72)
    write(ax, LEFT, 0.22, heading, fontsize=HEADING)
    _draw_text(ax, raw.decode("utf-8", "replace"), edges, (0, start, end, last, edges[-1]))
    _draw_key(ax, stop)
    write(ax, LEFT, 1.52, f"{drawn} of {len(tokens)} tokens drawn", fontsize=9)

    alt = (
        f"{heading}. Tokens: {' | '.join(map(readable_bytes, tokens))}. "
        f"The stop string {readable(stop)} {PLACES[inside]}. "
        f"{drawn} of {len(tokens)} tokens are drawn. The answer is {readable(answer)}"
    )
    if thrown_away:
        alt += f"; thrown away: {readable(thrown_away)}"
    return picture_of(figure, heading, alt + ".", answer=answer, drawn=drawn, inside=inside)


def _draw_text(ax: Axes, text: str, edges: np.ndarray, parts: Sequence[int]) -> None:
    """The text over its tokens, which are shaded; `edges` of tokens and `parts` are in bytes.

    `parts`: where the answer begins, the stop string, the rest of its token, what is not drawn, and
    where that ends.
    """
    labels = [readable(char) for char in text]
    widths = [columns(label) for label in labels]
    if sum(widths) > WIDEST:
        raise ValueError(f"tokens must fit into {WIDEST} columns, got {sum(widths)}")
    scale = min(0.22, TEXT / sum(widths))  # inches per column
    char_bytes = np.cumsum([0, *(len(char.encode()) for char in text)])
    char_x = LEFT + scale * np.cumsum([0, *widths])
    token_x = np.interp(edges, char_bytes, char_x)
    part_x = np.interp(parts, char_bytes, char_x)
    last = parts[3]

    for (left, right), look in zip(pairwise(part_x), (ANSWER, STOP, CUT, NEVER), strict=True):
        ax.add_patch(Rectangle((left, TOP), right - left, HEIGHT, **look))
    for (left, right), byte in zip(pairwise(token_x), edges[:-1], strict=True):
        look = DRAWN_TOKEN if byte < last else OTHER_TOKEN
        ax.add_patch(Rectangle((left, TOP), right - left, HEIGHT, fill=False, linewidth=1, **look))
    size = min(11, 50 * scale)
    for (left, right), byte, label in zip(pairwise(char_x), char_bytes[:-1], labels, strict=True):
        ink = style.BLACK if byte < last else style.GREY
        write(ax, (left + right) / 2, LETTERS, label, ha="center", fontsize=size, color=ink)


def _draw_key(ax: Axes, stop: str) -> None:
    """What the shades mean."""
    x = LEFT
    looks = {"the answer": ANSWER, f"stop string {readable(stop)}": STOP, "drawn, thrown away": CUT}
    for meaning, look in looks.items():
        ax.add_patch(Rectangle((x, KEY), 0.22, 0.15, **look))
        frame = {"fill": False, "edgecolor": style.GREY, "linewidth": 0.6}
        ax.add_patch(Rectangle((x, KEY), 0.22, 0.15, **frame))
        write(ax, x + 0.29, KEY + 0.075, meaning, fontsize=9)
        x += 0.5 + 0.078 * columns(meaning)
    write(ax, x, KEY + 0.075, "dashed: never drawn", fontsize=9, color=style.GREY)
