"""Token by token: a text cut into its tokens, and repeating texts one below the other."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from samplers.lab.plots import style
from samplers.lab.plots.chips import (
    LEFT,
    NAME,
    RIGHT,
    SHADES,
    WIDTH,
    draw_chips,
    draw_key,
    draw_name,
    height_of,
    shade,
)
from samplers.lab.plots.labels import token_label
from samplers.lab.plots.page import HEADING, page, write
from samplers.lab.plots.picture import Picture, picture_of
from samplers.lab.plots.style import styled

STRIPES = ("#ffffff", "#e3eef6")  # of neighbouring tokens
COUNTS = ("new", "1", "2", "3", "4", "5 or more")  # what SHADES mean for a repeated token


@styled
def plot_tokens(
    tokens: Sequence[str],
    ids: Sequence[int] | None = None,
    bytes: Sequence[bytes] | None = None,
    title: str | None = None,
) -> Picture:
    """A text cut into its tokens, each in a box, with its id in small digits if `ids` are given.

    `bytes`: of each token, so that one that is not whole UTF-8 can be shown. data: tokens, ids.
    """
    for name, values in (("ids", ids), ("bytes", bytes)):
        if values is not None and len(values) != len(tokens):
            raise ValueError(f"{name} must be one per token, {len(tokens)}, got {len(values)}")
    heading = title or "A text in tokens"
    raws = [None] * len(tokens) if bytes is None else bytes
    labels = [token_label(t, raw, 24) for t, raw in zip(tokens, raws, strict=True)]
    notes = [""] * len(labels) if ids is None else [str(i) for i in ids]
    stripes = [STRIPES[i % 2] for i in range(len(labels))]

    figure, ax = page(WIDTH, 0.5 + height_of(labels, notes))
    write(ax, LEFT, 0.22, heading, fontsize=HEADING)
    draw_chips(ax, labels, notes, stripes, top=0.42)

    listed = " | ".join(
        f"{label} ({note})" if note else label for label, note in zip(labels, notes, strict=True)
    )
    return picture_of(
        figure,
        heading,
        f"{heading}. {len(labels)} tokens: {listed}.",
        tokens=tuple(tokens),
        ids=None if ids is None else tuple(ids),
    )


def counts_before(tokens: Sequence[str]) -> np.ndarray:
    """For each token, how often it occurred earlier in the text, shape (n,).

    That is what a penalty counts at that step.
    """
    seen = Counter()
    counts = []
    for token in tokens:
        counts.append(seen[token])
        seen[token] += 1
    return np.array(counts, dtype=np.int64)


@styled
def plot_repetition(texts: Mapping[str, Sequence[str]], title: str | None = None) -> Picture:
    """Repeating texts, {name: tokens}: shade and digit say how often a token had been said before.

    data: names, counts (one array (n,) per text: `counts_before`), distinct (share of distinct
    tokens, one per text).
    """
    heading = title or "How often each token had been said before"
    labels = [[token_label(t, limit=16) for t in tokens] for tokens in texts.values()]
    counts = [counts_before(tokens) for tokens in texts.values()]
    notes = [[str(n) if n else "" for n in of_text] for of_text in counts]
    distinct = np.array([len(set(tokens)) / max(1, len(tokens)) for tokens in texts.values()])
    heights = [height_of(*block) for block in zip(labels, notes, strict=True)]

    figure, ax = page(WIDTH, 0.75 + sum(heights) + 0.38 * len(texts))
    write(ax, LEFT, 0.22, heading, fontsize=HEADING)
    top = 0.5
    for i, name in enumerate(texts):
        share = f"{distinct[i]:.0%} distinct"
        draw_name(ax, name, top)
        write(ax, RIGHT, top + 0.08, share, fontsize=8.5, ha="right", color=style.GREY)
        shades = [shade(n) for n in counts[i]]
        draw_chips(ax, labels[i], notes[i], shades, top + 0.22)
        top += NAME + heights[i] + 0.14
    draw_key(ax, dict(zip(COUNTS, SHADES, strict=True)), top, step=0.62)

    descriptions = [
        f"{name}: {len(labels[i])} tokens, {distinct[i]:.0%} distinct, "
        f"at most {counts[i].max(initial=0)} times before; "
        f"it reads: {' '.join(labels[i][:30])}."
        for i, name in enumerate(texts)
    ]
    return picture_of(
        figure,
        heading,
        f"{heading}. {' '.join(descriptions)}",
        names=tuple(texts),
        counts=tuple(counts),
        distinct=distinct,
    )
