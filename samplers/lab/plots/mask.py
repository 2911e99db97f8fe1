"""The token mask: at each step of a constrained answer what the model wanted, what was taken away,
what was written.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Patch

from samplers.lab.lessons.mask import MaskStep
from samplers.lab.plots import style
from samplers.lab.plots.labels import number, token_label
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

ROW = 0.245  # inches a token
LEFT, RIGHT = -0.3, 1.27  # where the columns of text begin and end, in the bar's units
WRITTEN = {"facecolor": style.BLUE, "edgecolor": style.BLUE, "linewidth": 0.6}
ALLOWED = {"facecolor": "#cfe3f1", "edgecolor": style.BLUE, "linewidth": 0.6}


@styled
def plot_mask(steps: Sequence[MaskStep], title: str | None = None) -> Picture:
    """The steps of `token_mask`, one row a token, from top to bottom as the answer was written.

    Left what the model wanted most: × if the schema forbids it, = if it was written, · if chance
    took another token. The bar is the model's whole probability: dark blue the written token's,
    pale blue that of other allowed tokens, crossed what the schema takes away. Right what was
    written, and its probability after the mask, q. data: tokens, wanted, refused (bool), p, q,
    taken, each (steps,).
    """
    if not steps:
        raise ValueError("steps must hold at least one token, got none")
    p, q_of, taken = (
        np.array([getattr(step, name) for step in steps]) for name in ("p", "q", "taken")
    )
    refused = np.array([step.refused for step in steps])
    wanted = [token_label(step.wanted.token, step.wanted.bytes, 12) for step in steps]
    tokens = [token_label(step.token, step.bytes, 12) for step in steps]

    figure = new_figure(7.4, 1.0 + ROW * len(steps))
    ax = figure.add_subplot()
    for y, step in enumerate(steps):
        _wish(ax, y, step, wanted[y])
        _bar(ax, y, step)
        ax.text(1.02, y, tokens[y], ha="left", va="center_baseline", fontsize=9.5, color=style.BLUE)
        q = "?" if np.isnan(step.q) else f"{step.q:.2f}"
        ax.text(RIGHT, y, q, ha="right", va="center_baseline", fontsize=8.5)
    for x, name, side in (
        (LEFT, "first wish", "left"),
        (-0.02, "p", "right"),
        (1.02, "written", "left"),
        (RIGHT, "q", "right"),
    ):
        ax.text(x, -1.1, name, ha=side, va="center_baseline", fontsize=8.5, color=style.GREY)
    ax.set_ylim(len(steps) - 0.4, -1.5)
    ax.set_xlim(LEFT, RIGHT)
    ax.set_yticks([])
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
    ax.set_xlabel("the model's probability")
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_bounds(0, 1)
    heading = title or "The token mask"
    ax.set_title(heading)
    looks = {"written": WRITTEN, "also allowed": ALLOWED, "taken away by the schema": style.REMOVED}
    figure.legend(
        [Patch(**look) for look in looks.values()], looks, loc="outside lower right", ncols=3
    )
    return picture_of(figure, heading, _words(heading, steps, wanted, tokens), tokens=tuple(tokens),
                      wanted=tuple(wanted), refused=refused, p=p, q=q_of, taken=taken)  # fmt: skip


def _wish(ax, y: int, step: MaskStep, wanted: str) -> None:
    """What the model wanted most, and whether it got it: = it did, · chance took another token, ×
    it is forbidden.
    """
    colour = style.VERMILION if step.refused else style.GREY
    mark = "×" if step.refused else "=" if step.wanted.bytes == step.bytes else "·"
    ax.text(LEFT, y, mark, va="center_baseline", fontsize=9, color=colour)
    ax.text(LEFT + 0.04, y, wanted, va="center_baseline", fontsize=9.5, color=colour)
    ax.text(
        -0.02,
        y,
        f"{step.wanted_p:.2f}",
        ha="right",
        va="center_baseline",
        fontsize=8.5,
        color=colour,
    )


def _bar(ax, y: int, step: MaskStep) -> None:
    if np.isnan(step.q):  # the endpoint does not tell what the mask did
        ax.barh(y, step.p, 0.7, **WRITTEN)
        return
    kept = 1 - step.taken
    ax.barh(y, kept, 0.7, **ALLOWED)
    ax.barh(y, min(step.p, kept), 0.7, **WRITTEN)
    if step.taken >= 0.0005:
        ax.barh(y, step.taken, 0.7, left=kept, **style.REMOVED)


def _words(heading: str, steps: Sequence[MaskStep], wanted: list[str], tokens: list[str]) -> str:
    lines = [
        f"{token} (wanted {wish} {step.wanted_p:.2f}{', forbidden' * step.refused}; taken away "
        f"{'not told' if np.isnan(step.taken) else number(round(step.taken, 3))})"
        for step, wish, token in zip(steps, wanted, tokens, strict=True)
    ]
    return f"{heading}. {len(steps)} tokens as they were written: {'; '.join(lines)}."
