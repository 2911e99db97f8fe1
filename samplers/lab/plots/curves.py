"""Curves: what a parameter does as it moves, and how much mass the most probable tokens hold."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.ticker import NullFormatter

from samplers.distribution import Distribution, effective_vocabulary, entropy, softmax
from samplers.lab.plots import style
from samplers.lab.plots.bars import label_of, ranked
from samplers.lab.plots.labels import number
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled
from samplers.truncation import top_p


def spread(heights: Sequence[float], gap: float, floor: float) -> np.ndarray:
    """Heights moved apart to at least `gap`, order kept, none under `floor`: where the names of
    curves go.
    """
    order = np.argsort(heights, kind="stable")
    placed = np.array(heights, dtype=np.float64)
    for low, high in pairwise(order):
        placed[high] = max(placed[high], placed[low] + gap)
    placed -= (placed - heights).mean()
    return placed + max(0.0, floor - placed.min())


def draw_curves(ax, x: np.ndarray, curves: Mapping[str, np.ndarray], mark: Sequence[float]) -> None:
    """Curves with marked points; each one's name stands at its right end, in its colour."""
    low, high = min(map(np.nanmin, curves.values())), max(map(np.nanmax, curves.values()))
    gap = 0.085 * ((high - low) or 1.0)
    ends = spread([y[-1] for y in curves.values()], gap, floor=low)
    for n, ((name, y), end) in enumerate(zip(curves.items(), ends, strict=True)):
        colour = style.CYCLE[n % len(style.CYCLE)]
        ax.plot(x, y, color=colour, linestyle=style.DASHES[n % len(style.DASHES)])
        if len(mark):
            ax.plot(mark, np.interp(mark, x, y), style.MARKERS[n % len(style.MARKERS)], color=colour, markersize=6,
                    markeredgecolor="white")  # fmt: skip
        if len(curves) > 1:
            ax.annotate(name, (x[-1], end), xytext=(6, 0), textcoords="offset points", va="center", color=colour,
                        fontsize=9, annotation_clip=False)  # fmt: skip


@styled
def plot_curves(x, panels: Mapping[str, Mapping[str, np.ndarray]], xlabel: str, mark: Sequence[float] = (),
                title: str | None = None) -> Picture:  # fmt: skip
    """Panels side by side, {y's name: {curve's name: values (n,)}}, over x (n,), rising; points at
    the x's in `mark`.

    data: x, mark, and `panels` as given with arrays.
    """
    x = np.asarray(x, dtype=np.float64)
    panels = {
        y: {name: np.asarray(v, dtype=np.float64) for name, v in c.items()}
        for y, c in panels.items()
    }
    figure = new_figure(7.4, 3.1)
    for ax, (ylabel, curves) in zip(
        figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True
    ):
        draw_curves(ax, x, curves, mark)
        ax.set_title(ylabel)
        ax.set_xlabel(xlabel)
        ax.grid()
        ax.set_ylim(bottom=0 if min(v.min() for v in curves.values()) >= 0 else None)
        ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.10g}".replace("-", "−"))
    heading = title or f"What {xlabel} does"
    figure.suptitle(heading, x=0.01, ha="left")
    at = mark if len(mark) else (x[0], x[-1])
    alt = f"{heading}."
    for ylabel, curves in panels.items():
        read = (
            ", ".join(f"{np.interp(m, x, y):,.4g} at {m:g}" for m in at) for y in curves.values()
        )
        alt += (
            f" {ylabel}: "
            + "; ".join(f"{name} {at_marks}" for name, at_marks in zip(curves, read, strict=True))
            + "."
        )
    return picture_of(figure, heading, alt, x=x, mark=tuple(mark), panels=panels)


def plot_sweep(dist: Distribution, transform: Callable, values, mark: Sequence[float] = (), tokens=5,
               xlabel: str = "temperature", title: str | None = None) -> Picture:  # fmt: skip
    """What `transform(logits, value)` does to `dist` as value moves: probabilities, entropy,
    effective vocabulary.

    `transform` is temperature, top_p, min_p, …; `values` rise; `tokens`: how many of the most
    probable, or their texts. `mark`: values to mark with points, taken up into the sweep. data: x,
    mark, panels.
    """
    values = np.unique(
        np.concatenate([np.asarray(values, dtype=np.float64), np.asarray(mark, dtype=np.float64)])
    )
    index = (
        ranked(dist.probs)[:tokens] if isinstance(tokens, int) else [dist.index(t) for t in tokens]
    )
    logits = np.asarray(dist)
    table, nats, effective = [], [], []
    for value in values:
        moved = transform(logits, value)
        table.append(softmax(moved)[index])
        nats.append(float(entropy(moved)))
        effective.append(float(effective_vocabulary(moved)))
    table = np.array(table)
    panels = {
        "probability": {label_of(dist, i, 12): table[:, n] for n, i in enumerate(index)},
        "entropy (nats)": {"entropy": nats},
        "effective vocabulary": {"effective vocabulary": effective},
    }
    return plot_curves(values, panels, xlabel, mark, title)


@styled
def plot_nucleus(
    dist: Distribution, p: Sequence[float] = (0.5, 0.9), title: str | None = None
) -> Picture:
    """Mass of the k most probable tokens against k, and the nucleus of each `p`: where the mass
    reaches it.

    data: mass (K,) cumulative in rank order, p, sizes (how many tokens each nucleus holds).
    """
    probs = dist.probs
    mass = np.cumsum(probs[ranked(probs)], dtype=np.float64)
    sizes = [int(np.isfinite(top_p(dist.logprobs, q)).sum()) for q in p]
    figure = new_figure(7, 3.2)
    ax = figure.add_subplot()
    ax.step(np.arange(1, len(mass) + 1), mass, where="post", color=style.BLUE)
    wide = len(mass) > 50
    ax.set_xscale("log" if wide else "linear")
    ax.set_xlim(0.9, len(mass) * 1.15)
    ax.set_ylim(0, 1.08)
    for n, (level, size) in enumerate(zip(p, sizes, strict=True)):
        colour = style.CYCLE[(n + 1) % len(style.CYCLE)]
        ax.plot(
            [0.9, size, size],
            [level, level, 0],
            color=colour,
            linestyle=style.DASHES[1 + n % 4],
            linewidth=1.4,
        )
        ax.plot(
            [size],
            [mass[size - 1]],
            style.MARKERS[n % len(style.MARKERS)],
            color=colour,
            markeredgecolor="white",
        )
        right = size**2 > len(mass) if wide else size > len(mass) / 2
        ax.annotate(f"p = {level:g}: {size:,} token{'s' * (size > 1)}", (size, level), color=colour, fontsize=9,
                    xytext=(-7, 4) if right else (8, -11), textcoords="offset points", ha="right" if right else "left",
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})  # fmt: skip
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("tokens, from the most probable" + " (logarithmic scale)" * wide)
    if not wide:
        ax.set_xticks(range(1, len(mass) + 1, 1 + len(mass) // 12))
    ax.set_ylabel("probability they hold")
    ax.grid()
    heading = title or "How many tokens hold how much"
    ax.set_title(heading)
    held = ", ".join(
        f"{size:,} tokens hold {number(mass[size - 1])} (p = {q:g})"
        for q, size in zip(p, sizes, strict=True)
    )
    alt = f"{heading}. Cumulative probability of {len(dist):,} tokens by rank: {held}."
    return picture_of(figure, heading, alt, mass=mass, p=tuple(p), sizes=np.array(sizes))
