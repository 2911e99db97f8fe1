"""The explorer's printed form: what remains of it in a stored notebook, on a web page, on paper."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from samplers.lab.plots import style
from samplers.lab.plots.bars import change
from samplers.lab.plots.labels import number
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

WIDTH = 7.0  # inches
BARS = 0.66  # share of the axes' width that the bars may take
COLUMNS = (0.685, 0.875)  # where the two columns of numbers begin, as shares of the width
SCALES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)  # right ends of the x axis
BEFORE, AFTER = -0.2, 0.2  # where a row's two bars are, relative to the row


@styled
def plot_explorer(
    labels: list[str],
    before: np.ndarray,
    after: np.ndarray,
    has_rest: bool,
    share: np.ndarray | None,
    n: int,
    title: str,
    alt: str,
    heading: str = "",
) -> Picture:
    """Each row's probability before (grey) and after (blue), and the share of `n` draws it got.

    All arrays are (rows,). With `has_rest` the last row stands for all other tokens: its bars may
    be cut. Each share has a band beside it: chance alone puts it there in 95 % of all cases.
    """
    rows = len(labels)
    scale = scale_of([before, after] if share is None else [before, after, share], has_rest)
    figure = new_figure(WIDTH, 1.0 + 0.34 * rows)
    ax = figure.add_subplot(
        xlim=(0, scale / BARS),
        ylim=(rows - 0.4, -0.6),
        xticks=np.linspace(0, scale, 6),
        xlabel="probability",
    )
    ax.set_yticks(range(rows), labels)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    ax.set_title(heading)

    for y in range(rows):
        _draw_row(ax, y, before[y], after[y], scale, has_rest and y == rows - 1)
    if share is not None:
        _draw_shares(ax, after, share, n, scale)
    _draw_legend(figure)
    return picture_of(figure, title, alt)


def scale_of(sides: list[np.ndarray], has_rest: bool) -> float:
    """The right end of the x axis: all bars fit, that of the rest only if all others stay visible.

    It is cut where it needs more than five times the scale of the tokens.
    """
    tallest = np.max(sides, axis=0)
    tokens = _fitting(tallest[:-1] if has_rest else tallest)
    whole = _fitting(tallest)
    return whole if whole <= 5 * tokens else tokens


def _fitting(bars: np.ndarray) -> float:
    return next(scale for scale in SCALES if scale >= min(bars.max(), 1.0))


def _draw_row(ax: Axes, y: int, before: float, after: float, scale: float, is_rest: bool) -> None:
    """A grey and a blue bar, both probabilities, and what changed."""
    removed = after == 0 < before
    grey = style.REST_BEFORE if is_rest else style.BEFORE
    blue = style.REST_AFTER if is_rest else style.AFTER
    sides = [(before, BEFORE, style.REMOVED if removed else grey), (after, AFTER, blue)]
    for value, offset, look in sides:
        if value > 0:  # a bar without a width would still show its edge
            ax.barh(y + offset, min(value, scale), height=0.38, **look)
        if value > scale:
            mark = {"marker": (2, 0, -20), "markersize": 16, "markeredgewidth": 3}
            ax.plot(scale * 0.96, y + offset, color="white", **mark)

    left, right = COLUMNS
    across = ax.get_yaxis_transform()
    numbers = f"{number(before)} → {number(after)}"
    ax.text(left, y, numbers, transform=across, va="center", fontsize=9)
    text, colour = change(before, after)
    ax.text(right, y, text, transform=across, va="center", fontsize=9, color=colour)


def _draw_shares(ax: Axes, after: np.ndarray, share: np.ndarray, n: int, scale: float) -> None:
    band = 1.96 * np.sqrt(after * (1 - after).clip(0) / n)
    low = np.clip(after - band, 0, scale)
    high = np.clip(after + band, 0, scale)
    ys = np.arange(len(after)) + AFTER
    ax.hlines(ys, low, high, color=style.BLACK, linewidth=1.2, zorder=3)

    inside = share <= scale  # no share is shown on a bar that is cut
    look = {"markeredgecolor": style.BLACK, "markersize": 6, "zorder": 4}
    ax.plot(share[inside], ys[inside], "D", color=style.ORANGE, **look)


def _draw_legend(figure) -> None:
    ax = figure.axes[0]
    looks = {"before": style.BEFORE, "after": style.AFTER, "removed": style.REMOVED}
    handles = {name: ax.barh([-9], [0], **look) for name, look in looks.items()}
    diamond = {"linestyle": "none", "markeredgecolor": style.BLACK}
    handles["share drawn"] = Line2D([], [], marker="D", color=style.ORANGE, **diamond)
    handles["95 % of chance"] = Line2D([], [], color=style.BLACK)
    figure.legend(
        handles.values(),
        handles.keys(),
        loc="outside lower right",
        ncols=5,
        columnspacing=1.2,
        handletextpad=0.5,
    )
