"""The explorer's picture: drawn once, then only what moves is redrawn, so that a slider can be
dragged.

Matplotlib keeps the still part (axes, grid, tokens) as a bitmap for each scale; a redraw copies it,
draws the bars and marks on top, and Pillow writes the numbers, ten times as fast as matplotlib
would.
"""

import io

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.lines import Line2D
from PIL import Image, ImageDraw, ImageFont

from samplers.lab.plots import style
from samplers.lab.plots.bars import change
from samplers.lab.plots.labels import number
from samplers.lab.plots.picture import new_figure

DPI = 144  # 1.5 times a CSS pixel: half the work of the still pictures
WIDTH = 7.0  # inches
# share of the width that the bars may take; the numbers stand in two columns right of them
BARS = 0.66
COLUMNS = (0.685, 0.875)
SCALES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)  # right ends of the x axis


class View:
    """Bars of the same tokens before (grey) and after (blue), the rest's last, and the share each
    was drawn.
    """

    def __init__(self, labels: list[str], before: np.ndarray, has_rest: bool):
        """`labels` and `before` (n,): the rows from the top; with `has_rest` the last one is all
        other tokens.
        """
        self.before, self.has_rest = before, has_rest
        self.stills = {}
        with mpl.rc_context(style.settings()):
            self._build(labels)

    def _build(self, labels: list[str]) -> None:
        rows = range(len(labels))
        rest = rows[-1] if self.has_rest else None
        self.figure = new_figure(WIDTH, 1.0 + 0.34 * len(labels))
        self.figure.set_dpi(DPI)
        self.canvas = FigureCanvasAgg(self.figure)
        self.ax = ax = self.figure.add_subplot(
            xlim=(0, 1 / BARS),
            ylim=(len(labels) - 0.4, -0.6),
            yticks=rows,
            yticklabels=labels,
            xlabel="probability",
        )
        ax.grid(axis="x")
        ax.spines["left"].set_visible(False)
        look = {"height": 0.38, "animated": True}
        self.bars_before = [
            ax.barh(y - 0.2, 0, **look, **(style.REST_BEFORE if y == rest else style.BEFORE))[0]
            for y in rows
        ]
        self.bars_gone = [ax.barh(y - 0.2, 0, **look, **style.REMOVED)[0] for y in rows]
        self.bars_after = [
            ax.barh(y + 0.2, 0, **look, **(style.REST_AFTER if y == rest else style.AFTER))[0]
            for y in rows
        ]
        self.breaks = ax.plot([], [], color="white", animated=True)[0]
        self.breaks.set(marker=(2, 0, -20), markersize=16, markeredgewidth=3, linestyle="none")
        self.expected = ax.hlines(list(rows), 0, 0, color=style.BLACK, linewidth=1.2, animated=True)
        self.drawn = ax.plot(
            [],
            [],
            "D",
            color=style.ORANGE,
            markeredgecolor=style.BLACK,
            markersize=6,
            animated=True,
        )[0]
        self.font = ImageFont.truetype(
            findfont(FontProperties(family="DejaVu Sans")), round(9 * DPI / 72)
        )
        keys = [
            self.bars_before[0],
            self.bars_after[0],
            self.bars_gone[0],
            self.drawn,
            Line2D([], [], color=style.BLACK),
        ]
        names = ["before", "after", "removed", "share drawn", "95 % of chance"]
        self.figure.legend(
            keys, names, loc="outside lower right", ncols=5, columnspacing=1.2, handletextpad=0.5
        )
        self.canvas.draw()  # settles the layout
        self.figure.set_layout_engine("none")
        width, height = self.canvas.get_width_height()
        self.css_size = (round(width * 96 / DPI), round(height * 96 / DPI))
        self.row_pixels = [height - ax.transData.transform((0, y))[1] for y in rows]
        self.column_pixels = [ax.transAxes.transform((x, 0))[0] for x in COLUMNS]

    def _still(self, scale: float) -> None:
        """Put the still part at this scale on the canvas; it is drawn on first use."""
        self.ax.set_xlim(0, scale / BARS)
        if scale not in self.stills:
            self.ax.set_xticks(np.linspace(0, scale, 6))
            self.canvas.draw()
            self.stills[scale] = self.canvas.copy_from_bbox(self.figure.bbox)
        self.canvas.restore_region(self.stills[scale])

    def render(self, after: np.ndarray, share: np.ndarray | None = None, n: int = 0) -> bytes:
        """PNG with `after` (n,), and if given the `share` (n,) of `n` draws with each row's 95 %
        band of chance.
        """
        tokens = slice(None, -1) if self.has_rest else slice(None)
        tallest = max(
            self.before[tokens].max(),
            after[tokens].max(),
            0 if share is None else share[tokens].max(),
        )
        scale = next(s for s in SCALES if s >= min(tallest, 1.0))
        with mpl.rc_context(style.settings()):
            self._still(scale)
            self._move(after, share, n, scale)
            for bar in [*self.bars_before, *self.bars_gone, *self.bars_after]:
                if bar.get_width() > 0:
                    self.ax.draw_artist(bar)
            for mark in [self.breaks] + ([] if share is None else [self.expected, self.drawn]):
                self.ax.draw_artist(mark)
        image = Image.frombuffer(
            "RGBA", self.canvas.get_width_height(), self.canvas.buffer_rgba()
        ).convert("RGB")
        self._write(ImageDraw.Draw(image), after)
        out = io.BytesIO()
        image.save(out, "png", compress_level=1)
        return out.getvalue()

    def _write(self, pen: ImageDraw.ImageDraw, after: np.ndarray) -> None:
        """The numbers, in two columns at the right."""
        for y, b, a in zip(self.row_pixels, self.before, after, strict=True):
            text, colour = change(b, a)
            pen.text(
                (self.column_pixels[0], y),
                f"{number(b)} → {number(a)}",
                style.BLACK,
                self.font,
                anchor="lm",
            )
            pen.text((self.column_pixels[1], y), text, colour, self.font, anchor="lm")

    def _move(self, after: np.ndarray, share, n: int, scale: float) -> None:
        cut = []
        for y, (b, a) in enumerate(zip(self.before, after, strict=True)):
            gone = a == 0 < b
            self.bars_before[y].set_width(0 if gone else min(b, scale))
            self.bars_gone[y].set_width(min(b, scale) if gone else 0)
            self.bars_after[y].set_width(min(a, scale))
            cut += [(scale * 0.96, y + side) for side, p in ((-0.2, b), (0.2, a)) if p > scale]
        self.breaks.set_data(*zip(*cut, strict=True) if cut else ([], []))
        if share is not None:
            band = 1.96 * np.sqrt(after * (1 - after) / n)
            rows = np.arange(len(after)) + 0.2
            low, high = np.clip(after - band, 0, scale), np.clip(after + band, 0, scale)
            self.expected.set_segments(
                [[(x0, y), (x1, y)] for x0, x1, y in zip(low, high, rows, strict=True)]
            )
            # none on a bar that is cut
            self.drawn.set_data(np.where(share > scale, np.nan, share), rows)
