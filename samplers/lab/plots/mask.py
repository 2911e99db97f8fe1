"""The token mask: what the model wanted at each step, what was taken away, what was written."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from samplers.lab.lessons.mask import MaskStep
from samplers.lab.plots import style
from samplers.lab.plots.labels import VISIBLE, number, token_label
from samplers.lab.plots.page import write
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

ROW = 0.245  # inches per token
# Where the columns of text begin (WISH, TOKEN) or end (P, Q). The bars go from 0 to 1.
WISH = -0.3
P = -0.02
TOKEN = 1.02
Q = 1.27
WRITTEN = {"facecolor": style.BLUE, "edgecolor": style.BLUE, "linewidth": 0.6}
ALLOWED = {"facecolor": "#cfe3f1", "edgecolor": style.BLUE, "linewidth": 0.6}


@styled
def plot_mask(steps: Sequence[MaskStep], title: str | None = None) -> Picture:
    """The steps of `token_mask`, one row per token, from top to bottom as the answer was written.

    Left is what the model wanted most: × if the schema forbids it, = if it was written, · if chance
    took another token. The bar is the model's whole probability: dark blue the written token's,
    pale blue that of other allowed tokens, crossed what the schema takes away. Right is what was
    written, and its probability after the mask, q. data: tokens, wanted, refused (bool), p, q,
    taken, each (steps,).
    """
    if not steps:
        raise ValueError("steps must hold at least one token, got none")
    heading = title or "The token mask"
    wanted = [token_label(step.wanted.token, step.wanted.bytes, 12) for step in steps]
    tokens = [token_label(step.token, step.bytes, 12) for step in steps]

    figure = new_figure(7.4, 1.0 + ROW * len(steps))
    ax = figure.add_subplot()
    ax.set_title(heading)
    for y, step in enumerate(steps):
        _draw_wish(ax, y, step, wanted[y])
        _draw_bar(ax, y, step)
        q = "?" if np.isnan(step.q) else f"{step.q:.2f}"
        write(ax, TOKEN, y, tokens[y], fontsize=9.5, color=style.BLUE)
        write(ax, Q, y, q, ha="right", fontsize=8.5)
    _set_columns(ax, len(steps))
    looks = {"written": WRITTEN, "also allowed": ALLOWED, "taken away by the schema": style.REMOVED}
    handles = [Patch(**look) for look in looks.values()]
    figure.legend(handles, looks, loc="outside lower right", ncols=3)

    return picture_of(
        figure,
        heading,
        _describe(heading, steps, wanted, tokens),
        tokens=tuple(tokens),
        wanted=tuple(wanted),
        refused=np.array([step.refused for step in steps]),
        p=np.array([step.p for step in steps]),
        q=np.array([step.q for step in steps]),
        taken=np.array([step.taken for step in steps]),
    )


def _set_columns(ax: Axes, rows: int) -> None:
    """Axes for the bars and the columns of text beside them, and the columns' names."""
    ax.set_ylim(rows - 0.4, -1.5)
    ax.set_xlim(WISH, Q)
    ax.set_yticks([])
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
    ax.set_xlabel("the model's probability")
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_bounds(0, 1)

    look = {"fontsize": 8.5, "color": style.GREY}
    write(ax, WISH, -1.1, "first wish", **look)
    write(ax, P, -1.1, "p", ha="right", **look)
    write(ax, TOKEN, -1.1, "written", **look)
    write(ax, Q, -1.1, "q", ha="right", **look)


def _draw_wish(ax: Axes, y: int, step: MaskStep, wanted: str) -> None:
    """What the model wanted most, with its probability, and a mark for what became of it.

    The marks: = it was written, · chance took another token, × it is forbidden.
    """
    mark = "=" if step.wanted.bytes == step.bytes else "·"
    colour = style.GREY
    if step.refused:
        mark = "×"
        colour = style.VERMILION
    write(ax, WISH, y, mark, fontsize=9, color=colour)
    write(ax, WISH + 0.04, y, wanted, fontsize=9.5, color=colour)
    write(ax, P, y, f"{step.wanted_p:.2f}", ha="right", fontsize=8.5, color=colour)


def _draw_bar(ax: Axes, y: int, step: MaskStep) -> None:
    if np.isnan(step.q):  # the endpoint does not report what the mask did
        ax.barh(y, step.p, 0.7, **WRITTEN)
        return

    kept = 1 - step.taken
    ax.barh(y, kept, 0.7, **ALLOWED)
    ax.barh(y, min(step.p, kept), 0.7, **WRITTEN)
    if step.taken >= VISIBLE:
        ax.barh(y, step.taken, 0.7, left=kept, **style.REMOVED)


def _describe(
    heading: str, steps: Sequence[MaskStep], wanted: Sequence[str], tokens: Sequence[str]
) -> str:
    texts = []
    for step, wish, token in zip(steps, wanted, tokens, strict=True):
        forbidden = ", forbidden" if step.refused else ""
        taken = "not told" if np.isnan(step.taken) else number(round(step.taken, 3))
        texts.append(f"{token} (wanted {wish} {step.wanted_p:.2f}{forbidden}; taken away {taken})")
    return f"{heading}. {len(steps)} tokens as they were written: {'; '.join(texts)}."
