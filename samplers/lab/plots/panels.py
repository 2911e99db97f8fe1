"""Small multiples over the same tokens: one distribution at several settings, and the stages of a
chain.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from samplers.distribution import Distribution, effective_vocabulary, softmax
from samplers.lab.plots import style
from samplers.lab.plots.bars import label_of, names, others, ranked
from samplers.lab.plots.labels import number, size
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled
from samplers.temperature import temperature

ROW = 0.235  # inches


def draw_panel(
    ax, now: np.ndarray, was: np.ndarray | None, rest: tuple[float, float], limit: float, more: bool
) -> None:
    """Bars of `now` (blue) over outlines of `was` (grey); tokens that lost everything here are
    crossed.
    """
    rows = [*now, rest[0]] if more else now
    old = rows if was is None else [*was, rest[1]] if more else was
    for y, (a, b) in enumerate(zip(rows, old, strict=True)):
        is_rest = y == len(now)
        if a == 0 < b:
            ax.barh(y, b, 0.72, **style.REMOVED)
        elif was is not None:
            ax.barh(y, b, 0.72, **(style.REST_BEFORE if is_rest else style.BEFORE))
        ax.barh(
            y, a, 0.72 if was is None else 0.4, **(style.REST_AFTER if is_rest else style.AFTER)
        )
        text, colour = (number(a), style.BLACK) if a or not b else ("× removed", style.VERMILION)
        text, colour = ("×", style.GREY) if a == b == 0 else (text, colour)
        ax.annotate(
            text,
            (max(a, b), y),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=colour,
        )
    ax.set_xlim(0, limit * 1.32)
    ax.set_ylim(len(rows) - 0.45, -0.55)
    ax.grid(axis="x")
    ax.locator_params(axis="x", nbins=4)
    ax.tick_params(axis="x", labelsize=8)
    ax.spines["left"].set_visible(False)


def draw_panels(
    dist, panels: list[tuple[str, str, np.ndarray, np.ndarray | None]], index, columns: int
):
    """A figure of panels (title, note, probabilities after, before or None), labelled once a row."""
    more = len(dist) > len(index)
    labels = [label_of(dist, i, 14) for i in index] + (
        [others(dist, len(index), listed_only=True)] if more else []
    )
    columns = 2 if len(panels) == 4 else min(columns, len(panels))
    lines = -(-len(panels) // columns)
    figure = new_figure(7.4, 0.2 + lines * (0.75 + ROW * len(labels)))
    axes = figure.subplots(lines, columns, sharey=True, sharex=True, squeeze=False).ravel()
    rests = [
        [max(0.0, 1 - p[index].sum()) if p is not None else 0.0 for p in panel[2:]]
        for panel in panels
    ]
    limit = max(
        [p[index].max() for panel in panels for p in panel[2:] if p is not None]
        + [max(r) for r in rests]
    )
    for ax, (title, note, now, was), rest in zip(axes, panels, rests, strict=False):
        hidden = now.copy()
        hidden[index] = 0
        left = rest[0] if hidden.any() else 0.0  # 1 - sum is not exactly 0 when nothing is left
        draw_panel(
            ax, now[index], None if was is None else was[index], (left, rest[1]), limit, more
        )
        ax.set_title(title)
        ax.set_title(note, loc="right", fontsize=8, color=style.GREY)
    axes[0].set_yticks(range(len(labels)), labels)
    for ax in axes[len(panels) :]:
        ax.set_visible(False)
    for ax in axes[max(0, len(panels) - columns) : len(panels)]:
        ax.tick_params(axis="x", labelbottom=True)
    return figure


@styled
def plot_panels(dist: Distribution, panels: Mapping[str, np.ndarray], top: int = 8, columns: int = 3,
                title: str | None = None) -> Picture:  # fmt: skip
    """One panel a setting: {panel's name: logits (K,)}, the `top` tokens of `dist` and the rest in
    each.

    Every panel has the same tokens in the same order and the same scale, and its effective
    vocabulary ("effective"). data: index, tokens, names, probs (panels, len(index)), rest
    (panels,), effective_vocabulary (panels,).
    """
    index = ranked(dist.probs)[:top]
    logits = {name: np.asarray(x, dtype=np.float64) for name, x in panels.items()}
    probs = {name: softmax(x) for name, x in logits.items()}
    effective = np.array([effective_vocabulary(x) for x in logits.values()])
    drawn = [(name, f"effective: {size(e)}", p, None)
             for (name, p), e in zip(probs.items(), effective, strict=True)]  # fmt: skip
    figure = draw_panels(dist, drawn, index, columns)
    heading = title or "The same distribution at several settings"
    figure.suptitle(heading, x=0.01, ha="left")
    alt = f"{heading}. {len(drawn)} bar charts: " + "; ".join(
        f"{name}: {names((label_of(dist, i), number(p[i])) for i in index[:3])}, {note}"
        for name, note, p, _ in drawn
    )
    table = np.array([p[index] for p in probs.values()])
    return picture_of(figure, heading, alt + ".", index=index, tokens=tuple(dist.tokens[i] for i in index),
                      names=tuple(panels), probs=table, rest=np.maximum(0, 1 - table.sum(axis=1)),
                      effective_vocabulary=effective)  # fmt: skip


def plot_temperatures(dist: Distribution, temperatures: Iterable[float] = (0, 0.3, 0.7, 1, 1.5, 2), top: int = 8,
                      title: str | None = None) -> Picture:  # fmt: skip
    """`plot_panels` of `dist` at several temperatures."""
    panels = {f"T = {t:g}": temperature(dist.logprobs, t) for t in temperatures}
    return plot_panels(
        dist, panels, top, title=title or "The same distribution at several temperatures"
    )


@styled
def plot_stages(dist: Distribution, stages, top: int = 8, title: str | None = None) -> Picture:
    """The stages of `Chain.trace`, one panel each: grey is the stage before, blue this one, crossed
    is removed here.

    Stages that change nothing are left out and named below. data: index, tokens, stages (names
    shown), unchanged (names), probs (stages shown, len(index)), kept (stages shown,): how many
    tokens are left.
    """
    index = ranked(softmax(np.asarray(stages[0][1], dtype=np.float64)))[:top]
    panels, kept, unchanged = [], [], []
    was = None
    for name, logits in stages:
        now = softmax(np.asarray(logits, dtype=np.float64))
        if was is not None and np.allclose(now, was, rtol=0, atol=1e-9):
            unchanged.append(name)
            continue
        left = int((now > 0).sum())
        removed = 0 if was is None else int(((was > 0) & (now == 0)).sum())
        # short: a name stands beside it
        note = f"{left:,} left" if removed else "" if panels else f"{left:,} tokens"
        panels.append((f"{len(panels)}  {name}" if panels else name, note, now, was))
        kept.append(left)
        was = now
    figure = draw_panels(dist, panels, index, columns=3)
    heading = title or "Stage by stage"
    figure.suptitle(heading, x=0.01, ha="left")
    if unchanged:
        figure.supxlabel(
            f"no effect here: {', '.join(unchanged)}",
            x=0.99,
            ha="right",
            fontsize=8,
            color=style.GREY,
        )
    alt = f"{heading}. {len(panels)} bar charts: " + "; ".join(
        f"{name}: {names((label_of(dist, i), number(p[i])) for i in index[:4])}, {left:,} tokens left"
        for (name, _, p, _), left in zip(panels, kept, strict=True)
    )
    alt += f". No effect: {', '.join(unchanged)}." if unchanged else "."
    shown = tuple(name for name, _ in stages if name not in unchanged)
    return picture_of(figure, heading, alt, index=index, tokens=tuple(dist.tokens[i] for i in index), stages=shown,
                      unchanged=tuple(unchanged), probs=np.array([p[index] for _, _, p, _ in panels]),
                      kept=np.array(kept))  # fmt: skip
