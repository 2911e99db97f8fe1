"""What the explorer and the stepper share: their sliders, pictures, errors and stored outputs.

Their callbacks change widgets and print nothing, so notebook tests that compare outputs pass. A
picture is an <img> in ipywidgets.HTML: ipywidgets.Image has no alternative text, and in ipywidgets
8.1 a tooltip on it is a JavaScript error.
"""

import base64
import html
from collections.abc import Iterator
from contextlib import contextmanager

import ipywidgets

from samplers.lab.plots.picture import Picture

SLIDERS = {  # parameter: (lowest value, highest value, step)
    "temperature": (0, 2, 0.05),
    "top_p": (0, 1, 0.01),
    "top_k": (0, 200, 1),
    "min_p": (0, 1, 0.01),
    "frequency_penalty": (-2, 2, 0.1),
    "presence_penalty": (-2, 2, 0.1),
}


def slider(name: str, value: float, **options) -> ipywidgets.Widget:
    """The slider of one sampling parameter, with `value` inside its range."""
    low, high, step = SLIDERS[name]
    kind = ipywidgets.IntSlider if name == "top_k" else ipywidgets.FloatSlider
    return kind(
        value,
        min=low,
        max=max(high, value),
        step=step,
        description=name,
        style={"description_width": "9.5em"},
        layout={"width": "27em"},
        **options,
    )


def image_tag(picture: Picture, **attributes) -> str:
    """The picture as an HTML <img> with its alternative text, and with further `attributes`."""
    source = f"data:image/png;base64,{base64.b64encode(picture.png).decode('ascii')}"
    alt = html.escape(picture.alt)
    others = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f'<img src="{source}" alt="{alt}" {others} decoding="sync">'


@contextmanager
def errors_shown_in(caption: ipywidgets.HTML) -> Iterator[None]:
    """Also write an error of this block into `caption`: a notebook hides errors of callbacks."""
    try:
        yield
    except Exception as error:
        message = html.escape(str(error))
        caption.value = f'<b role="alert" style="color:#b34700">Error: {message}</b>'
        raise


def mime_bundle(widget: ipywidgets.DOMWidget, picture: Picture) -> tuple[dict, dict]:
    """What a notebook shows and stores of a live `widget`: also `picture`, and its title.

    The picture is what remains of it in a stored or a printed notebook.
    """
    live = widget._repr_mimebundle_()
    if isinstance(live, tuple):  # with metadata, as anywidget gives it
        live = live[0]
    image, metadata = picture._repr_mimebundle_()
    return live | image | {"text/plain": picture.title}, metadata
