"""Is a model as sure as it is right? The calibration curve of its answers, and groups of them."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from samplers.lab.arguments import Share
from samplers.lab.plots import style
from samplers.lab.plots.fit import interval
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

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
    ax.text(1.01, 0.9, "calibrated", color=style.GREY, fontsize=8.5, ha="right", va="top")
    errors = np.abs(whiskers.T - share)
    ax.errorbar(mean, share, yerr=errors, fmt="o-", color=style.BLUE, linewidth=1.4, capsize=4)
    for x, y, k, n in zip(mean, share, hits, size, strict=True):
        note = ax.annotate(f"{k}/{n}", (x, y), xytext=(6, -13), textcoords="offset points")
        note.set(fontsize=8.5, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})
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
def plot_confidence(
    groups: Annotated[Mapping[str, Annotated[Sequence[Share], 1]], 1],
    xlabel: str = "confidence",
    title: str | None = None,
) -> Picture:
    """The confidence of every answer, a dot each, in one row a group; a stroke marks the median.

    `groups`: {name: confidences}. Groups that lie apart can be told apart by a threshold. The axis
    is logarithmic, because all may be small. data: names, medians (groups,), values, each sorted.
    """
    heading = title or "How sure, by group"
    values = [np.sort(np.asarray(group, dtype=np.float64)) for group in groups.values()]
    medians = np.array([np.median(group) for group in values])
    if min(group[0] for group in values) <= 0:
        raise ValueError("groups must have confidences above 0, for the axis is logarithmic")

    figure = new_figure(7, 1.2 + 0.6 * len(groups))
    ax = figure.add_subplot()
    ax.set_title(heading)
    for y, (group, median) in enumerate(zip(values, medians, strict=True)):
        colour = style.CYCLE[y % len(style.CYCLE)]
        marker = style.MARKERS[y % len(style.MARKERS)]
        # in turns above and below the middle, so that equal ones do not hide each other
        heights = y + 0.12 * (np.arange(len(group)) % 3 - 1)
        ax.plot(group, heights, marker, color=colour, markersize=6, markeredgecolor="white")
        ax.plot([median, median], [y - 0.36, y + 0.36], color=colour, linewidth=2)
    ax.set_yticks(range(len(groups)), list(groups))
    ax.set_ylim(len(groups) - 0.4, -0.6)
    ax.set_xscale("log")
    _log_ticks(ax, min(group[0] for group in values), max(group[-1] for group in values))
    ax.set_xlabel(xlabel)
    ax.grid(axis="x")

    texts = [
        f"{name}: {len(group)} from {group[0]:.3f} to {group[-1]:.3f}, median {median:.3f}"
        for name, group, median in zip(groups, values, medians, strict=True)
    ]
    alt = f"{heading}. Dots on a logarithmic axis, {xlabel}. {'; '.join(texts)}."
    return picture_of(
        figure, heading, alt, names=tuple(groups), medians=medians, values=tuple(values)
    )


def _log_ticks(ax: Axes, low: float, high: float) -> None:
    """Ticks at 1, 2, 3, 5 and 7 times the powers of ten, as numbers, and none past 1."""
    left = low * 0.85
    right = min(1.05, high * 1.18)
    powers = 10.0 ** np.arange(np.floor(np.log10(left)), 1)
    ticks = [
        tick for tick in np.outer(powers, [1, 2, 3, 5, 7]).ravel() if left <= tick <= min(1, right)
    ]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlim(left, right)
