"""Predicted against observed: draws over a prediction, bounds over the truth, and p-values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from samplers.lab.arguments import Count, Share
from samplers.lab.plots import style
from samplers.lab.plots.bars import ROW, bar_axes, listing, note_beside
from samplers.lab.plots.labels import VISIBLE, number, token_label
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

# most lessons compare nothing, and scipy.stats takes longer to load than all the rest of the lab
if TYPE_CHECKING:
    from samplers.compare import Counts, Prediction

PValues = Annotated[Sequence[Share], 1]
CONFIDENCE = 0.95
LEVEL = 0.05  # p-values below this are dark
BINS = 20  # of a histogram of p-values


def interval(successes: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval for the probability behind `successes` in `n` independent draws.

    Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    from scipy import stats

    result = stats.binomtest(int(successes), int(n))
    bounds = result.proportion_ci(CONFIDENCE, method="wilson")
    return float(bounds.low), float(bounds.high)


def _label(token: bytes) -> str:
    if not token:
        return "(end of turn)"
    return token_label(token.decode("utf-8", "replace"), token)


def _range(low: float, high: float) -> str:
    """A prediction's bounds as text: one number if they are equal in three decimals."""
    if high - low < VISIBLE:
        return number(low)
    return f"{number(low)} to {number(high)}"


