"""What the explorer and the stepper share: their sliders and stored outputs.

Their callbacks change widgets and print nothing, so notebook tests that compare outputs pass.
"""

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
        layout={"width": "27em", "max_width": "98%"},
        **options,
    )


def mime_bundle(widget: ipywidgets.DOMWidget, picture: Picture) -> tuple[dict, dict]:
    """What a notebook shows and stores of a live `widget`: also `picture`, and its title.

    The picture is what remains of it in a stored or a printed notebook.
    """
    live = widget._repr_mimebundle_()
    if isinstance(live, tuple):  # with metadata, as anywidget gives it
        live = live[0]
    image, metadata = picture._repr_mimebundle_()
    png = {"image/png": image["image/png"]}
    return live | png | {"text/plain": picture.title}, metadata
