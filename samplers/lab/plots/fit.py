"""Predicted against observed: draws over a prediction, bounds from few logprobs against the truth,
p-values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from samplers.lab.plots import style
from samplers.lab.plots.bars import ROW, bar_axes, names
from samplers.lab.plots.labels import number, token_label
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

# most lessons compare nothing, and scipy.stats takes longer to load than all the rest of the lab
if TYPE_CHECKING:
    from samplers.compare import Prediction

CONFIDENCE = 0.95


def interval(successes: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval for a probability that gave `successes` in `n` independent draws
    (Wilson, 1927).
    """
    from scipy import stats

    found = stats.binomtest(int(successes), int(n)).proportion_ci(CONFIDENCE, method="wilson")
    return float(found.low), float(found.high)


def _span(low: float, high: float) -> str:
    return number(low) if high - low < 5e-4 else f"{number(low)} to {number(high)}"


def _bounds(ax, y: float, low: float, high: float) -> None:
    """A prediction: solid as far as it is known, hatched from its lower to its upper bound."""
    ax.barh(y, low, 0.72, **style.BEFORE)
    if high - low > 5e-4:
        ax.barh(y, high - low, 0.72, left=low, **style.REST_BEFORE)


def _with_others(
    low: np.ndarray, high: np.ndarray, rank: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the cells in `rank`, and of all the others together: what theirs and the shown
    ones' sums allow.
    """
    rest = np.setdiff1d(np.arange(len(low)), rank)
    least = max(low[rest].sum(), 1 - high[rank].sum(), 0.0)
    most = min(high[rest].sum(), 1 - low[rank].sum())
    # 1 - sum is not exactly 0
    least, most = (x if x > 1e-12 else 0.0 for x in (least, max(least, most)))
    return np.append(low[rank], least), np.append(high[rank], most)


def _legend(figure, ax, mark: str, exact: bool, **look) -> None:
    entries = {"predicted": ax.barh([-9], [0], **style.BEFORE)}
    entries |= {} if exact else {"between the bounds": ax.barh([-9], [0], **style.REST_BEFORE)}
    entries[mark] = ax.plot([0], [-9], **look)[0]
    figure.legend(entries.values(), entries, loc="outside lower right", ncols=3)


def _label(token: bytes) -> str:
    return token_label(token.decode("utf-8", "replace"), token) if token else "(end of turn)"


@styled
def plot_fit(prediction: Prediction, counts, top: int = 10, title: str | None = None) -> Picture:
    """Observed draws over a prediction: the `top` likeliest cells, and all other tokens in one.

    `counts`: `Counts` (their first tokens), or {token's bytes: draws}. The whiskers are 95 %
    intervals of the observed shares, each for itself: of twenty, one misses the true probability on
    average. data: tokens, low, high (the prediction), observed, whiskers (rows, 2), inside (bool:
    does a whisker meet the prediction?), draws. The last row is all other tokens.
    """
    index, low, high = prediction.cells()
    drawn = counts if isinstance(counts, Mapping) else counts.tokens
    seen = np.zeros(len(low))
    for token, times in drawn.items():
        seen[index.get(token, -1)] += times
    n = int(seen.sum())
    cells = list(index)
    rank = np.lexsort((-seen[:-1], -(low + high)[:-1]))[:top]
    rows = [_label(cells[i]) for i in rank] + ["all other tokens"]
    lows, highs = _with_others(low, high, rank)
    times = np.append(seen[rank], n - seen[rank].sum())
    whiskers = np.array([interval(k, n) for k in times])
    inside = (whiskers[:, 0] <= highs + 1e-12) & (whiskers[:, 1] >= lows - 1e-12)

    figure = new_figure(7, 1.15 + ROW * len(rows))
    ax = bar_axes(figure, rows, max(highs.max(), whiskers.max()), room=1.25)
    for y, (lo, hi, k, (left, right)) in enumerate(zip(lows, highs, times, whiskers, strict=True)):
        _bounds(ax, y, lo, hi)
        ax.errorbar(k / n, y, xerr=[[max(0, k / n - left)], [max(0, right - k / n)]], fmt="o", color=style.BLUE,
                    markersize=5, linewidth=1.4, capsize=3)  # fmt: skip
        note = f"{_span(lo, hi)}, drawn {int(k)}"
        ax.annotate(
            note,
            (max(hi, right), y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    heading = title or "Predicted and drawn"
    ax.set_title(heading)
    ax.set_title(f"{n:,} draws", loc="right", fontsize=9)
    exact = bool((highs - lows).max() < 5e-4)
    _legend(
        figure,
        ax,
        "drawn, with 95 % interval",
        exact,
        marker="o",
        color=style.BLUE,
        linestyle="-",
        linewidth=1.4,
    )
    said = (
        f"{_span(a, b)}, drawn {int(k)} times" for a, b, k in zip(lows, highs, times, strict=True)
    )
    alt = f"{heading}. {n:,} draws. Predicted probabilities and draws: {names(zip(rows, said, strict=True))}."
    return picture_of(figure, heading, alt, tokens=tuple(rows), low=lows, high=highs, observed=times / n,
                      whiskers=whiskers, inside=inside, draws=n)  # fmt: skip


@styled
def plot_bounds(
    prediction: Prediction, truth: Prediction, top: int = 10, title: str | None = None
) -> Picture:
    """What a prediction from few logprobs knows (bars, hatched between the bounds) and the true
    probabilities (marks).

    `truth`: the prediction of the same request from the whole vocabulary. data: tokens, low, high,
    truth, inside (bool, within 1e-3: the logprobs of two requests differ in their last digits). The
    last row is all other tokens.
    """
    index, low, high = prediction.cells()
    there, least, most = truth.cells()
    exact = (least + most) / 2
    cells = list(index)
    rank = np.argsort(-(low + high)[:-1], kind="stable")[:top]
    lows, highs = _with_others(low, high, rank)
    true = np.array([exact[there[cells[i]]] if cells[i] in there else 0.0 for i in rank])
    true = np.append(true, max(0.0, 1 - true.sum()))
    inside = (true >= lows - 1e-3) & (true <= highs + 1e-3)
    rows = [_label(cells[i]) for i in rank] + ["all other tokens"]

    figure = new_figure(7, 1.15 + ROW * len(rows))
    ax = bar_axes(figure, rows, max(highs.max(), true.max()), room=1.25)
    for y, (lo, hi, p) in enumerate(zip(lows, highs, true, strict=True)):
        _bounds(ax, y, lo, hi)
        ax.plot(p, y, "D", color=style.BLUE, markersize=6, markeredgecolor="white")
        ax.annotate(
            _span(lo, hi),
            (max(hi, p), y),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    heading = title or "What is known, and the truth"
    ax.set_title(heading)
    _legend(
        figure,
        ax,
        "the truth",
        False,
        marker="D",
        color=style.BLUE,
        linestyle="",
        markeredgecolor="white",
    )
    said = (f"{_span(a, b)}, truly {number(p)}" for a, b, p in zip(lows, highs, true, strict=True))
    alt = f"{heading}. Bounds and true probabilities: {names(zip(rows, said, strict=True))}."
    return picture_of(
        figure, heading, alt, tokens=tuple(rows), low=lows, high=highs, truth=true, inside=inside
    )


@styled
def plot_p_values(
    panels: Mapping[str, Sequence[float]], level: float = 0.05, title: str | None = None
) -> Picture:
    """Histograms of p-values, one panel each {name: p-values}; those below `level` are dark. A true
    hypothesis is flat.

    data: names, counts (panels, 20), below (panels,): the share below `level`.
    """
    values = {name: np.asarray(p, dtype=np.float64) for name, p in panels.items()}
    edges = np.linspace(0, 1, 21)
    counts = np.array([np.histogram(p, edges)[0] for p in values.values()])
    below = np.array([(p < level).mean() for p in values.values()])
    figure = new_figure(7.4, 2.7)
    axes = figure.subplots(1, len(values), sharey=True, squeeze=False)[0]
    for ax, (name, p), heights, share in zip(axes, values.items(), counts, below, strict=True):
        for left, height in zip(edges, heights, strict=False):
            look = style.AFTER if left < level - 1e-9 else style.BEFORE
            ax.bar(left, height, 0.05, align="edge", **look)
        ax.axhline(len(p) / 20, color=style.VERMILION, linewidth=1.2, linestyle="--")
        ax.set_title(name)
        ax.set_xlabel("p-value")
        ax.annotate(
            f"{share:.0%} below {level:g}",
            (0.97, 0.93),
            xycoords="axes fraction",
            ha="right",
            fontsize=8.5,
        )
    axes[0].set_ylabel("experiments")
    heading = title or "The p-values of many experiments"
    figure.suptitle(heading, x=0.01, ha="left")
    alt = (
        f"{heading}. Histograms in 20 bins; a dashed line is where all would be equally full. "
        + "; ".join(
            f"{name}: {share:.1%} of {len(p):,} below {level:g}, fullest bin {max(heights)}"
            for (name, p), share, heights in zip(values.items(), below, counts, strict=True)
        )
    )
    return picture_of(figure, heading, alt + ".", names=tuple(values), counts=counts, below=below)
