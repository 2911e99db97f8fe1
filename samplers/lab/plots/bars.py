"""Bars: one next-token distribution, and the same before and after a transform."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from samplers.arrays import as_array
from samplers.distribution import Distribution, softmax
from samplers.lab.arguments import Count
from samplers.lab.plots import style
from samplers.lab.plots.labels import VISIBLE, counted, number, signed, token_label
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

ROW = 0.27  # inches


def label_of(dist: Distribution, i: int, limit: int = 18) -> str:
    """Label of token `i`."""
    return token_label(dist.tokens[i], dist.bytes[i], limit)


def logits_of(dist: Distribution, values, name: str) -> np.ndarray:
    """`values` as logits (K,) of the distribution's tokens, float64; otherwise ValueError."""
    logits = as_array(values, name).astype(np.float64)
    if logits.shape != (len(dist),):
        raise ValueError(
            f"{name} must have shape ({len(dist)},), one logit per token, got {logits.shape}"
        )
    if not (logits < np.inf).all():
        raise ValueError(f"{name} must be finite or -inf, got NaN or +inf")
    return logits


def ranked(p: np.ndarray, count: int | None = None) -> np.ndarray:
    """Indices from the most to the least probable, ties to the lower index.

    `count`: only of the first so many, which is ten times as fast for a whole vocabulary.
    """
    if count is None or count >= len(p):
        return np.argsort(-p, kind="stable")
    first = np.flatnonzero(p >= np.partition(p, -count)[-count])
    return first[np.argsort(-p[first], kind="stable")][:count]


def others(dist: Distribution, shown: int, listed_only: bool = False) -> str:
    """Name of all tokens but the `shown` ones: "other 49,140 tokens"."""
    size = len(dist) if listed_only or not dist.unseen else dist.vocabulary_size
    if size is None:
        return "other tokens"
    return f"other {counted(size - shown, 'token')}"


def listing(pairs: Iterable[tuple[str, str]]) -> str:
    """(label, value) pairs in alternative text: "a 0.600, b 0.200"."""
    return ", ".join(f"{label} {value}" for label, value in pairs)


def bar_axes(figure: Figure, labels: Sequence[str], largest: float, room: float) -> Axes:
    """Axes with one labelled row per bar, the first on top; x is probability.

    x ends at `room` times the `largest` bar, for the printed values, and has no tick past 1.
    """
    ax = figure.add_subplot()
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set(xlabel="probability", xlim=(0, (largest or 1.0) * room))
    style.no_tick_past_one(ax)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    return ax


def note_beside(ax: Axes, x: float, y: float, text: str, gap: float, **look):
    """Write `text` on the bar's height, `gap` points to the right of x; returns the annotation."""
    return ax.annotate(
        text, (x, y), xytext=(gap, 0), textcoords="offset points", va="center", **look
    )


def _longest_bar(tallest: float, rest: float) -> float:
    """Where bars are cut: a rest that would dwarf the `tallest` token's bar is not drawn whole."""
    return max(rest, tallest) if rest < 5 * tallest else 1.3 * tallest


def _draw_bar(ax: Axes, y: float, value: float, longest: float, **look) -> float:
    """One bar; longer than `longest` it is cut, with a break mark. Returns where it ends."""
    end = min(value, longest)
    ax.barh(y, end, 0.72, **look)
    if value > longest:  # two white strokes across the end, as on a broken axis
        for middle in (0.955, 0.975):
            ax.plot(
                [end * (middle - 0.006), end * (middle + 0.006)],
                [y + 0.45, y - 0.45],
                color="white",
                linewidth=2.2,
                solid_capstyle="butt",
            )
    return end


