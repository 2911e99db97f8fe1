"""Token by token: a text cut into its tokens, the penalties that grow as it repeats, repeating
texts side by side.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from samplers.lab.plots import style
from samplers.lab.plots.labels import columns, token_label
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

LINE = 0.36  # inches a line of chips
COLUMN = 0.092  # inches a half-width column of 10 pt text
# How often a token was there before: the shade and the digit say the same. White is new.
SHADES = ("#ffffff", "#fbe3d4", "#f5bf9c", "#ee9a63", "#e5762f", "#D55E00")


def counts_before(tokens: Sequence[str]) -> np.ndarray:
    """For each token, how often it occurred earlier in the text, shape (n,): what a penalty counts
    at that step.
    """
    seen, counts = Counter(), []
    for token in tokens:
        counts.append(seen[token])
        seen[token] += 1
    return np.array(counts, dtype=np.int64)


def flow(labels: Sequence[str], width: float, extra: float) -> list[tuple[float, int, float]]:
    """(x, line, chip width) in inches of labels laid out like words in a paragraph `width` wide."""
    placed, x, line = [], 0.0, 0
    for label in labels:
        w = columns(label) * COLUMN + extra
        if x + w > width and x > 0:
            x, line = 0.0, line + 1
        placed.append((x, line, w))
        x += w + 0.04
    return placed


def draw_chips(ax, labels, notes, shades, top: float, left: float, width: float) -> int:
    """Chips from (left, top) downwards, in inches: label, small note at its right, shade. Returns
    the lines used.
    """
    extra = 0.1 + (0.085 * max(map(len, notes)) if any(notes) else 0)
    placed = flow(labels, width, extra)
    for (x, line, w), label, note, shade in zip(placed, labels, notes, shades, strict=True):
        y = top + line * LINE
        ax.add_patch(style.rounded(left + x, y, w, LINE - 0.08, facecolor=shade))
        ink = "white" if shade == SHADES[-1] else style.BLACK
        ax.text(
            left + x + 0.05,
            y + LINE / 2 - 0.04,
            label,
            va="center_baseline",
            color=ink,
            fontsize=10,
        )
        if note:
            ax.text(
                left + x + w - 0.03,
                y + 0.12,
                note,
                ha="right",
                va="center_baseline",
                color=ink,
                fontsize=6.5,
            )
    return placed[-1][1] + 1 if placed else 1


def page(width: float, height: float):
    """A figure whose axes are measured in inches, y downwards, with nothing drawn."""
    figure = new_figure(width, height)
    figure.set_layout_engine("none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    ax.axis("off")
    return figure, ax


@styled
def plot_tokens(tokens: Sequence[str], ids: Sequence[int] | None = None, bytes: Sequence[bytes] | None = None,
                title: str | None = None) -> Picture:  # fmt: skip
    """A text cut into its tokens, each in a box, with its id in small digits if `ids` are given.
    data: tokens, ids.
    """
    labels = [token_label(t, bytes[i] if bytes else None, 24) for i, t in enumerate(tokens)]
    notes = [str(i) for i in ids] if ids is not None else [""] * len(labels)
    shades = [("#ffffff", "#e3eef6")[i % 2] for i in range(len(labels))]
    extra = 0.1 + (0.085 * max(map(len, notes)) if any(notes) else 0)
    lines = flow(labels, 6.8, extra)[-1][1] + 1
    figure, ax = page(7, 0.5 + lines * LINE)
    heading = title or "A text in tokens"
    ax.text(0.1, 0.22, heading, fontsize=10.5, va="center_baseline")
    draw_chips(ax, labels, notes, shades, 0.42, 0.1, 6.8)
    alt = f"{heading}. {len(labels)} tokens: " + " | ".join(
        f"{label} ({note})" if note else label for label, note in zip(labels, notes, strict=True))  # fmt: skip
    return picture_of(
        figure, heading, alt + ".", tokens=tuple(tokens), ids=None if ids is None else tuple(ids)
    )


@styled
def plot_repetition(texts: Mapping[str, Sequence[str]], title: str | None = None) -> Picture:
    """Repeating texts, one block a setting: {name: tokens}; a token's shade and digit: how often it
    was there before.

    data: names, counts (one array (n,) a text: `counts_before`), distinct (share of distinct
    tokens, one a text).
    """
    labels = {name: [token_label(t, limit=16) for t in tokens] for name, tokens in texts.items()}
    counts = {name: counts_before(tokens) for name, tokens in texts.items()}
    distinct = np.array([len(set(tokens)) / max(1, len(tokens)) for tokens in texts.values()])
    notes = {name: [str(c) if c else "" for c in cs] for name, cs in counts.items()}
    lines = [
        flow(labels[name], 6.8, 0.1 + 0.085 * max(map(len, notes[name]), default=0))[-1][1] + 1
        if labels[name]
        else 1
        for name in texts
    ]
    figure, ax = page(7, 0.75 + sum(lines) * LINE + 0.38 * len(lines))
    heading = title or "How often each token was there before"
    ax.text(0.1, 0.22, heading, fontsize=10.5, va="center_baseline")
    top = 0.5
    for name, share in zip(texts, distinct, strict=True):
        ax.text(0.1, top + 0.08, name, fontsize=9.5, va="center_baseline", color=style.BLUE)
        ax.text(
            6.9,
            top + 0.08,
            f"{share:.0%} distinct",
            fontsize=8.5,
            va="center_baseline",
            ha="right",
            color=style.GREY,
        )
        shades = [SHADES[min(c, len(SHADES) - 1)] for c in counts[name]]
        top += (
            0.24
            + LINE * draw_chips(ax, labels[name], notes[name], shades, top + 0.22, 0.1, 6.8)
            + 0.14
        )
    key = ["new", "1", "2", "3", "4", "5 or more"]
    for n, (shade, word) in enumerate(zip(SHADES, key, strict=True)):
        ax.add_patch(style.rounded(0.1 + n * 0.62, top, 0.16, 0.14, facecolor=shade))
        ax.text(
            0.31 + n * 0.62, top + 0.07, word, fontsize=8, va="center_baseline", color=style.GREY
        )
    alt = f"{heading}. " + " ".join(
        f"{name}: {len(tokens)} tokens, {share:.0%} distinct, at most {counts[name].max(initial=0)} times before;"
        f" it reads: {' '.join(labels[name][:30])}."
        for (name, tokens), share in zip(texts.items(), distinct, strict=True)
    )
    return picture_of(
        figure, heading, alt, names=tuple(texts), counts=tuple(counts.values()), distinct=distinct
    )