def _with_others(
    low: np.ndarray, high: np.ndarray, rank: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the cells in `rank`, and then of all other cells together.

    All probabilities sum to 1, so the others' sum is bounded by the shown ones, too.
    """
    rest = np.setdiff1d(np.arange(len(low)), rank)
    least = max(low[rest].sum(), 1 - high[rank].sum(), 0.0)
    most = min(high[rest].sum(), 1 - low[rank].sum())
    most = max(least, most)

    # 1 - sum is not exactly 0 where nothing is left
    least, most = (bound if bound > 1e-12 else 0.0 for bound in (least, most))
    return np.append(low[rank], least), np.append(high[rank], most)


def _draw_bounds(ax: Axes, y: float, low: float, high: float) -> None:
    """A prediction: solid as far as it is known, hatched from its lower to its upper bound."""
    ax.barh(y, low, 0.72, **style.BEFORE)
    if high - low > VISIBLE:
        ax.barh(y, high - low, 0.72, left=low, **style.REST_BEFORE)


def _draw_legend(figure: Figure, ax: Axes, exact: bool, mark_name: str, mark: Artist) -> None:
    handles = {"predicted" if exact else "at least": ax.barh([-9], [0], **style.BEFORE)}
    if not exact:
        handles["between the bounds"] = ax.barh([-9], [0], **style.REST_BEFORE)
    handles[mark_name] = mark
    figure.legend(handles.values(), handles, loc="outside lower right", ncols=3)


@styled
def plot_fit(
    prediction: Prediction,
    counts: Counts | Mapping[bytes | str, float],
    top: Count = 10,
    title: str | None = None,
) -> Picture:
    """Observed draws over a prediction: the `top` likeliest cells, and all other tokens in one.

    `counts`: `Counts` (their first tokens), or {token's bytes: draws}. The whiskers are 95 %
    intervals of the observed shares, each on its own: of twenty, one misses the true probability
    on average. data: tokens, low, high (the prediction), observed, whiskers (rows, 2), inside
    (bool: does a whisker meet the prediction?), draws. The last row is all other tokens.
    """
    heading = title or "Predicted and drawn"
    index, low, high = prediction.cells()
    drawn = prediction.observed(counts)
    n = int(drawn.sum())
    if n == 0:
        raise ValueError("counts must hold at least one draw, got none")
    rank = np.lexsort((-drawn[:-1], -(low + high)[:-1]))[:top]

    cells = list(index)
    rows = [*(_label(cells[i]) for i in rank), "all other tokens"]
    low, high = _with_others(low, high, rank)
    times = np.append(drawn[rank], n - drawn[rank].sum())
    observed = times / n
    whiskers = np.array([interval(k, n) for k in times])
    ranges = [_range(*bounds) for bounds in zip(low, high, strict=True)]

    figure = new_figure(7, 1.15 + ROW * len(rows))
    ax = bar_axes(figure, rows, max(high.max(), whiskers.max()), room=1.25)
    ax.set_title(heading)
    ax.set_title(f"{n:,} draws", loc="right", fontsize=9)
    for y, (left, right) in enumerate(whiskers):
        _draw_bounds(ax, y, low[y], high[y])
        _draw_share(ax, y, observed[y], left, right)
        note = f"{ranges[y]}, drawn {int(times[y])}"
        note_beside(ax, max(high[y], right), y, note, gap=6, fontsize=8.5)
    exact = bool((high - low).max() < VISIBLE)
    (mark,) = ax.plot([0], [-9], "o-", color=style.BLUE, linewidth=1.4)
    _draw_legend(figure, ax, exact, "drawn, with 95 % interval", mark)

    values = [f"{text}, drawn {int(k)} times" for text, k in zip(ranges, times, strict=True)]
    listed = listing(zip(rows, values, strict=True))
    return picture_of(
        figure,
        heading,
        f"{heading}. {n:,} draws. Predicted probabilities and draws: {listed}.",
        tokens=tuple(rows),
        low=low,
        high=high,
        observed=observed,
        whiskers=whiskers,
        inside=(whiskers[:, 0] <= high + 1e-12) & (whiskers[:, 1] >= low - 1e-12),
        draws=n,
    )


def _draw_share(ax: Axes, y: float, share: float, left: float, right: float) -> None:
    """An observed share with its whiskers from `left` to `right`."""
    ax.errorbar(
        share,
        y,
        xerr=[[max(0, share - left)], [max(0, right - share)]],
        fmt="o",
        color=style.BLUE,
        markersize=5,
        linewidth=1.4,
        capsize=3,
    )


@styled
def plot_bounds(
    prediction: Prediction, truth: Prediction, top: Count = 10, title: str | None = None
) -> Picture:
    """What a prediction from few logprobs knows (bars), and the true probabilities (marks).

    The bars are hatched between the bounds. `truth`: the prediction of the same request from the
    whole vocabulary. data: tokens, low, high, truth, inside (bool, within 1e-3: the logprobs of two
    requests differ in their last digits). The last row is all other tokens.
    """
    heading = title or "What is known, and the truth"
    index, low, high = prediction.cells()
    rank = np.argsort(-(low + high)[:-1], kind="stable")[:top]
    cells = list(index)
    shown = [cells[i] for i in rank]
    rows = [*map(_label, shown), "all other tokens"]
    low, high = _with_others(low, high, rank)
    true = _true_probabilities(truth, shown)
    ranges = [_range(*bounds) for bounds in zip(low, high, strict=True)]

    figure = new_figure(7, 1.15 + ROW * len(rows))
    ax = bar_axes(figure, rows, max(high.max(), true.max()), room=1.25)
    ax.set_title(heading)
    diamond = {"color": style.BLUE, "markeredgecolor": "white"}
    for y, p in enumerate(true):
        _draw_bounds(ax, y, low[y], high[y])
        ax.plot(p, y, "D", markersize=6, **diamond)
        note_beside(ax, max(high[y], p), y, ranges[y], gap=8, fontsize=8.5)
    (mark,) = ax.plot([0], [-9], "D", **diamond)
    _draw_legend(figure, ax, False, "the truth", mark)

    values = [f"{text}, truly {number(p)}" for text, p in zip(ranges, true, strict=True)]
    listed = listing(zip(rows, values, strict=True))
    return picture_of(
        figure,
        heading,
        f"{heading}. Bounds and true probabilities: {listed}.",
        tokens=tuple(rows),
        low=low,
        high=high,
        truth=true,
        inside=(true >= low - 1e-3) & (true <= high + 1e-3),
    )


def _true_probabilities(truth: Prediction, tokens: Sequence[bytes]) -> np.ndarray:
    """The probabilities of `tokens`, and then of all others together."""
    index, low, high = truth.cells()
    middle = (low + high) / 2
    p = [middle[index[token]] if token in index else 0.0 for token in tokens]
    return np.array([*p, max(0.0, 1 - sum(p))])


@styled
def plot_p_values(panels: Annotated[Mapping[str, PValues], 1], title: str | None = None) -> Picture:
    """Histograms of p-values, {panel's name: p-values}; those below 0.05 are dark.

    If the hypothesis is true, the histogram is flat. data: names, counts (panels, 20), below
    (panels,): the share below 0.05.
    """
    heading = title or "The p-values of many experiments"
    values = [np.asarray(p, dtype=np.float64) for p in panels.values()]
    edges = np.linspace(0, 1, BINS + 1)
    counts = np.array([np.histogram(p, edges)[0] for p in values])
    below = np.array([(p < LEVEL).mean() for p in values])

    figure = new_figure(7.4, 2.7)
    figure.suptitle(heading, x=0.01, ha="left")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    axes[0].set_ylabel("experiments")
    texts = []
    for ax, name, p, heights, share in zip(axes, panels, values, counts, below, strict=True):
        _draw_histogram(ax, edges[:-1], heights)
        note = f"{share:.0%} below {LEVEL:g}"
        ax.annotate(note, (0.97, 0.93), xycoords="axes fraction", ha="right", fontsize=8.5)
        ax.set_title(name)
        texts.append(
            f"{name}: {share:.1%} of {len(p):,} below {LEVEL:g}, fullest bin {max(heights)}"
        )

    alt = (
        f"{heading}. Histograms in {BINS} bins; a dashed line is where all would be equally full. "
        f"{'; '.join(texts)}."
    )
    return picture_of(figure, heading, alt, names=tuple(panels), counts=counts, below=below)


def _draw_histogram(ax: Axes, lefts: np.ndarray, heights: np.ndarray) -> None:
    for left, height in zip(lefts, heights, strict=True):
        look = style.AFTER if left < LEVEL - 1e-9 else style.BEFORE
        ax.bar(left, height, 1 / BINS, align="edge", **look)
    ax.axhline(heights.sum() / BINS, color=style.VERMILION, linewidth=1.2, linestyle="--")
    ax.set_xlabel("p-value")
