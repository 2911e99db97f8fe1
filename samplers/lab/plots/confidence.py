"""Is a model as sure as it is right? The calibration curve of its answers."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

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
