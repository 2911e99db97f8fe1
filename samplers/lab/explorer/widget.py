"""The explorer: sliders for the sampling parameters over one distribution, and draws laid over the
prediction.

Its callbacks write the picture into a widget: that passes notebook tests, and what is on screen is
also an image/png in the cell's output, so that a printed notebook shows it. The widget is HTML with
an <img>, not ipywidgets.Image, because that has no alternative text (and in ipywidgets 8.1 a
tooltip on it is a JavaScript error).
"""

import base64
import html
from collections.abc import Sequence
from contextlib import contextmanager

import ipywidgets as widgets
import numpy as np

from samplers.distribution import Distribution, effective_vocabulary, softmax
from samplers.draw import draw
from samplers.lab.explorer.state import State, count_words, sample_state
from samplers.lab.explorer.view import View
from samplers.lab.plots.bars import label_of, others, ranked
from samplers.lab.plots.labels import number, signed, size
from samplers.params import SamplingParams

DRAWS = 1000
SLIDERS = {  # parameter: (low, high, step); top_k goes up to the number of tokens, at most 200
    "temperature": (0, 2, 0.05),
    "top_p": (0, 1, 0.01),
    "top_k": (0, 200, 1),
    "min_p": (0, 1, 0.01),
    "frequency_penalty": (-2, 2, 0.1),
    "presence_penalty": (-2, 2, 0.1),
}


