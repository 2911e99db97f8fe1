"""Is a model as sure as it is right? A calibration curve, and a text with its doubtful tokens
shaded.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from samplers.lab.plots import style
from samplers.lab.plots.fit import interval
from samplers.lab.plots.labels import token_label
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled
from samplers.lab.plots.tokens import LINE, SHADES, draw_chips, flow, page


def calibration_bins(confidence, right, bins: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Answers sorted by confidence and cut into bins of (nearly) equal numbers: mean confidence,
    how many, how many right, each (bins,). Equal numbers, because a bin of two answers would tell
    nothing.
    """
    confidence, right = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=bool)
    if confidence.shape != right.shape or confidence.ndim != 1 or len(confidence) < bins:
        raise ValueError(
            f"confidence and right must be (n,) alike, n >= {bins}, got {confidence.shape}, {right.shape}"
        )
    groups = np.array_split(np.argsort(confidence, kind="stable"), bins)
    return (np.array([confidence[g].mean() for g in groups]), np.array([len(g) for g in groups]),
            np.array([right[g].sum() for g in groups]))  # fmt: skip


@styled
def plot_calibration(confidence, right, bins: int = 4, title: str | None = None) -> Picture:
    """The calibration curve (reliability diagram) of answers with `confidence` (n,) that were
    `right` (n,) or not.

    One point a bin of equal numbers of answers: its mean confidence, its share of right answers and
    that one's 95 % interval (Wilson's). On the diagonal an answer given with confidence c is right
    in a share c of the cases. The row of strokes at the bottom (wrong) and top (right) are the
    answers themselves. data: confidence, size, right, share, whiskers (bins, 2).
    """
    mean, size, hits = calibration_bins(confidence, right, bins)
    share = hits / size
    whiskers = np.array([interval(k, n) for k, n in zip(hits, size, strict=True)])
    figure = new_figure(5.2, 3.9)
    ax = figure.add_subplot()
    start = min(0.5, float(np.min(confidence)))
    ax.plot([start, 1], [start, 1], color=style.GREY, linestyle="--", linewidth=1.2)
    ax.text(1.01, 0.9, "as sure as right", color=style.GREY, fontsize=8.5, ha="right", va="top")
    ax.text(1.01, 1.075, "right", color=style.BLUE, fontsize=8, ha="right", va="center")
    ax.text(1.01, -0.045, "wrong", color=style.VERMILION, fontsize=8, ha="right", va="center")
    ax.errorbar(
        mean,
        share,
        yerr=np.abs(whiskers.T - share),
        fmt="o-",
        color=style.BLUE,
        linewidth=1.4,
        capsize=4,
    )
    for x, y, k, n in zip(mean, share, hits, size, strict=True):
        ax.annotate(f"{k}/{n}", (x, y), xytext=(6, -13), textcoords="offset points", fontsize=8.5)
    c, ok = np.asarray(confidence), np.asarray(right, dtype=bool)
    for x, hit in zip(c, ok, strict=True):
        ax.plot(
            [x, x],
            [1.06, 1.09] if hit else [-0.03, -0.06],
            color=style.BLUE if hit else style.VERMILION,
            lw=1.2,
        )
    ax.set_xlim(start - 0.02, 1.02)
    ax.set_ylim(-0.08, 1.11)
    ax.set_xlabel("confidence")
    ax.set_ylabel("share that was right")
    ax.grid()
    heading = title or "Confidence against accuracy"
    ax.set_title(heading)
    alt = f"{heading}. {len(c)} answers in {bins} bins by confidence: " + "; ".join(
        f"confidence {x:.2f}: {k} of {n} right, 95 % interval {a:.2f} to {b:.2f}"
        for x, k, n, (a, b) in zip(mean, hits, size, whiskers, strict=True)
    )
    return picture_of(figure, heading, alt + ".", confidence=mean, size=size, right=hits, share=share,
                      whiskers=whiskers)  # fmt: skip


@styled
def plot_doubt(texts: Mapping[str, Sequence[tuple[str, float]]], levels: Sequence[float], unit: str,
               title: str | None = None) -> Picture:  # fmt: skip
    """Texts with their doubtful tokens shaded, one block each: {name: [(token, value), …]}, each
    value in small digits.

    `levels`: up to five values from which a token gets darker, rising (surprise) or falling
    (certainty). `unit` says what a value is. data: names, values (one array a text), worst (the
    index of each text's most doubtful token).
    """
    rising = list(levels) == sorted(levels)
    values = {
        name: np.array([v for _, v in pairs], dtype=np.float64) for name, pairs in texts.items()
    }
    labels = {name: [token_label(t, limit=16) for t, _ in pairs] for name, pairs in texts.items()}
    notes = {
        name: [f"{v:.2f}" if levels[0] <= 1 else f"{v:.1f}" for v in vs]
        for name, vs in values.items()
    }
    worst = {name: int(np.argmax(v) if rising else np.argmin(v)) for name, v in values.items()}
    lines = [flow(labels[n], 6.8, 0.1 + 0.085 * max(map(len, notes[n])))[-1][1] + 1 for n in texts]
    figure, ax = page(7, 0.8 + sum(lines) * LINE + 0.36 * len(lines))
    heading = title or "The doubtful tokens of a text"
    ax.text(0.1, 0.22, heading, fontsize=10.5, va="center_baseline")
    top = 0.5
    for name in texts:
        ax.text(0.1, top + 0.08, name, fontsize=9.5, va="center_baseline", color=style.BLUE)
        past = [
            sum((v >= level) if rising else (v < level) for level in levels) for v in values[name]
        ]
        shades = [SHADES[min(n, len(SHADES) - 1)] for n in past]
        top += (
            0.24
            + LINE * draw_chips(ax, labels[name], notes[name], shades, top + 0.22, 0.1, 6.8)
            + 0.12
        )
    for n, level in enumerate(levels):
        ax.add_patch(style.rounded(0.1 + n * 0.8, top, 0.16, 0.14, facecolor=SHADES[n + 1]))
        word = f"{'≥' if rising else '<'} {level:g}"
        ax.text(
            0.31 + n * 0.8, top + 0.07, word, fontsize=8, va="center_baseline", color=style.GREY
        )
    ax.text(6.9, top + 0.07, unit, fontsize=8, va="center_baseline", ha="right", color=style.GREY)
    alt = f"{heading}. Each token with its {unit}. " + " ".join(
        f"{name}: " + ", ".join(f"{a} {b}" for a, b in zip(labels[name], notes[name], strict=True))
        + f"; most doubtful: {labels[name][worst[name]]}." for name in texts
    )  # fmt: skip
    return picture_of(figure, heading, alt, names=tuple(texts), values=tuple(values.values()),
                      worst=tuple(worst.values()))  # fmt: skip
