"""Small multiples: the same tokens at several settings, and after each stage of a chain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from samplers.distribution import Distribution, effective_vocabulary, softmax
from samplers.lab.arguments import Count, checked
from samplers.lab.plots import style
from samplers.lab.plots.bars import label_of, listing, logits_of, note_beside, others, ranked
from samplers.lab.plots.labels import number, size
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled
from samplers.temperature import temperature

ROW = 0.235  # inches
Stages = Annotated[Sequence[tuple[str, ArrayLike]], 1]
COLUMNS = 3  # at most; four panels stand two by two


@dataclass(frozen=True)
class Panel:
    """One bar chart of probabilities (K,), over the outlines of those before, if there are any."""

    title: str
    note: str  # small, at the right
    probs: np.ndarray
    before: np.ndarray | None = None


def _draw_panels(dist: Distribution, panels: Sequence[Panel], index: np.ndarray) -> Figure:
    """A figure of panels with the same tokens and the same scale; each line is labelled once."""
    labels = [label_of(dist, i, 14) for i in index]
    if len(dist) > len(index):
        labels.append(others(dist, len(index), listed_only=True))
    columns = 2 if len(panels) == 4 else min(COLUMNS, len(panels))
    lines = -(-len(panels) // columns)

    figure = new_figure(7.4, 0.2 + lines * (0.75 + ROW * len(labels)))
    axes = figure.subplots(lines, columns, sharey=True, sharex=True, squeeze=False).ravel()
    largest = 0.0
    for ax, panel in zip(axes, panels, strict=False):
        largest = max(largest, _draw_panel(ax, panel, index))
        ax.set_title(panel.title)
        ax.set_title(panel.note, loc="right", fontsize=8, color=style.GREY)
    axes[0].set_xlim(0, largest * 1.32)  # room for the numbers; all panels share it
    style.no_tick_past_one(axes[0])
    axes[0].set_ylim(len(labels) - 0.45, -0.55)
    axes[0].set_yticks(range(len(labels)), labels)

    for ax in axes[len(panels) :]:
        ax.set_visible(False)
    for ax in axes[max(0, len(panels) - columns) : len(panels)]:  # the lowest of each column
        ax.tick_params(axis="x", labelbottom=True)
    return figure


def _draw_panel(ax: Axes, panel: Panel, index: np.ndarray) -> float:
    """The bars of one panel; tokens that lost everything here are crossed. Returns the longest."""
    rows = _rows(panel.probs, index)
    befores = rows if panel.before is None else _rows(panel.before, index)
    for y, (now, before) in enumerate(zip(rows, befores, strict=True)):
        is_rest = y == len(index)
        blue = style.REST_AFTER if is_rest else style.AFTER
        grey = style.REST_BEFORE if is_rest else style.BEFORE
        if now == 0 and before > 0:
            ax.barh(y, before, 0.72, **style.REMOVED)
        elif panel.before is not None:
            ax.barh(y, before, 0.72, **grey)
        ax.barh(y, now, 0.72 if panel.before is None else 0.4, **blue)

        text, colour = _note(now, before)
        note_beside(ax, max(now, before), y, text, gap=4, fontsize=8, color=colour)
    ax.grid(axis="x")
    ax.locator_params(axis="x", nbins=4)
    ax.tick_params(axis="x", labelsize=8)
    ax.spines["left"].set_visible(False)
    return max(*rows, *befores)


def _rows(p: np.ndarray, index: np.ndarray) -> list[float]:
    """Probabilities of the tokens in `index`; and of all others together, if there are others."""
    if len(p) == len(index):
        return list(p[index])
    rest = 0.0
    if np.delete(p, index).any():  # 1 - sum is not exactly 0 where nothing is left
        rest = max(0.0, 1 - p[index].sum())
    return [*p[index], rest]


def _note(now: float, before: float) -> tuple[str, str]:
    """(text, colour) beside a bar: its probability, "× removed" here, or "×" if removed before."""
    if now > 0:
        return number(now), style.BLACK
    if before > 0:
        return "× removed", style.VERMILION
    return "×", style.GREY


@styled
def plot_panels(
    dist: Distribution,
    panels: Annotated[Mapping[str, ArrayLike], 1],
    top: Count = 8,
    title: str | None = None,
) -> Picture:
    """One panel per setting, {panel's name: logits (K,)}: the `top` tokens of `dist`, and the rest.

    Every panel has the same tokens in the same order and the same scale, and its effective
    vocabulary ("effective"). data: index, tokens, names, probs (panels, len(index)), rest
    (panels,), effective_vocabulary (panels,).
    """
    heading = title or "The same distribution at several settings"
    index = ranked(dist.probs, top)
    drawn = []
    effective = []
    for name, logits in panels.items():
        logits = logits_of(dist, logits, "panels")
        effective.append(effective_vocabulary(logits))
        drawn.append(Panel(name, f"effective: {size(effective[-1])}", softmax(logits)))
    probs = np.array([panel.probs[index] for panel in drawn])

    figure = _draw_panels(dist, drawn, index)
    figure.suptitle(heading, x=0.01, ha="left")
    charts = [f"{p.title}: {_best(dist, index[:3], p.probs)}, {p.note}" for p in drawn]
    return picture_of(
        figure,
        heading,
        f"{heading}. {len(drawn)} bar charts: {'; '.join(charts)}.",
        index=index,
        tokens=tuple(dist.tokens[i] for i in index),
        names=tuple(panels),
        probs=probs,
        rest=np.maximum(0, 1 - probs.sum(axis=1)),
        effective_vocabulary=np.array(effective),
    )


def _best(dist: Distribution, index: np.ndarray, probs: np.ndarray) -> str:
    return listing((label_of(dist, i), number(probs[i])) for i in index)


@checked
def plot_temperatures(
    dist: Distribution,
    temperatures: Annotated[Sequence[Annotated[float, 0]], 1] = (0, 0.3, 0.7, 1, 1.5, 2),
    top: Count = 8,
    title: str | None = None,
) -> Picture:
    """`plot_panels` of `dist` at several temperatures."""
    panels = {f"T = {t:g}": temperature(dist.logprobs, t) for t in temperatures}
    heading = title or "The same distribution at several temperatures"
    return plot_panels(dist, panels, top, heading)


@styled
def plot_stages(
    dist: Distribution,
    stages: Stages,
    top: Count = 8,
    title: str | None = None,
) -> Picture:
    """The stages of `Chain.trace`, one panel each.

    All show probabilities, the first one those of the logits. Grey is the stage before, blue is
    this one, and what this stage removes is crossed. Stages that change nothing are left out and
    named below. data: index, tokens, stages (names shown), unchanged (names), probs (stages shown,
    len(index)), kept (stages shown,): how many tokens are left.
    """
    heading = title or "Stage by stage"
    stages = [(name, logits_of(dist, logits, "stages")) for name, logits in stages]
    panels, unchanged = _stage_panels(stages)
    index = ranked(panels[0].probs, top)
    kept = [int((panel.probs > 0).sum()) for panel in panels]

    figure = _draw_panels(dist, panels, index)
    figure.suptitle(heading, x=0.01, ha="left")
    charts = [
        f"{panel.title}: {_best(dist, index[:4], panel.probs)}, {left:,} tokens left"
        for panel, left in zip(panels, kept, strict=True)
    ]
    alt = f"{heading}. {len(panels)} bar charts: {'; '.join(charts)}."
    if unchanged:
        named = ", ".join(unchanged)
        note = f"no effect here: {named}"
        figure.supxlabel(note, x=0.99, ha="right", fontsize=8, color=style.GREY)
        alt += f" No effect: {named}."

    return picture_of(
        figure,
        heading,
        alt,
        index=index,
        tokens=tuple(dist.tokens[i] for i in index),
        stages=tuple(name for name, _ in stages if name not in unchanged),
        unchanged=tuple(unchanged),
        probs=np.array([panel.probs[index] for panel in panels]),
        kept=np.array(kept),
    )


def _stage_panels(stages) -> tuple[list[Panel], list[str]]:
    """The panels of the stages that change something, and the names of the other stages."""
    panels: list[Panel] = []
    unchanged = []
    for name, logits in stages:
        probs = softmax(logits)
        if not panels:
            panels.append(Panel(f"softmax({name})", "", probs))
            continue

        before = panels[-1].probs
        if np.allclose(probs, before, rtol=0, atol=1e-9):
            unchanged.append(name)
            continue
        removed = ((before > 0) & (probs == 0)).any()
        note = f"{(probs > 0).sum():,} left" if removed else ""  # short: the title stands beside it
        panels.append(Panel(f"{len(panels)}  {name}", note, probs, before))
    return panels, unchanged