@styled
def plot_distribution(dist: Distribution, top: Count = 12, title: str | None = None) -> Picture:
    """The `top` most probable tokens, and the mass of all the rest in one hatched bar.

    data: index, tokens and probs of the bars; rest, the mass of all other tokens.
    """
    heading = title or "The next token"
    index = ranked(dist.probs, top)
    probs = dist.probs[index]
    rest = max(0.0, 1.0 - float(probs.sum()))

    labels = [label_of(dist, i) for i in index]
    values = [number(p) for p in probs]
    alt = f"{heading}. Bar chart of probabilities: {listing(zip(labels, values, strict=True))}"
    rows = list(labels)
    if len(dist) > len(index) or dist.unseen > 0:
        rows.append(others(dist, len(index)))
        alt += f"; {rows[-1]} together {number(rest)}"

    figure = new_figure(7, 0.9 + ROW * len(rows))
    longest = _longest_bar(probs[0], rest)
    ax = bar_axes(figure, rows, longest, room=1.13)
    ax.set_title(heading)
    for y, p in enumerate(probs):
        _draw_bar(ax, y, p, longest, **style.AFTER)
        note_beside(ax, p, y, values[y], gap=5, fontsize=9)
    if len(rows) > len(probs):
        end = _draw_bar(ax, len(probs), rest, longest, **style.REST_AFTER)
        note_beside(ax, end, len(probs), number(rest), gap=5, fontsize=9)

    tokens = tuple(dist.tokens[i] for i in index)
    return picture_of(
        figure, heading, alt + ".", index=index, tokens=tokens, probs=probs, rest=rest
    )


def change(before: float, after: float) -> tuple[str, str]:
    """(text, colour) for a probability's change: "▲ +0.141", "▼ −0.026", "=" or "× removed"."""
    if after == 0 and before > 0:
        return "× removed", style.VERMILION
    gain = after - before
    if abs(gain) < VISIBLE:
        return "=", style.GREY
    if gain > 0:
        return f"▲ {signed(gain)}", style.GREEN
    return f"▼ {signed(gain)}", style.VERMILION


def _shown_tokens(before: np.ndarray, after: np.ndarray, top: int) -> np.ndarray:
    """Indices of the `top` most probable tokens before, and of the one that gained most.

    That one is left out if it is among them, or gained less than 0.001.
    """
    index = ranked(before, top)
    gainer = int(np.argmax(after - before))
    if gainer in index or after[gainer] - before[gainer] < 0.001:
        return index
    return np.append(index, gainer)


class Row(NamedTuple):
    """A token before and after a transform, or all others together."""

    label: str
    before: float
    after: float


def before_after(dist: Distribution, after: ArrayLike, top: int) -> dict:
    """What `plot_before_after` shows: its data."""
    q = softmax(logits_of(dist, after, "after"))
    p = softmax(dist.logprobs)
    gain = q - p
    index = _shown_tokens(p, q, top)
    return {
        "index": index,
        "tokens": tuple(dist.tokens[i] for i in index),
        "before": p[index],
        "after": q[index],
        "gain": gain,
        "removed": (q == 0) & (p > 0),
        # summed, because 1 - sum is not exactly 0 where nothing is left
        "rest_before": float(np.delete(p, index).sum()),
        "rest_after": float(np.delete(q, index).sum()),
        "gainer": dist.tokens[np.argmax(gain)],
        "loser": dist.tokens[np.argmin(gain)],
    }


def rows_of(dist: Distribution, data: dict) -> tuple[list[Row], list[Row]]:
    """The rows of `before_after`'s data: those of tokens, and that of the rest if there is one."""
    labels = [label_of(dist, i) for i in data["index"]]
    rows = map(Row, labels, data["before"].tolist(), data["after"].tolist())
    rest = []
    if len(dist) > len(labels):
        name = others(dist, len(labels), listed_only=True)
        rest = [Row(name, data["rest_before"], data["rest_after"])]
    return list(rows), rest


