"""The explorer's picture, which is redrawn fast enough that a slider can be dragged.

Matplotlib draws the background (axes, grid, tokens) once for each scale and keeps it as a bitmap. A
redraw copies the bitmap and draws the bars and marks over it. Pillow then writes the numbers, ten
times as fast as matplotlib would.
"""

import io

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from PIL import Image, ImageDraw, ImageFont

from samplers.lab.plots import style
from samplers.lab.plots.bars import change
from samplers.lab.plots.labels import number
from samplers.lab.plots.picture import new_figure

DPI = 144  # 1.5 times a CSS pixel: half the work of the still pictures
WIDTH = 7.0  # inches
BARS = 0.66  # share of the width that the bars may take
COLUMNS = (0.685, 0.875)  # where the two columns of numbers begin, as shares of the width
SCALES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)  # right ends of the x axis
BEFORE, AFTER = -0.2, 0.2  # where a row's two bars are, relative to the row


class View:
    """Each token's bar before (grey) and after (blue), and the share of the draws that it got."""

    def __init__(self, labels: list[str], before: np.ndarray, has_rest: bool):
        """`labels` and `before` (n,) are the rows from the top.

        With `has_rest` the last row stands for all other tokens.
        """
        self.before = before
        self.has_rest = has_rest
        self.backgrounds = {}  # scale: bitmap
        with mpl.rc_context(style.settings()):
            self._make_axes(labels)
            self._make_bars()
            self._make_marks()
            self._make_legend()
            self._settle_layout()

    def _make_axes(self, labels: list[str]) -> None:
        self.figure = new_figure(WIDTH, 1.0 + 0.34 * len(labels))
        self.figure.set_dpi(DPI)
        self.canvas = FigureCanvasAgg(self.figure)
        self.rows = np.arange(len(labels))

        self.ax = self.figure.add_subplot(
            xlim=(0, 1 / BARS),
            ylim=(len(labels) - 0.4, -0.6),
            yticks=self.rows,
            yticklabels=labels,
            xlabel="probability",
        )
        self.ax.grid(axis="x")
        self.ax.spines["left"].set_visible(False)

    def _make_bars(self) -> None:
        self.bars_before = self._bars_at(BEFORE, style.BEFORE, style.REST_BEFORE)
        self.bars_removed = self._bars_at(BEFORE, style.REMOVED, style.REMOVED)
        self.bars_after = self._bars_at(AFTER, style.AFTER, style.REST_AFTER)

    def _bars_at(self, offset: float, token_style: dict, rest_style: dict) -> list[Rectangle]:
        styles = [token_style] * len(self.rows)
        if self.has_rest:
            styles[-1] = rest_style
        bars = (
            self.ax.barh(y + offset, 0, height=0.38, animated=True, **bar_style)
            for y, bar_style in zip(self.rows, styles, strict=True)
        )
        return [bar[0] for bar in bars]

    def _make_marks(self) -> None:
        """The breaks of bars that are cut, the bands of chance, and the shares drawn."""
        self.breaks = self.ax.plot([], [], color="white", animated=True)[0]
        self.breaks.set(marker=(2, 0, -20), markersize=16, markeredgewidth=3, linestyle="none")
        self.bands = self.ax.hlines(
            self.rows, 0, 0, color=style.BLACK, linewidth=1.2, animated=True
        )
        self.shares = self.ax.plot([], [], "D", color=style.ORANGE, animated=True)[0]
        self.shares.set(markeredgecolor=style.BLACK, markersize=6)

        font_path = findfont(FontProperties(family="DejaVu Sans"))
        self.font = ImageFont.truetype(font_path, round(9 * DPI / 72))

    def _make_legend(self) -> None:
        handles = {
            "before": self.bars_before[0],
            "after": self.bars_after[0],
            "removed": self.bars_removed[0],
            "share drawn": self.shares,
            "95 % of chance": Line2D([], [], color=style.BLACK),
        }
        self.figure.legend(
            handles.values(),
            handles.keys(),
            loc="outside lower right",
            ncols=5,
            columnspacing=1.2,
            handletextpad=0.5,
        )

    def _settle_layout(self) -> None:
        """Let matplotlib lay the figure out once, and note where things are in pixels."""
        self.canvas.draw()
        self.figure.set_layout_engine("none")

        width, height = self.canvas.get_width_height()
        self.css_size = (round(width * 96 / DPI), round(height * 96 / DPI))
        self.row_pixels = [height - self.ax.transData.transform((0, y))[1] for y in self.rows]
        self.column_pixels = [self.ax.transAxes.transform((x, 0))[0] for x in COLUMNS]

    def render(self, after: np.ndarray, share: np.ndarray | None, n: int) -> bytes:
        """PNG of `after` and, if given, of each row's `share` of `n` draws; both are (rows,).

        Each share has a band beside it: chance alone puts it there in 95 % of all cases.
        """
        scale = self._scale(after, share)
        with mpl.rc_context(style.settings()):
            self._restore_background(scale)
            self._draw_bars(after, scale)
            if share is not None:
                self._draw_shares(after, share, n, scale)
        return self._png(after)

    def _scale(self, after: np.ndarray, share: np.ndarray | None) -> float:
        """The right end of the x axis: all tokens' bars fit, that of the rest may be cut."""
        tokens = slice(None, -1) if self.has_rest else slice(None)
        shown = [self.before, after] if share is None else [self.before, after, share]
        tallest = max(values[tokens].max() for values in shown)
        return next(scale for scale in SCALES if scale >= min(tallest, 1.0))

    def _restore_background(self, scale: float) -> None:
        """Put the background of this scale on the canvas; it is drawn on first use."""
        self.ax.set_xlim(0, scale / BARS)
        if scale not in self.backgrounds:
            self.ax.set_xticks(np.linspace(0, scale, 6))
            self.canvas.draw()
            self.backgrounds[scale] = self.canvas.copy_from_bbox(self.figure.bbox)
        self.canvas.restore_region(self.backgrounds[scale])

    def _draw_bars(self, after: np.ndarray, scale: float) -> None:
        cuts = []
        for y, (p, q) in enumerate(zip(self.before, after, strict=True)):
            removed = q == 0 < p
            self.bars_before[y].set_width(0 if removed else min(p, scale))
            self.bars_removed[y].set_width(min(p, scale) if removed else 0)
            self.bars_after[y].set_width(min(q, scale))
            if p > scale:
                cuts.append((scale * 0.96, y + BEFORE))
            if q > scale:
                cuts.append((scale * 0.96, y + AFTER))
        self.breaks.set_data([x for x, _ in cuts], [y for _, y in cuts])

        for bar in [*self.bars_before, *self.bars_removed, *self.bars_after]:
            if bar.get_width() > 0:  # one without a width would still show its edge
                self.ax.draw_artist(bar)
        self.ax.draw_artist(self.breaks)

    def _draw_shares(self, after: np.ndarray, share: np.ndarray, n: int, scale: float) -> None:
        band = 1.96 * np.sqrt(after * (1 - after) / n)
        low = np.clip(after - band, 0, scale)
        high = np.clip(after + band, 0, scale)
        ys = self.rows + AFTER

        ends = zip(low, high, ys, strict=True)
        self.bands.set_segments([[(left, y), (right, y)] for left, right, y in ends])
        # no share is shown on a bar that is cut
        self.shares.set_data(np.where(share > scale, np.nan, share), ys)

        self.ax.draw_artist(self.bands)
        self.ax.draw_artist(self.shares)

    def _png(self, after: np.ndarray) -> bytes:
        size = self.canvas.get_width_height()
        image = Image.frombuffer("RGBA", size, self.canvas.buffer_rgba()).convert("RGB")
        self._write_numbers(ImageDraw.Draw(image), after)

        png = io.BytesIO()
        image.save(png, "png", compress_level=1)
        return png.getvalue()

    def _write_numbers(self, pen: ImageDraw.ImageDraw, after: np.ndarray) -> None:
        """Two columns at the right: both probabilities, and what changed."""
        left, right = self.column_pixels
        for y, p, q in zip(self.row_pixels, self.before, after, strict=True):
            both = f"{number(p)} → {number(q)}"
            text, colour = change(p, q)
            pen.text((left, y), both, style.BLACK, self.font, anchor="lm")
            pen.text((right, y), text, colour, self.font, anchor="lm")
