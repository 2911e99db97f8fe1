"""A stop string laid over the tokens that it stops: its ends need not be the ends of tokens."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.patches import Rectangle

from samplers.lab.plots import style
from samplers.lab.plots.labels import columns, readable
from samplers.lab.plots.picture import Picture, picture_of
from samplers.lab.plots.style import styled
from samplers.lab.plots.tokens import page
from samplers.wire.tokens import readable as readable_bytes

WIDEST = 80  # columns that fit into one line
ANSWER = {"facecolor": "#cfe3f1", "edgecolor": "none"}
STOP = {"facecolor": "white", "edgecolor": style.VERMILION, "linewidth": 0, "hatch": "xxxx"}
CUT = {"facecolor": "white", "edgecolor": style.GREY, "linewidth": 0, "hatch": "////"}
NEVER = {"facecolor": "white", "edgecolor": "none"}


def cut_at(tokens: Sequence[bytes], stop: str) -> tuple[int, int, int]:
    """(start, end, drawn): the bytes where `stop` first is in the tokens' text, and how many tokens
    had to be drawn.

    ValueError if it is not there.
    """
    text, mark = b"".join(tokens), stop.encode()
    start = text.find(mark) if mark else -1
    if start < 0:
        raise ValueError(f"stop must be in the tokens' text, got {stop!r}")
    end = start + len(mark)
    return start, end, int(np.searchsorted(np.cumsum([len(t) for t in tokens]), end)) + 1


@styled
def plot_stop(tokens: Sequence[bytes], stop: str, title: str | None = None) -> Picture:
    """An answer's tokens (their bytes, drawn without a stop), and what the stop string `stop` makes
    of them.

    Shaded: the answer. Crossed: the stop string, which is left out. Hatched: the rest of the token
    in which it ended, drawn and thrown away. Pale: never drawn. data: answer (its text), drawn
    (tokens), inside: whether the stop string (begins, ends) inside a token.
    """
    start, end, drawn = cut_at(tokens, stop)
    edges = np.cumsum([0, *(len(t) for t in tokens)])  # bytes
    text = b"".join(tokens).decode("utf-8", "replace")
    labels = [readable(c) for c in text]
    if sum(map(columns, labels)) > WIDEST:
        raise ValueError(f"tokens must fit into {WIDEST} columns, got {sum(map(columns, labels))}")
    widths = np.cumsum([0, *map(columns, labels)])
    at_byte = np.cumsum([0, *(len(c.encode()) for c in text)])
    scale = min(0.22, 7.2 / widths[-1])  # inches a column

    def x(byte) -> float:
        return 0.15 + scale * float(np.interp(byte, at_byte, widths))

    figure, ax = page(7.5, 1.62)
    heading = title or "A stop string and the tokens"
    ax.text(0.15, 0.22, heading, fontsize=10.5, va="center_baseline")
    last = int(edges[drawn])
    for low, high, look in (
        (0, start, ANSWER),
        (start, end, STOP),
        (end, last, CUT),
        (last, edges[-1], NEVER),
    ):
        ax.add_patch(Rectangle((x(low), 0.5), x(high) - x(low), 0.36, **look))
    for i, (low, high) in enumerate(pairwise(edges)):
        pale = (
            {"edgecolor": style.PALE, "linestyle": "--"}
            if i >= drawn
            else {"edgecolor": style.BLACK, "zorder": 4}
        )
        ax.add_patch(
            Rectangle((x(low), 0.5), x(high) - x(low), 0.36, fill=False, linewidth=1, **pale)
        )
    for i, label in enumerate(labels):
        ink = style.BLACK if at_byte[i] < last else style.GREY
        box = {"boxstyle": "square,pad=0.04", "facecolor": "white", "edgecolor": "none"}
        ax.text(0.15 + scale * (widths[i] + widths[i + 1]) / 2, 0.69, label, ha="center", va="center_baseline",
                fontsize=min(11, 50 * scale), color=ink, bbox=box if start <= at_byte[i] < last else None)  # fmt: skip
    answer = text[: int(np.searchsorted(at_byte, start))]
    thrown = b"".join(tokens)[end:last].decode("utf-8", "replace")
    inside = (start not in edges, end not in edges)
    left = 0.15
    told = (
        ("the answer", ANSWER),
        (f"stop string {readable(stop)}", STOP),
        ("drawn, thrown away", CUT),
    )
    for word, look in told:
        ax.add_patch(
            Rectangle((left, 1.08), 0.22, 0.15, **{**look, "edgecolor": look["edgecolor"]})
        )
        ax.add_patch(
            Rectangle((left, 1.08), 0.22, 0.15, fill=False, edgecolor=style.GREY, linewidth=0.6)
        )
        ax.text(left + 0.29, 1.155, word, fontsize=9, va="center_baseline")
        left += 0.5 + 0.078 * columns(word)
    ax.text(left, 1.155, "dashed: never drawn", fontsize=9, va="center_baseline", color=style.GREY)
    ax.text(0.15, 1.42, f"{drawn} tokens drawn of {len(tokens)}", fontsize=9, va="center_baseline")
    where = {(True, True): "begins and ends", (True, False): "begins", (False, True): "ends"}.get(
        inside
    )
    how = f"{where} inside a token" if where else "is made of whole tokens"
    alt = f"{heading}. Tokens: {' | '.join(map(readable_bytes, tokens))}. The stop string {readable(stop)} {how}. "
    alt += f"{drawn} of {len(tokens)} tokens are drawn. The answer is {readable(answer)}"
    alt += f"; thrown away: {readable(thrown)}." if thrown else "."
    return picture_of(figure, heading, alt, answer=answer, drawn=drawn, inside=inside)
