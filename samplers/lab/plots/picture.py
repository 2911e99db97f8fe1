"""A picture as a value: PNG bytes, alternative text, and the arrays that it shows."""

import base64
import io
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

DPI = 192  # twice the 96 of a CSS pixel: sharp on dense screens and on paper


@dataclass(frozen=True, eq=False, repr=False)
class Picture:
    """What a plot returns; a notebook shows it as an image with alternative text.

    `title` is the text/plain that a notebook test compares, so it holds no number that depends on a
    model or a clock. `data` holds the arrays shown, by name, so that a lesson can assert on the
    numbers beside the picture. `html` is a form for the mouse and the keyboard, if there is one: a
    notebook shows it in the picture's place. Without one the HTML is the image: JupyterLab leaves
    out the alternative text of an image/png. The stored lessons keep the picture alone.
    """

    png: bytes
    alt: str
    title: str
    data: dict = field(default_factory=dict)
    width: int | None = None  # CSS pixels
    html: str | None = None

    def _repr_mimebundle_(self, include=None, exclude=None):
        image = base64.b64encode(self.png).decode("ascii")
        metadata = {"alt": self.alt}
        if self.width:
            metadata["width"] = self.width
        html = self._image(image) if self.html is None else self.html
        data = {"image/png": image, "text/html": html, "text/plain": repr(self)}
        return data, {"image/png": metadata}

    def _image(self, base64_png: str) -> str:
        width = f' width="{self.width}"' if self.width else ""
        return f'<img alt="{escape(self.alt)}"{width} src="data:image/png;base64,{base64_png}">'

    def save(self, path) -> Path:
        """Write the PNG to `path` and return it."""
        path = Path(path)
        path.write_bytes(self.png)
        return path

    def __repr__(self) -> str:
        return f"<Picture: {self.title}>"


def new_figure(width: float, height: float) -> Figure:
    """A figure of `width` x `height` inches, outside pyplot, so that nothing is shown twice."""
    return Figure(figsize=(width, height), dpi=DPI, layout="constrained")


def picture_of(figure: Figure, title: str, alt: str, **data) -> Picture:
    """Draw `figure` into a Picture; line breaks and double spaces in `alt` become one space."""
    width = round(figure.get_figwidth() * 96)
    return Picture(_png(figure), " ".join(alt.split()), title, data, width)


def _png(figure: Figure) -> bytes:
    """What `figure.savefig` writes, in two thirds of its time: savefig goes over a figure twice.

    The ground is white, so the image needs no alpha. zlib's level 3 takes half the time of 6.
    """
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")

    png = io.BytesIO()
    image.save(png, "png", compress_level=3, dpi=(DPI, DPI))
    return png.getvalue()
