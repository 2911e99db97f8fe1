"""Curves: what a parameter does as it moves, and how much mass the most probable tokens hold."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator, NullFormatter
from numpy.typing import ArrayLike

from samplers.checks import shown
from samplers.distribution import Distribution, effective_vocabulary, entropy, softmax
from samplers.lab.arguments import Count, Share, checked
from samplers.lab.plots import style
from samplers.lab.plots.bars import label_of, logits_of, note_beside, ranked
from samplers.lab.plots.labels import counted, number
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled
from samplers.truncation import top_p


def spread(heights: Sequence[float], gap: float, floor: float) -> np.ndarray:
    """Where the names of curves go: `heights` moved apart to at least `gap`, in the same order.

    None is below `floor`.
    """
    order = np.argsort(heights, kind="stable")  # before those below the floor become equal
    heights = np.maximum(heights, floor)
    placed = np.array(heights, dtype=np.float64)
    for low, high in pairwise(order):
        placed[high] = max(placed[high], placed[low] + gap)
    placed -= (placed - heights).mean()
    return placed + max(0.0, floor - placed.min())


def _draw_curves(
    ax: Axes,
    x: np.ndarray,
    curves: Mapping[str, np.ndarray],
    mark: Sequence[float],
    is_log: bool,
) -> None:
    """Curves with points at `mark`; each curve's name stands at its right end, in its colour."""
    heights = {name: np.log10(y) if is_log else y for name, y in curves.items()}
    low = min(map(np.nanmin, heights.values()))
    high = max(map(np.nanmax, heights.values()))
    gap = 0.085 * ((high - low) or 1.0)
    # a name on the axis would be struck through by it
    ends = spread([y[-1] for y in heights.values()], gap, floor=low + 0.4 * gap)
    if is_log:
        ends = 10**ends

    for n, ((name, y), end) in enumerate(zip(curves.items(), ends, strict=True)):
        colour = style.CYCLE[n % len(style.CYCLE)]
        marker = style.MARKERS[n % len(style.MARKERS)]
        ax.plot(x, y, color=colour, linestyle=style.DASHES[n % len(style.DASHES)])
        if len(mark):
            points = np.interp(mark, x, y)
            ax.plot(mark, points, marker, color=colour, markersize=6, markeredgecolor="white")
        if len(curves) > 1:
            note_beside(ax, x[-1], end, name, 6, color=colour, fontsize=9, annotation_clip=False)


@styled
def plot_curves(
    x: Annotated[Sequence[float], 1],
    panels: Annotated[Mapping[str, Annotated[Mapping[str, ArrayLike], 1]], 1],
    xlabel: str,
    mark: Sequence[float] = (),
    title: str | None = None,
    log: Sequence[str] = (),
) -> Picture:
    """Panels side by side, {y's name: {curve's name: values (n,)}}, over x (n,), which rises.

    Points mark the x in `mark`. `log`: the panels whose y has a logarithmic scale, so that small
    values can be told apart; they must be above 0. data: x, mark, and `panels` as given, with
    arrays.
    """
    heading = title or f"What {xlabel} does"
    x = np.asarray(x, dtype=np.float64)
    mark = np.asarray(mark, dtype=np.float64)
    if (np.diff(x) <= 0).any():
        raise ValueError(f"x must rise, got {shown(x)}")
    for y in (y for curves in panels.values() for y in curves.values()):
        if np.shape(y) != x.shape:
            raise ValueError(f"panels must have curves of shape {x.shape}, got {np.shape(y)}")
    panels = {
        ylabel: {name: np.asarray(y, dtype=np.float64) for name, y in curves.items()}
        for ylabel, curves in panels.items()
    }

    _check_log(panels, log)

    figure = new_figure(7.4, 3.1)
    figure.suptitle(heading, x=0.01, ha="left")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for ax, (ylabel, curves) in zip(axes, panels.items(), strict=True):
        _draw_curves(ax, x, curves, mark, ylabel in log)
        ax.set_title(ylabel)
        ax.set_xlabel(xlabel)
        ax.grid()
        if (x == np.round(x)).all():
            _whole_ticks(ax.xaxis)
        _set_height(ax, ylabel, curves, ylabel in log)

    alt = f"{heading}. {_describe(x, panels, mark)}"
    return picture_of(figure, heading, alt, x=x, mark=tuple(mark), panels=panels)


def _check_log(panels: Mapping[str, Mapping[str, np.ndarray]], log: Sequence[str]) -> None:
    for ylabel in log:
        if ylabel not in panels:
            raise ValueError(f"log must name some of {', '.join(panels)}, got {ylabel!r}")
        if min(y.min() for y in panels[ylabel].values()) <= 0:
            raise ValueError(f"log must name panels above 0, and {ylabel!r} has values at or below")


def _set_height(ax: Axes, ylabel: str, curves: Mapping[str, np.ndarray], is_log: bool) -> None:
    """The limits and ticks of y: from 0 if nothing is below, and a probability ends at 1."""
    lowest = min(y.min() for y in curves.values())
    highest = max(y.max() for y in curves.values())
    if is_log:
        ax.set_yscale("log")
        ax.set_ylabel("log scale", fontsize=8, color=style.GREY)
        ax.yaxis.set_minor_formatter(NullFormatter())
    elif lowest >= 0:
        ax.set_ylim(bottom=0)
    if ylabel == "probability" and ax.get_ylim()[1] > 1 >= highest:
        ax.set_ylim(top=1)
        for line in ax.lines:
            line.set_clip_on(False)  # one that runs along the top is drawn in its full width
    if not is_log and all((y == np.round(y)).all() for y in curves.values()):
        _whole_ticks(ax.yaxis)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}".replace("-", "−"))


