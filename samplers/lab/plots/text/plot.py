"""Texts whose tokens are coloured: how surprising is each to the model, how open was its place?"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated

import numpy as np

from samplers.api import Score, TokenLogprob
from samplers.checks import one_of
from samplers.lab.plots.bars import listing
from samplers.lab.plots.labels import counted, shorten
from samplers.lab.plots.picture import Picture, picture_of
from samplers.lab.plots.style import styled
from samplers.lab.plots.text.drawing import draw_texts, drawn_text
from samplers.lab.plots.text.markup import texts_html
from samplers.lab.plots.text.shading import (
    BY,
    ShadedToken,
    as_score,
    nats,
    shaded_tokens,
    surprise,
    unit,
)

HEADINGS = {
    "surprise": "What surprises the model",
    "entropy": "Where the model was in doubt",
}
MENTIONED = 10  # tokens of a text that the alternative text gives with their values
READ = 600  # columns of a text that the alternative text gives

Answer = Score | Annotated[Sequence[TokenLogprob], 1]


@styled
def plot_text(score: Answer, by: str = "surprise", title: str | None = None) -> Picture:
    """A text with each token coloured by its surprise, or by the entropy before it.

    `score`: what `client.score` returns, or an answer's `logprobs`, which have no entropies. `by`:
    "surprise" is -log p of the token that stands there, "entropy" the model's doubt before it, both
    in nats. Darker and thicker underlined is more. Where an endpoint does not show the whole
    vocabulary, an entropy is only known to lie between two bounds: such a token has the colour of
    the lower bound on its left and of the higher one on its right. In a running notebook the five
    most probable tokens of a place show on hover, or with Tab and the arrow keys. data: tokens,
    surprise, low, high (each (n,), in nats, nan where it is not known; low and high are the
    entropy's bounds), top (per token its (token, probability) pairs).
    """
    picture = _plot({"": score}, by, title)
    return replace(picture, data={name: values[0] for name, values in picture.data.items()})


@styled
def plot_texts(
    scores: Annotated[Mapping[str, Answer], 1], by: str = "surprise", title: str | None = None
) -> Picture:
    """Several texts, {name: score}, one below the other, each coloured as by `plot_text`.

    data: names, and of each text what `plot_text` has: tokens, surprise, low, high, top.
    """
    picture = _plot(scores, by, title)
    return replace(picture, data={"names": tuple(scores), **picture.data})


def _plot(scores: Mapping[str, Answer], by: str, title: str | None) -> Picture:
    one_of(by, "by", BY)
    names = tuple(scores)
    scores = [as_score(score, by) for score in scores.values()]
    texts = [shaded_tokens(score, by) for score in scores]
    heading = title or HEADINGS[by]
    notes = [_note(tokens) for tokens in texts]

    figure = draw_texts(heading, names, notes, texts, by)
    described = map(_description, names, notes, texts)
    picture = picture_of(
        figure,
        heading,
        f"{heading}. The {unit(by)}. {' '.join(described)}",
        tokens=tuple(score.tokens for score in scores),
        surprise=tuple(_numbers(map(surprise, score.logprobs)) for score in scores),
        low=tuple(_numbers(pair and pair[0] for pair in score.entropies) for score in scores),
        high=tuple(_numbers(pair and pair[1] for pair in score.entropies) for score in scores),
        top=tuple(score.top for score in scores),
    )
    return replace(picture, html=texts_html(heading, names, notes, texts, by))


def _numbers(values: Iterable[float | None]) -> np.ndarray:
    """(n,) float64; nan for None."""
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def _note(tokens: list[ShadedToken]) -> str:
    """How many tokens, and what they have on average."""
    known = [token for token in tokens if token.low is not None]
    if not known:
        return counted(len(tokens), "token")
    low = sum(token.low for token in known) / len(known)
    high = sum(token.high for token in known) / len(known)
    return f"{counted(len(tokens), 'token')}, {nats(low, high)} nats on average"


def _description(name: str, note: str, tokens: list[ShadedToken]) -> str:
    """A text in words: how it reads, and its darkest tokens in the order of the text."""
    known = [i for i, token in enumerate(tokens) if token.low is not None]
    darkest = sorted(known, key=lambda i: -tokens[i].high)[:MENTIONED]
    pairs = [(tokens[i].label, nats(tokens[i].low, tokens[i].high)) for i in sorted(darkest)]
    reads = shorten("".join(map(drawn_text, tokens))[:READ], READ)
    mentioned = f" The highest: {listing(pairs)}." if pairs else ""
    return f"{name or 'The text'} ({note}): {reads!r}.{mentioned}"