class Explorer:
    """What `explore` returns. Set `explorer.temperature.value = 2` and read `explorer.state`, as a
    hand would.

    Widgets: temperature, top_p, top_k, min_p, frequency_penalty, presence_penalty, so_far, seed,
    draw_button, reset_button, image, caption. Values: `state` (a State), `drawn` (counts (K,) or
    None), `png`, `alt`.
    """

    def __init__(
        self, dist: Distribution, top: int, engine: str, initial: SamplingParams, so_far: str
    ):
        self.dist, self.engine, self.drawn, self._quiet = dist, engine, None, False
        self.before = softmax(dist.logprobs)
        self.index = ranked(self.before)[:top]
        self.has_rest = len(dist) > len(self.index)
        self.labels = [label_of(dist, i) for i in self.index]
        self.labels += [others(dist, len(self.index), listed_only=True)] if self.has_rest else []
        self.view = View(self.labels, self._rows(self.before), self.has_rest)
        self._initial = {name: getattr(initial, name) for name in SLIDERS} | {
            "so_far": so_far,
            "seed": 0,
        }
        self._effective_before = float(effective_vocabulary(dist.logprobs))
        self._make_widgets()
        self.state: State
        self.redraw()

    def _make_widgets(self) -> None:
        look = {"style": {"description_width": "9.5em"}, "layout": widgets.Layout(width="27em")}
        for name, (low, high, step) in SLIDERS.items():
            high = min(high, len(self.dist)) if name == "top_k" else high
            high = max(high, self._initial[name])
            kind = widgets.IntSlider if name == "top_k" else widgets.FloatSlider
            slider = kind(
                self._initial[name], min=low, max=high, step=step, description=name, **look
            )
            setattr(self, name, slider)
        self.so_far = widgets.Text(
            self._initial["so_far"], description="tokens so far", placeholder="as labelled, with spaces between",
            continuous_update=False, **look)  # fmt: skip
        self.seed = widgets.BoundedIntText(
            0,
            min=0,
            max=2**31 - 1,
            description="seed",
            style={"description_width": "9.5em"},
            layout={"width": "15em"},
        )
        self.draw_button = widgets.Button(
            description=f"Draw {DRAWS:,} tokens", layout={"width": "11.5em"}
        )
        self.reset_button = widgets.Button(description="Reset", layout={"width": "6em"})
        self.image = widgets.HTML()
        self.caption = widgets.HTML()
        for name in self._initial:
            getattr(self, name).observe(self._changed, "value")
        self.draw_button.on_click(self._draw)
        self.reset_button.on_click(self._reset)
        left = [self.temperature, self.top_p, self.top_k, self.min_p]
        right = [self.frequency_penalty, self.presence_penalty, self.so_far]
        buttons = widgets.HBox([self.seed, self.draw_button, self.reset_button])
        columns = widgets.HBox(
            [widgets.VBox(left), widgets.VBox(right)], layout={"flex_flow": "row wrap"}
        )
        self.box = widgets.VBox([columns, buttons, self.image, self.caption])

    @property
    def kept(self) -> np.ndarray:
        """Indices of the tokens that can be drawn, from the most probable; len() says how many."""
        return self.state.kept

    def _rows(self, p: np.ndarray) -> np.ndarray:
        shown = p[self.index]
        if not self.has_rest:
            return shown
        rest = max(0.0, float(p.sum() - shown.sum()))
        return np.append(shown, rest if rest > 1e-12 else 0.0)

    def redraw(self) -> None:
        """Compute the state from the widgets and write the picture, its alternative text and the
        caption.
        """
        params = SamplingParams(**{name: getattr(self, name).value for name in SLIDERS})
        self.state = sample_state(
            self.dist, params, count_words(self.dist, self.so_far.value), self.engine
        )
        share = None if self.drawn is None else self._rows(self.drawn / DRAWS)
        after = self._rows(self.state.probs)
        self.png = self.view.render(after, share, DRAWS)
        self.alt = self._describe(after, share)
        source = f"data:image/png;base64,{base64.b64encode(self.png).decode('ascii')}"
        # given, so that nothing jumps while the picture is replaced
        width, height = self.view.css_size
        self.image.value = f'<img src="{source}" alt="{html.escape(self.alt)}" width="{width}" height="{height}" decoding="sync">'
        self.caption.value = f"<span>{html.escape(self._summary())}</span>"

    def _summary(self) -> str:
        gain = self.state.probs - self.before
        up, down = int(np.argmax(gain)), int(np.argmin(gain))
        text = f"{np.count_nonzero(self.state.probs):,} of {len(self.dist):,} tokens can be drawn; effective vocabulary "
        text += f"{size(self._effective_before)} → {size(self.state.effective_vocabulary)}"
        if gain[up] >= 0.0005:
            text += f"; most gained {label_of(self.dist, up)} {signed(gain[up])}"
        if gain[down] <= -0.0005:
            text += f"; most lost {label_of(self.dist, down)} {signed(gain[down])}"
        return text + (
            f"; {DRAWS:,} drawn with seed {self.seed.value}." if self.drawn is not None else "."
        )

    def _describe(self, after: np.ndarray, share: np.ndarray | None) -> str:
        rows = zip(
            self.labels,
            self._rows(self.before),
            after,
            share if share is not None else after,
            strict=True,
        )
        drawn = share is not None
        listed = "; ".join(
            f"{t} {number(b)} to {number(a)}" + f", drawn {s:.3f}" * drawn for t, b, a, s in rows
        )
        return f"Bars before and after: {listed}. {self._summary()}"

    def _show_errors(self, action) -> None:
        """Run a callback; what goes wrong stands under the picture, because a notebook hides a
        callback's errors.
        """
        try:
            action()
        except Exception as error:
            self.caption.value = (
                f'<b role="alert" style="color:#b34700">Error: {html.escape(str(error))}</b>'
            )
            raise

    def _changed(self, change) -> None:
        self.drawn = None  # they were drawn from another distribution
        if not self._quiet:
            self._show_errors(self.redraw)

    @contextmanager
    def _one_redraw(self):
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False
        self._show_errors(self.redraw)

    def _draw(self, button=None) -> None:
        with self._one_redraw():
            tokens = draw(self.state.logits, self.seed.value, DRAWS)
            self.drawn = np.bincount(tokens, minlength=len(self.dist))

    def _reset(self, button=None) -> None:
        with self._one_redraw():
            for name, value in self._initial.items():
                getattr(self, name).value = value
            self.drawn = None

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = self.box._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        data = {
            **data,
            "image/png": base64.b64encode(self.png).decode("ascii"),
            "text/plain": repr(self),
        }
        return data, {"image/png": {"alt": self.alt, "width": self.view.css_size[0]}}

    def __repr__(self) -> str:
        return f"<Explorer of {len(self.dist):,} tokens: sliders for {', '.join(SLIDERS)}; {DRAWS:,} draws>"


def explore(
    dist: Distribution,
    top: int = 12,
    engine: str = "openai",
    so_far: str | Sequence[str] = "",
    **initial,
) -> Explorer:
    """Sliders over `dist`: what temperature, top_p, top_k, min_p and the penalties do to its `top`
    tokens and the rest.

    `initial`: parameters to start from, as in SamplingParams. `so_far`: the tokens already
    produced, which the penalties count. `engine` names the chain's preset. Show it as a cell's last
    expression. The distribution of an API's top K is explored as it is listed, its unseen mass left
    out. ValueError for a parameter out of range.
    """
    if not isinstance(so_far, str):
        so_far = " ".join(t.replace(" ", "␣").replace("\n", "⏎") for t in so_far)
    unknown = set(initial) - set(SLIDERS)
    if unknown:
        raise ValueError(
            f"initial parameters must be among {', '.join(SLIDERS)}, got {', '.join(sorted(unknown))}"
        )
    return Explorer(dist, top, engine, SamplingParams(**initial), so_far)
