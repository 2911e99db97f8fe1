"""A picture laid out by hand: a page measured in inches, its texts, and a ruler for them."""

from collections.abc import Callable
from functools import cache

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from samplers.lab.plots.picture import new_figure

HEADING = 10.5  # points


def page(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure and its axes, which measure inches from the upper left corner."""
    figure = new_figure(width, height)
    figure.set_layout_engine("none")

    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    ax.axis("off")
    return figure, ax


def write(ax: Axes, x: float, y: float, text: str, **look) -> None:
    """Write one line of text from `x` on, with the middle of its letters at the height `y`."""
    ax.text(x, y, text, va="center_baseline", **look)


def text_ruler() -> Callable[[str, float], float]:
    """A function (text, points) that returns a text's width in inches.

    It measures with the current settings' fonts, so call it under `styled`.
    """
    figure, ax = page(1, 1)
    renderer = FigureCanvasAgg(figure).get_renderer()
    sample = ax.text(0, 0, "")

    @cache
    def width_of(text: str, points: float) -> float:
        sample.set(text=text, fontsize=points)
        return sample.get_window_extent(renderer).width / figure.dpi

    return width_of
