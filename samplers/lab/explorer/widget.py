"""The explorer: sliders for the sampling parameters, over one distribution, and draws from it.

The browser computes and draws while a slider moves. Here the same state is computed in numpy, for
code to read, and the printed form is drawn when a notebook asks for it.
"""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial

import numpy as np

from samplers.checks import number as checked_number
from samplers.distribution import Distribution, effective_vocabulary, softmax
from samplers.draw import draw
from samplers.engines import ENGINES
from samplers.lab.explorer.browser import BrowserSide
from samplers.lab.explorer.controls import Button, Control
from samplers.lab.explorer.state import Names, State, biases, counts_so_far, sample_state
from samplers.lab.explorer.view import plot_explorer
from samplers.lab.plots.bars import label_of, others, ranked
from samplers.lab.plots.labels import number, signed, size
from samplers.lab.plots.picture import Picture
from samplers.lab.widgets import SLIDERS, mime_bundle
from samplers.params import SamplingParams
from samplers.stages import parameters_of

DRAWS = 1000
MAX_SEED = 2**31 - 1


class Explorer:
    """What `explore` returns.

    Code can use it as a person does: set `explorer.temperature.value = 2`, read `explorer.state`.

    Controls, each with a `value`: those of `sliders_of`, logit_bias, so_far, seed. Buttons, each
    with `click()`: draw_button, reset_button. Values: `state` (a State), `kept`, `drawn` (counts
    (K,) or None), `picture`, `png`, `alt`.
    """

    def __init__(self, dist: Distribution, top: int, engine: str, settings: Mapping):
        """`settings`: a value for each control."""
        self.engine = engine
        self.drawn: np.ndarray | None = None
        self._names: Names | None = None
        self._initial = dict(settings)
        self._settings = dict(settings)
        self._take(dist, top)
        self.state = self._state_of(self._settings)

        fixed = {
            "engine": asdict(ENGINES[engine]),
            "sliders": sliders_of(dist, engine, self._settings),
            "initial": self._initial,
            "live": self._is_live,
        }
        self.widget = BrowserSide(fixed=fixed, settings=self._settings, **self._shared())
        self.widget.observe(self._on_settings, "settings")
        self.widget.observe(self._on_draws, "draws")
        for name, value in self._settings.items():
            setattr(self, name, Control(value, partial(self._accept, name)))
        self.draw_button = Button(f"Draw {DRAWS:,} tokens", self._draw)
        self.reset_button = Button("Reset", self._reset)

    _is_live = False

    def _take(self, dist: Distribution, top: int) -> None:
        """Make `dist` the one that is explored."""
        self.dist = dist
        self.before = softmax(dist.logprobs)
        self.index = ranked(self.before, top)
        self.has_rest = len(dist) > len(self.index)
        self._effective_before = float(effective_vocabulary(dist.logprobs))
        if self._names is None or self._names.tokens is not dist.tokens:
            self._names = Names(dist)

    def _shared(self) -> dict:
        """What the browser is told of the distribution."""
        logits = np.asarray(self.dist)
        # a model's own logits are float32; the comparison allows for float64's rounding
        short = logits.astype("<f4")
        is_float32 = np.allclose(short, logits, rtol=0, atol=1e-12)
        logits = short if is_float32 else logits.astype("<f8")
        return {
            "logits": logits.tobytes(),
            "names": self._names.lines,
            "top": len(self.index),
        }

    def _counts(self, settings: Mapping) -> np.ndarray:
        """How often each token counts for the penalties, (K,)."""
        return counts_so_far(self.dist, settings["so_far"], self._names)

    def _state_of(self, settings: Mapping) -> State:
        """The state at these settings; ValueError for one that is out of range."""
        checked_number(settings["seed"], "seed", int, 0, MAX_SEED)
        values = {name: settings[name] for name in SLIDERS}
        values["logit_bias"] = biases(self.dist, settings["logit_bias"], self._names)
        params = SamplingParams(repetition_penalty=settings["repetition_penalty"], **values)
        return sample_state(self.dist, params, self._counts(settings), self.engine)

    def _accept(self, name: str, value):
        """Take over one control's new value, from code; ValueError if it cannot be."""
        if value != self._settings[name] or isinstance(value, bool):
            self._change(self._settings | {name: value})
        return self._settings[name]

    def _change(self, settings: dict) -> None:
        """Take over these settings, if they are right, and show them in the browser."""
        for name in ("so_far", "logit_bias"):
            if not isinstance(settings[name], str):
                raise ValueError(f"{name} must be a text, got {settings[name]!r}")
        self.state = self._state_of(settings)
        self._settings = settings
        self.drawn = None  # they were drawn from another distribution
        with self.widget.hold_sync():
            self.widget.settings = settings
            self.widget.drawn = None
            self.widget.error = ""
        for name, value in settings.items():
            getattr(self, name).value = value

    def _on_settings(self, change) -> None:
        """The browser's settings came, or our own."""
        if change["new"] == self._settings:
            return
        try:
            known = {name: change["new"].get(name, old) for name, old in self._settings.items()}
            self._change(known)
        except ValueError as error:
            self.widget.error = str(error)

    def _on_draws(self, change) -> None:
        """The user asks for draws; settings that came with it hold already."""
        self._on_settings({"new": self.widget.settings})
        self._draw()

    def _draw(self) -> None:
        seed = self._settings["seed"]
        tokens = draw(self.state.logits, seed, DRAWS)
        self.drawn = np.bincount(tokens, minlength=len(self.dist))
        ids = np.flatnonzero(self.drawn)
        counts = self.drawn[ids].tolist()
        self.widget.drawn = {"ids": ids.tolist(), "counts": counts, "total": DRAWS, "seed": seed}

    def _reset(self) -> None:
        self._change(dict(self._initial))

    @property
    def kept(self) -> np.ndarray:
        """Indices of the tokens that can be drawn, from the most probable."""
        return self.state.kept

    @property
    def picture(self) -> Picture:
        """The printed form of what is shown."""
        labels = self._labelled([label_of(self.dist, i) for i in self.index])
        share = None if self.drawn is None else self._rows(self.drawn / DRAWS)
        before = self._rows(self.before)
        after = self._rows(self.state.probs)
        return plot_explorer(
            labels,
            before,
            after,
            self.has_rest,
            share,
            DRAWS,
            title=repr(self),
            alt=self.alt,
            heading=self._heading(),
        )

    @property
    def png(self) -> bytes:
        """The picture."""
        return self.picture.png

    @property
    def alt(self) -> str:
        """The picture's alternative text: every row, then a summary."""
        columns = [self._rows(self.before), self._rows(self.state.probs)]
        labels = self._labelled([self._names.names[i] for i in self.index])
        rows = zip(labels, *columns, strict=True)
        rows = [f"{label} {number(p)} to {number(q)}" for label, p, q in rows]
        if self.drawn is not None:
            shares = self._rows(self.drawn / DRAWS)
            rows = [f"{row}, drawn {s:.3f}" for row, s in zip(rows, shares, strict=True)]
        return f"Bars before and after: {'; '.join(rows)}. {self._summary()}"

    def _heading(self) -> str:
        """What stands over the printed form."""
        return ""

    def _labelled(self, tokens: list[str]) -> list[str]:
        """The rows' labels: those of the tokens, and that of all others if there are any."""
        rest = [others(self.dist, len(tokens), listed_only=True)] if self.has_rest else []
        return tokens + rest

    def _rows(self, probs: np.ndarray) -> np.ndarray:
        """The shown tokens' probabilities, and the sum of all others if there are any."""
        shown = probs[self.index]
        if not self.has_rest:
            return shown
        rest = float(probs.sum() - shown.sum())
        return np.append(shown, rest if rest > 1e-12 else 0.0)

    def _summary(self) -> str:
        effective = (self._effective_before, self.state.effective_vocabulary)
        parts = [
            f"{len(self.kept):,} of {len(self.dist):,} tokens can be drawn",
            "effective vocabulary " + " → ".join(map(size, effective)),
        ]

        names = self._names.names
        gain = self.state.probs - self.before
        gainer = int(np.argmax(gain))
        loser = int(np.argmin(gain))
        if gain[gainer] >= 0.0005:
            parts.append(f"most gained {names[gainer]} {signed(gain[gainer])}")
        if gain[loser] <= -0.0005:
            parts.append(f"most lost {names[loser]} {signed(gain[loser])}")
        if self.drawn is not None:
            parts.append(f"{DRAWS:,} drawn with seed {self._settings['seed']}")
        return "; ".join(parts) + "."

    def _repr_mimebundle_(self, include=None, exclude=None):
        return mime_bundle(self.widget, self.picture)

    def __repr__(self) -> str:
        return (
            f"<Explorer of {len(self.dist):,} tokens: "
            f"sliders for {', '.join(self.widget.fixed['sliders'])}; {DRAWS:,} draws>"
        )


def sliders_of(dist: Distribution, engine: str, settings: Mapping) -> dict[str, tuple]:
    """{parameter: (lowest, highest, step)} of those that the engine has.

    A repetition penalty is among them only where the model's raw logits are known.
    """
    has = {name for stage in ENGINES[engine].stages for name in parameters_of(stage)}
    sliders = {name: limits for name, limits in SLIDERS.items() if name in has}
    if dist.raw_logits and "repetition_penalty" in has:
        sliders["repetition_penalty"] = (1, 2, 0.05)
    low, high, step = sliders["top_k"]
    # no more tokens can be kept than there are
    sliders["top_k"] = (low, max(settings["top_k"], min(high, len(dist))), step)
    return sliders