def _whole_ticks(axis: Axis) -> None:
    """No half draws, no half tokens."""
    axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))


def _describe(
    x: np.ndarray, panels: Mapping[str, Mapping[str, np.ndarray]], mark: Sequence[float]
) -> str:
    """The curves' values at the marks, or at both ends if there are none."""
    places = mark if len(mark) else (x[0], x[-1])
    sentences = []
    for ylabel, curves in panels.items():
        values = [
            f"{name} " + ", ".join(f"{np.interp(at, x, y):,.4g} at {at:g}" for at in places)
            for name, y in curves.items()
        ]
        sentences.append(f"{ylabel}: {'; '.join(values)}.")
    return " ".join(sentences)


@checked
def plot_sweep(
    dist: Distribution,
    transform: Callable,
    values: Annotated[Sequence[float], 1],
    mark: Sequence[float] = (),
    tokens: Count = 5,
    xlabel: str = "temperature",
    title: str | None = None,
) -> Picture:
    """What `transform(logits, value)` does to `dist`: probabilities, entropy, effective vocabulary.

    `transform` is temperature, top_p, min_p, …; `values` rise; `tokens`: how many of the most
    probable to show. `mark`: values to mark with points, which are added to the sweep. The
    effective vocabulary has a logarithmic scale. data: x, mark, panels.
    """
    values = np.unique(np.concatenate([values, mark]).astype(np.float64))
    index = ranked(dist.probs, tokens)
    logits = np.asarray(dist)
    probs = np.empty((len(values), len(index)))
    nats = np.empty(len(values))
    effective = np.empty(len(values))
    for row, value in enumerate(values):
        moved = logits_of(dist, transform(logits, value), "transform's logits")
        probs[row] = softmax(moved)[index]
        nats[row] = entropy(moved)
        effective[row] = effective_vocabulary(moved)

    panels = {
        "probability": {label_of(dist, i, 12): probs[:, n] for n, i in enumerate(index)},
        "entropy (nats)": {"entropy": nats},
        "effective vocabulary": {"effective vocabulary": effective},
    }
    return plot_curves(values, panels, xlabel, mark, title, log=["effective vocabulary"])


@styled
def plot_nucleus(
    dist: Distribution, p: Sequence[Share] = (0.5, 0.9), title: str | None = None
) -> Picture:
    """Mass of the k most probable tokens against k, and the nucleus of each `p`.

    The nucleus ends where the mass reaches p. data: mass (K,), cumulative in rank order; p; sizes
    (how many tokens each nucleus holds).
    """
    heading = title or "How many tokens hold how much"
    probs = dist.probs
    mass = np.cumsum(probs[ranked(probs)], dtype=np.float64)
    sizes = [int(np.isfinite(top_p(dist.logprobs, level)).sum()) for level in p]

    figure = new_figure(7, 3.2)
    ax = figure.add_subplot()
    ax.set_title(heading)
    ax.step(np.arange(1, len(mass) + 1), mass, where="post", color=style.BLUE, clip_on=False)
    _set_scales(ax, len(mass))
    for n, (level, size) in enumerate(zip(p, sizes, strict=True)):
        _draw_nucleus(ax, n, level, size, mass)

    nuclei = [
        f"{size:,} tokens hold {number(mass[size - 1])} (p = {level:g})"
        for level, size in zip(p, sizes, strict=True)
    ]
    return picture_of(
        figure,
        heading,
        f"{heading}. Cumulative probability of {len(dist):,} tokens by rank: {', '.join(nuclei)}.",
        mass=mass,
        p=tuple(p),
        sizes=np.array(sizes),
    )


def _is_wide(tokens: int) -> bool:
    """Too many tokens for a linear scale."""
    return tokens > 50


def _set_scales(ax: Axes, tokens: int) -> None:
    xlabel = "tokens, from the most probable"
    if _is_wide(tokens):
        ax.set_xscale("log")
        xlabel += " (logarithmic scale)"
    else:
        ax.set_xticks(range(1, tokens + 1, 1 + tokens // 12))

    ax.set_xlim(0.9, tokens * 1.15)
    ax.set_ylim(0, 1)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel(xlabel)
    ax.set_ylabel("probability they hold")
    ax.grid()


def _draw_nucleus(ax: Axes, n: int, level: float, size: int, mass: np.ndarray) -> None:
    """The n-th nucleus: a line from `level` to the curve and down to its `size`, with a note."""
    colour = style.CYCLE[(n + 1) % len(style.CYCLE)]
    dashes = style.DASHES[1 + n % 4]
    marker = style.MARKERS[n % len(style.MARKERS)]
    x = [0.9, size, size]
    ax.plot(x, [level, level, 0], color=colour, linestyle=dashes, linewidth=1.4)
    ax.plot([size], [mass[size - 1]], marker, color=colour, markeredgecolor="white")

    tokens = len(mass)
    in_right_half = size**2 > tokens if _is_wide(tokens) else size > tokens / 2
    ax.annotate(
        f"p = {level:g}: {counted(size, 'token')}",
        (size, level),
        fontsize=9,
        xytext=(8, -13) if not in_right_half or level > 0.95 else (-7, 4),
        textcoords="offset points",
        ha="left" if not in_right_half or level > 0.95 else "right",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
    )
