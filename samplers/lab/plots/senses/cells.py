"""A picture under the tiles or patches by which a model counts it."""

from os import PathLike

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from samplers.api import ImageTokens
from samplers.lab.plots import style
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

WIDTH = 7.4  # inches
EMPTY = {"facecolor": "#f6e3d7", "edgecolor": style.VERMILION, "hatch": "////", "linewidth": 0}
LARGE = 100  # pixels: cells of such a side are numbered


@styled
def plot_cells(path: str | PathLike, cells: ImageTokens, title: str | None = None) -> Picture:
    """The picture in the file `path`, in the size in which a model sees it, under its cells.

    `cells`: what `image_tokens` returned for the picture's own size. What a cell covers beside the
    picture is hatched. data: columns, rows, tokens.
    """
    from PIL import Image  # here: few lessons have pictures

    with Image.open(path) as image:
        seen = image.convert("RGB").resize((cells.width, cells.height), Image.Resampling.BOX)
    heading = title or "A picture under its cells"
    right = max(cells.width, cells.columns * cells.side)
    bottom = max(cells.height, cells.rows * cells.side)

    figure = new_figure(WIDTH, 0.5 + (WIDTH - 0.6) * bottom / right)
    ax = figure.subplots()
    ax.set_title(heading)
    ax.add_patch(Rectangle((0, 0), right, bottom, **EMPTY))
    ax.imshow(seen, extent=(0, cells.width, cells.height, 0), zorder=2)
    _draw_cells(ax, cells)
    ax.set_xlim(0, right)
    ax.set_ylim(bottom, 0)
    ax.set_xticks([0, cells.width])
    ax.set_yticks([0, cells.height])
    ax.spines[:].set_visible(False)

    size = f"{cells.width:,} times {cells.height:,} pixels"
    grid = f"{cells.columns} columns and {cells.rows} rows of cells of {cells.side} pixels"
    if not cells.columns:
        grid = "no cells"
    alt = f"{heading}. The picture as the model sees it, {size}, {grid}: {cells.tokens:,} tokens."
    return picture_of(
        figure, heading, alt, columns=cells.columns, rows=cells.rows, tokens=cells.tokens
    )


def _draw_cells(ax: Axes, cells: ImageTokens) -> None:
    side = cells.side
    across = cells.columns * side
    down = cells.rows * side
    is_large = side >= LARGE
    look = {"color": style.VERMILION, "linewidth": 2 if is_large else 0.4, "zorder": 3}
    if cells.columns:
        ax.hlines(range(0, down + 1, side), 0, across, **look)
        ax.vlines(range(0, across + 1, side), 0, down, **look)
    if not is_large:
        return

    for number in range(cells.columns * cells.rows):
        x = (number % cells.columns + 0.9) * side  # in a corner, beside most of the text
        y = (number // cells.columns + 0.1) * side
        box = {"boxstyle": "circle", "facecolor": "white", "edgecolor": style.VERMILION}
        look = {"ha": "center", "va": "center", "fontsize": 10}
        ax.text(x, y, str(number + 1), bbox=box, zorder=4, **look)
