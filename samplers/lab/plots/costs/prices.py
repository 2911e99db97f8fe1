"""Prices of models on two days, on an axis where each line is ten times the one before."""

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from samplers.lab.arguments import Count
from samplers.lab.plots import style
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

KINDS = ("input", "output")
ROW = 0.27  # inches
Prices = Annotated[Mapping[str, Annotated[Mapping[str, Annotated[float, 0]], 1]], 1]


@styled
def plot_prices(
    then: Prices,
    now: Prices,
    names: Annotated[tuple[str, str], 2] = ("then", "now"),
    title: str | None = None,
) -> Picture:
    """What models cost on two days: {model: {"input", "output"}}, USD per million tokens.

    A row for each model of `now`, in its order; one that is not in `then` has no first price.
    `names`: of the two days. data: models, then and now {"input", "output": (n,)}, NaN for none.
    """
    heading = title or "USD per million tokens"
    for prices in (then, now):
        for model, row in prices.items():
            if set(row) != set(KINDS) or min(row.values()) <= 0:
                where = "then" if prices is then else "now"
                raise ValueError(f"{where} must have input and output > 0, got {row} of {model}")
    data = [
        {kind: np.array([prices.get(model, {}).get(kind, np.nan) for model in now])}
        for prices in (then, now)
        for kind in KINDS
    ]
    first, second = data[0] | data[1], data[2] | data[3]

    figure = new_figure(7.4, 1.35 + ROW * len(now))
    figure.suptitle(heading, x=0.01, ha="left")
    for ax, kind in zip(figure.subplots(1, 2, sharey=True), KINDS, strict=True):
        _draw(ax, first[kind], second[kind], names)
        ax.set_title(kind)
    figure.axes[0].set_yticks(range(len(now)), now)
    figure.axes[0].invert_yaxis()
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)

    sentences = [
        f"{model}: {_words(first, i)} {names[0]}, {_words(second, i)} {names[1]}."
        if model in then
        else f"{model}: {_words(second, i)} {names[1]}."
        for i, model in enumerate(now)
    ]
    alt = f"{heading}, on a logarithmic axis. Input and output: {' '.join(sentences)}"
    return picture_of(figure, heading, alt, models=tuple(now), then=first, now=second)


def _draw(ax: Axes, then: np.ndarray, now: np.ndarray, names: tuple[str, str]) -> None:
    rows = np.arange(len(now))
    ax.hlines(rows, then, now, color=style.GREY, linewidth=1)
    look = {"linestyle": "none", "markersize": 7}
    ax.plot(then, rows, "s", label=names[0], color="white", markeredgecolor=style.VERMILION, **look)
    ax.plot(now, rows, "o", label=names[1], color=style.BLUE, markeredgecolor="white", **look)
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(10))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.grid(axis="x")


def _words(prices: dict[str, np.ndarray], row: Count) -> str:
    return " and ".join(f"{prices[kind][row]:g}" for kind in KINDS)