@styled
def plot_before_after(
    dist: Distribution,
    after: ArrayLike,
    top: Count = 12,
    title: str | None = None,
    names_of: tuple[str, str] = ("before", "after"),
) -> Picture:
    """The `top` tokens of `dist` before (grey) and after (blue) a transform, and what each gained.

    `after`: logits, shape (K,), from any transform of `dist`. Both sides are shares of the listed
    tokens: of an API's top K the unseen mass is left out, because no transform can know what
    becomes of it. If a token outside the top gained most, it gets its own row. `names_of`: what to
    call the two sides. data: index, tokens, before, after, gain (of all K tokens), rest_before,
    rest_after, gainer and loser (tokens), removed (bool, (K,)).
    """
    heading = title or "Before and after"
    data = before_after(dist, after, top)
    rows, rest = rows_of(dist, data)
    removed = int(data["removed"].sum())

    figure = new_figure(7, 1.1 + 1.3 * ROW * len(rows + rest))
    ax = _draw_pairs(figure, rows, rest)
    ax.set_title(heading)
    if top < len(rows) < len(dist):  # the last token is the one that gained most
        ax.axhline(top - 0.5, color=style.GREY, linewidth=0.8, linestyle=":")
    if removed:
        kept = f"{len(dist) - removed:,} of {len(dist):,} tokens kept"
        ax.set_title(kept, loc="right", fontsize=9)
    _draw_legend(figure, ax, names_of, removed > 0)
    return picture_of(figure, heading, describe_before_after(dist, data, heading, names_of), **data)


def describe_before_after(
    dist: Distribution, data: dict, heading: str, names_of: tuple[str, str]
) -> str:
    """The alternative text of `before_after`'s data."""
    rows, rest = rows_of(dist, data)
    pairs = listing((name, f"{number(p)} to {number(q)}{_mark(p, q)}") for name, p, q in rows)
    for name, p, q in rest:
        pairs += f"; {name} {number(p)} to {number(q)}"
    text = (
        f"{heading}. Paired bars, {names_of[0]} and {names_of[1]}: {pairs}. "
        f"{int(data['removed'].sum()):,} of {len(dist):,} tokens removed. "
    )

    gain = data["gain"]
    gainer = int(np.argmax(gain))
    loser = int(np.argmin(gain))
    if gain[gainer] >= VISIBLE:
        text += f"Most gained: {label_of(dist, gainer)} {signed(gain[gainer])}. "
    if gain[loser] <= -VISIBLE:
        text += f"Most lost: {label_of(dist, loser)} {signed(gain[loser])}."
    return text.rstrip()


def _mark(before: float, after: float) -> str:
    return " (removed)" if after == 0 < before else ""


def _draw_pairs(figure: Figure, rows: list[Row], rest: list[Row]) -> Axes:
    """A grey and a blue bar in each row, with the numbers beside them.

    None is cut, because two that are cut would look equally long.
    """
    longest = max(max(p, q) for _, p, q in rows + rest)

    ax = bar_axes(figure, [row.label for row in rows + rest], longest, room=1.36)
    for y, row in enumerate(rows + rest):
        gone = row.after == 0 < row.before
        grey, blue = style.BEFORE, style.AFTER
        if y == len(rows):
            grey, blue = style.REST_BEFORE, style.REST_AFTER
        elif gone:
            ax.get_yticklabels()[y].set_color(style.GREY)
        if gone:
            grey = style.REMOVED
        ax.barh(y - 0.2, row.before, 0.38, **grey)
        ax.barh(y + 0.2, row.after, 0.38, **blue)

        numbers = f"{number(row.before)} → {number(row.after)}  "
        note = note_beside(ax, max(row.before, row.after), y, numbers, gap=6, fontsize=9)
        text, colour = change(row.before, row.after)
        ax.annotate(text, (1, 0.5), xycoords=note, va="center", fontsize=9, color=colour)
    return ax


def _draw_legend(figure: Figure, ax: Axes, names_of: tuple[str, str], with_removed: bool) -> None:
    looks = {names_of[0]: style.BEFORE, names_of[1]: style.AFTER}
    if with_removed:
        looks["removed"] = style.REMOVED
    handles = [ax.barh([-9], [0], **look) for look in looks.values()]
    figure.legend(handles, looks, loc="outside lower right", ncols=3)
