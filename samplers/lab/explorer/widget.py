"""The explorer: sliders for the sampling parameters, over one distribution, and draws from it."""

import html
from collections.abc import Sequence
from contextlib import contextmanager

import ipywidgets
import numpy as np

from samplers.checks import one_of
from samplers.distribution import Distribution, effective_vocabulary, softmax
from samplers.draw import draw
from samplers.engines import ENGINES
from samplers.lab.arguments import Count, checked
from samplers.lab.explorer.state import counts_so_far, sample_state
from samplers.lab.explorer.view import View
from samplers.lab.plots.bars import label_of, others, ranked
from samplers.lab.plots.labels import number, signed, size
from samplers.lab.plots.picture import Picture
from samplers.lab.widgets import SLIDERS, errors_shown_in, image_tag, mime_bundle, slider
from samplers.params import SamplingParams

DRAWS = 1000


class Explorer:
    """What `explore` returns.

    Code can use it as a person does: set `explorer.temperature.value = 2`, read `explorer.state`.

    Widgets: temperature, top_p, top_k, min_p, frequency_penalty, presence_penalty, so_far, seed,
    draw_button, reset_button, image, caption. Values: `state` (a State), `drawn` (counts (K,) or
    None), `png`, `alt`.
    """

    def __init__(
        self, dist: Distribution, top: int, engine: str, initial: SamplingParams, so_far: str
    ):
        self.dist = dist
        self.engine = engine
        self.drawn: np.ndarray | None = None

        self.before = softmax(dist.logprobs)
        self.index = ranked(self.before)[:top]
        self.has_rest = len(dist) > len(self.index)
        self.labels = [label_of(dist, i) for i in self.index]
        if self.has_rest:
            self.labels.append(others(dist, len(self.index), listed_only=True))
        self.view = View(self.labels, self._rows(self.before), self.has_rest)

        self._initial = {name: getattr(initial, name) for name in SLIDERS}
        self._initial |= {"so_far": so_far, "seed": 0}
        self._effective_before = float(effective_vocabulary(dist.logprobs))
        self._redraw_on_change = True
        self._make_widgets()
        self.redraw()

    def _make_widgets(self) -> None:
        self._make_inputs()
        self._make_buttons()
        self.image = ipywidgets.HTML()
        self.caption = ipywidgets.HTML()

        left = [self.temperature, self.top_p, self.top_k, self.min_p]
        right = [self.frequency_penalty, self.presence_penalty, self.so_far]
        columns = ipywidgets.HBox([ipywidgets.VBox(left), ipywidgets.VBox(right)])
        columns.layout.flex_flow = "row wrap"
        buttons = ipywidgets.HBox([self.seed, self.draw_button, self.reset_button])
        self.box = ipywidgets.VBox([columns, buttons, self.image, self.caption])

    def _make_inputs(self) -> None:
        for name in SLIDERS:
            setattr(self, name, slider(name, self._initial[name]))
        # no more tokens can be kept than there are
        self.top_k.max = max(self.top_k.value, min(self.top_k.max, len(self.dist)))

        self.so_far = ipywidgets.Text(
            self._initial["so_far"],
            description="tokens so far",
            placeholder="as labelled, with spaces between",
            continuous_update=False,
            style={"description_width": "9.5em"},
            layout={"width": "27em"},
        )
        self.seed = ipywidgets.BoundedIntText(
            self._initial["seed"],
            min=0,
            max=2**31 - 1,
            description="seed",
            style={"description_width": "9.5em"},
            layout={"width": "15em"},
        )
        for name in self._initial:
            getattr(self, name).observe(self._on_change, "value")

    def _make_buttons(self) -> None:
        self.draw_button = ipywidgets.Button(description=f"Draw {DRAWS:,} tokens")
        self.draw_button.layout.width = "11.5em"
        self.draw_button.on_click(self._on_draw)

        self.reset_button = ipywidgets.Button(description="Reset")
        self.reset_button.layout.width = "6em"
        self.reset_button.on_click(self._on_reset)

    @property
    def kept(self) -> np.ndarray:
        """Indices of the tokens that can be drawn, from the most probable."""
        return self.state.kept

    @property
    def png(self) -> bytes:
        """The picture."""
        return self.picture.png

    @property
    def alt(self) -> str:
        """The picture's alternative text."""
        return self.picture.alt

    def redraw(self) -> None:
        """Compute the state from the widgets' values, and show it as a picture and a caption."""
        params = SamplingParams(**{name: getattr(self, name).value for name in SLIDERS})
        counts = counts_so_far(self.dist, self.so_far.value)
        self.state = sample_state(self.dist, params, counts, self.engine)

        after = self._rows(self.state.probs)
        share = None if self.drawn is None else self._rows(self.drawn / DRAWS)
        png = self.view.render(after, share, DRAWS)
        # the image's size is given, so that nothing jumps while the picture is replaced
        width, height = self.view.css_size
        self.picture = Picture(png, self._describe(after, share), repr(self), width=width)

        self.image.value = image_tag(self.picture, width=width, height=height)
        self.caption.value = f"<span>{html.escape(self._summary())}</span>"

    def _rows(self, probs: np.ndarray) -> np.ndarray:
        """The shown tokens' probabilities, and the sum of all others if there are any."""
        shown = probs[self.index]
        if not self.has_rest:
            return shown
        rest = float(probs.sum() - shown.sum())
        return np.append(shown, rest if rest > 1e-12 else 0.0)

    def _summary(self) -> str:
        kept = np.count_nonzero(self.state.probs)
        effective = (self._effective_before, self.state.effective_vocabulary)
        parts = [
            f"{kept:,} of {len(self.dist):,} tokens can be drawn",
            "effective vocabulary " + " → ".join(map(size, effective)),
        ]

        gain = self.state.probs - self.before
        gainer = int(np.argmax(gain))
        loser = int(np.argmin(gain))
        if gain[gainer] >= 0.0005:
            parts.append(f"most gained {label_of(self.dist, gainer)} {signed(gain[gainer])}")
        if gain[loser] <= -0.0005:
            parts.append(f"most lost {label_of(self.dist, loser)} {signed(gain[loser])}")
        if self.drawn is not None:
            parts.append(f"{DRAWS:,} drawn with seed {self.seed.value}")
        return "; ".join(parts) + "."

    def _describe(self, after: np.ndarray, share: np.ndarray | None) -> str:
        """The alternative text: every row, then the summary."""
        before = self._rows(self.before)
        changes = zip(self.labels, before, after, strict=True)
        rows = [f"{label} {number(p)} to {number(q)}" for label, p, q in changes]
        if share is not None:
            rows = [f"{row}, drawn {s:.3f}" for row, s in zip(rows, share, strict=True)]
        return f"Bars before and after: {'; '.join(rows)}. {self._summary()}"

    def _on_change(self, change) -> None:
        self.drawn = None  # they were drawn from another distribution
        if self._redraw_on_change:
            with errors_shown_in(self.caption):
                self.redraw()

    @contextmanager
    def _one_redraw(self):
        """Redraw after the block, and not at each change in it."""
        self._redraw_on_change = False
        try:
            yield
        finally:
            self._redraw_on_change = True
        with errors_shown_in(self.caption):
            self.redraw()

    def _on_draw(self, button) -> None:
        with self._one_redraw():
            tokens = draw(self.state.logits, self.seed.value, DRAWS)
            self.drawn = np.bincount(tokens, minlength=len(self.dist))

    def _on_reset(self, button) -> None:
        with self._one_redraw():
            for name, value in self._initial.items():
                getattr(self, name).value = value
            self.drawn = None

    def _repr_mimebundle_(self, include=None, exclude=None):
        return mime_bundle(self.box, self.picture)

    def __repr__(self) -> str:
        return (
            f"<Explorer of {len(self.dist):,} tokens: "
            f"sliders for {', '.join(SLIDERS)}; {DRAWS:,} draws>"
        )


@checked
def explore(
    dist: Distribution,
    top: Count = 12,
    engine: str = "openai",
    so_far: str | Sequence[str] = "",
    **initial,
) -> Explorer:
    """Sliders that show what the sampling parameters do to the `top` tokens of `dist` and the rest.

    Show it as a cell's last expression. `engine` names the preset of the Chain, `so_far` the tokens
    already produced, which the penalties count. `initial` are the parameters to start from, named
    as in SamplingParams. Of an API's top K only the K listed tokens are explored, without the
    unseen mass. ValueError for a parameter out of range.
    """
    if not isinstance(so_far, str):
        so_far = " ".join(token.replace(" ", "␣").replace("\n", "⏎") for token in so_far)

    one_of(engine, "engine", ENGINES)
    unknown = sorted(set(initial) - set(SLIDERS))
    if unknown:
        known = ", ".join(SLIDERS)
        raise ValueError(f"initial parameters must be among {known}, got {', '.join(unknown)}")
    return Explorer(dist, top, engine, SamplingParams(**initial), so_far)
