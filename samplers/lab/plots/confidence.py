"""Is a model as sure as it is right? A calibration curve, and texts with doubtful tokens shaded."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
from matplotlib.axes import Axes

from samplers.lab.arguments import Share
from samplers.lab.plots import style
from samplers.lab.plots.bars import listing
from samplers.lab.plots.chips import (
    LEFT,
    NAME,
    RIGHT,
    WIDTH,
    draw_chips,
    draw_key,
    draw_name,
    height_of,
    shade,
)
from samplers.lab.plots.fit import interval
from samplers.lab.plots.labels import token_label
from samplers.lab.plots.page import HEADING, page, write
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

Value = Annotated[float, (-np.inf, np.inf)]  # of a token: a surprise may be infinite
BINS = 4  # points of a calibration curve


def calibration_bins(confidence, right, bins: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Answers sorted by confidence and cut into bins of (nearly) equal numbers.

    Returns each bin's mean confidence, number of answers and number of right ones, each (bins,).
    The numbers are equal, because a bin of two answers would show nothing.
    """
    confidence = np.asarray(confidence, dtype=np.float64)
    right = np.asarray(right, dtype=bool)
    if confidence.shape != right.shape or confidence.ndim != 1 or len(confidence) < bins:
        raise ValueError(
            f"confidence and right must be (n,) alike, n >= {bins}, "
            f"got {confidence.shape}, {right.shape}"
        )

    groups = np.array_split(np.argsort(confidence, kind="stable"), bins)
    mean = np.array([confidence[group].mean() for group in groups])
    size = np.array([len(group) for group in groups])
    hits = np.array([right[group].sum() for group in groups])
    return mean, size, hits


@styled
def plot_calibration(
    confidence: Sequence[Share],
    right: Sequence[bool | np.bool_ | float],
    title: str | None = None,
) -> Picture:
    """The calibration curve (reliability diagram) of answers: are the sure ones right more often?

    `confidence` (n,): how sure each answer is; `right` (n,): whether it is right. The answers are
    sorted by confidence and cut into four bins of equal size. Each bin is a point: its mean
    confidence, its share of right answers, and that share's 95 % interval (Wilson's). On the
    diagonal an answer given with confidence c is right in a share c of the cases. The strokes at
    the bottom (wrong) and at the top (right) are the answers themselves. data: confidence, size,
    right, share, whiskers (bins, 2).
    """
    heading = title or "Confidence against accuracy"
    mean, size, hits = calibration_bins(confidence, right, BINS)
    share = hits / size
    whiskers = np.array([interval(k, n) for k, n in zip(hits, size, strict=True)])

    figure = new_figure(5.2, 3.9)
    ax = figure.add_subplot()
    ax.set_title(heading)
    start = min(0.5, float(np.min(confidence)))
    ax.plot([start, 1], [start, 1], color=style.GREY, linestyle="--", linewidth=1.2)
    ax.text(1.01, 0.9, "as sure as right", color=style.GREY, fontsize=8.5, ha="right", va="top")
    errors = np.abs(whiskers.T - share)
    ax.errorbar(mean, share, yerr=errors, fmt="o-", color=style.BLUE, linewidth=1.4, capsize=4)
    for x, y, k, n in zip(mean, share, hits, size, strict=True):
        ax.annotate(f"{k}/{n}", (x, y), xytext=(6, -13), textcoords="offset points", fontsize=8.5)
    _draw_answers(ax, confidence, right)
    ax.set_xlim(start - 0.02, 1.02)
    ax.set_ylim(-0.08, 1.11)
    ax.set_xlabel("confidence")
    ax.set_ylabel("share that was right")
    ax.grid()

    points = [
        f"confidence {x:.2f}: {k} of {n} right, 95 % interval {low:.2f} to {high:.2f}"
        for x, k, n, (low, high) in zip(mean, hits, size, whiskers, strict=True)
    ]
    return picture_of(
        figure,
        heading,
        f"{heading}. {len(confidence)} answers in {BINS} bins by confidence: {'; '.join(points)}.",
        confidence=mean,
        size=size,
        right=hits,
        share=share,
        whiskers=whiskers,
    )


def _draw_answers(ax: Axes, confidence, right) -> None:
    """A stroke per answer: at the top if it is right, at the bottom if it is wrong."""
    ax.text(1.01, 1.075, "right", color=style.BLUE, fontsize=8, ha="right", va="center")
    ax.text(1.01, -0.045, "wrong", color=style.VERMILION, fontsize=8, ha="right", va="center")
    for x, is_right in zip(confidence, right, strict=True):
        ends = [1.06, 1.09] if is_right else [-0.03, -0.06]
        ax.plot([x, x], ends, color=style.BLUE if is_right else style.VERMILION, linewidth=1.2)


@styled
def plot_doubt(
    texts: Annotated[Mapping[str, Annotated[Sequence[tuple[str, Value]], 1]], 1],
    levels: Annotated[Sequence[Value], 1],
    unit: str,
    title: str | None = None,
) -> Picture:
    """Texts, {name: [(token, value), …]}, with their doubtful tokens shaded.

    `levels`: up to five values from which a token gets darker, rising (surprise) or falling
    (certainty). `unit` says what a value is. data: names, values (one array per text), worst (the
    index of each text's most doubtful token).
    """
    heading = title or "The doubtful tokens of a text"
    rising = list(levels) == sorted(levels)
    labels = [[token_label(t, limit=16) for t, _ in pairs] for pairs in texts.values()]
    values = [np.array([v for _, v in pairs], dtype=np.float64) for pairs in texts.values()]
    decimals = 2 if levels[0] <= 1 else 1
    notes = [[f"{v:.{decimals}f}" for v in of_text] for of_text in values]
    worst = [int(np.argmax(v) if rising else np.argmin(v)) for v in values]
    heights = [height_of(*block) for block in zip(labels, notes, strict=True)]

    figure, ax = page(WIDTH, 0.8 + sum(heights) + 0.36 * len(texts))
    write(ax, LEFT, 0.22, heading, fontsize=HEADING)
    top = 0.5
    for i, name in enumerate(texts):
        draw_name(ax, name, top)
        shades = [shade(_levels_passed(v, levels, rising)) for v in values[i]]
        draw_chips(ax, labels[i], notes[i], shades, top + 0.22)
        top += NAME + heights[i] + 0.12
    sign = "≥" if rising else "<"
    key = {f"{sign} {level:g}": shade(n) for n, level in enumerate(levels, 1)}
    draw_key(ax, key, top, step=0.8)
    write(ax, RIGHT, top + 0.07, unit, fontsize=8, ha="right", color=style.GREY)

    descriptions = [
        f"{name}: {listing(zip(labels[i], notes[i], strict=True))}; "
        f"most doubtful: {labels[i][worst[i]]}."
        for i, name in enumerate(texts)
    ]
    return picture_of(
        figure,
        heading,
        f"{heading}. Each token with its {unit}. {' '.join(descriptions)}",
        names=tuple(texts),
        values=tuple(values),
        worst=tuple(worst),
    )


def _levels_passed(value: float, levels: Sequence[float], rising: bool) -> int:
    if rising:
        return sum(value >= level for level in levels)
    return sum(value < level for level in levels)
