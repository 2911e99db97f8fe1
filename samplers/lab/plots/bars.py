"""Bars: one next-token distribution, and the same before and after a transform."""

import numpy as np

from samplers.distribution import Distribution, softmax
from samplers.lab.plots import style
from samplers.lab.plots.labels import number, signed, token_label
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

ROW = 0.27  # inches


def label_of(dist: Distribution, i: int, limit: int = 18) -> str:
    """Label of token `i`."""
    return token_label(dist.tokens[i], dist.bytes[i], limit)


def ranked(p: np.ndarray) -> np.ndarray:
    """Indices from the most to the least probable, ties to the lower index."""
    return np.argsort(-p, kind="stable")


def others(dist: Distribution, shown: int, listed_only: bool = False) -> str:
    """Name of all tokens but those shown: "other 49,140 tokens"."""
    size = len(dist) if listed_only or not dist.unseen else dist.vocabulary_size
    count = None if size is None else size - shown
    return "other tokens" if count is None else f"other {count:,} token{'s' * (count != 1)}"


def names(pairs) -> str:
    """For alternative text: "a 0.600, b 0.200"."""
    return ", ".join(f"{label} {value}" for label, value in pairs)


def bar_axes(figure, labels: list[str], largest: float, room: float = 1.22):
    """Axes with one labelled row a bar, the first on top; x is probability, with room for the
    printed values.
    """
    ax = figure.add_subplot()
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_xlim(0, (largest or 1.0) * room)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("probability")
    return ax


def bar(ax, y: float, value: float, limit: float, height: float, **look) -> float:
    """One bar; longer than `limit` it is cut with a break mark. Returns where it ends."""
    end = min(value, limit)
    ax.barh(y, end, height, **look)
    if value > limit:  # two white strokes across the end, as on a broken axis
        for shift in (0.955, 0.975):
            ax.plot([end * (shift - 0.006), end * (shift + 0.006)], [y + height * 0.62, y - height * 0.62],
                    color="white", linewidth=2.2, solid_capstyle="butt")  # fmt: skip
    return end


@styled
def plot_distribution(dist: Distribution, top: int = 12, title: str | None = None) -> Picture:
    """The `top` most probable tokens, and the mass of all the rest in one hatched bar.

    data: index, tokens and probs of the bars; rest, the mass of all other tokens.
    """
    p = dist.probs
    index = ranked(p)[:top]
    rest = max(0.0, 1.0 - float(p[index].sum()))
    labels = [label_of(dist, i) for i in index]
    more = len(dist) > len(index) or dist.unseen > 0
    rows = [*labels, others(dist, len(index))] if more else labels
    limit = max(rest, p[index[0]]) if rest < 1.6 * p[index[0]] else 1.3 * p[index[0]]

    figure = new_figure(7, 0.9 + ROW * len(rows))
    ax = bar_axes(figure, rows, limit if more else p[index[0]], room=1.13)
    for y, i in enumerate(index):
        end = bar(ax, y, p[i], np.inf, 0.72, **style.AFTER)
        ax.annotate(
            number(p[i]),
            (end, y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    if more:
        end = bar(ax, len(index), rest, limit, 0.72, **style.REST_AFTER)
        ax.annotate(
            number(rest),
            (end, len(index)),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    heading = title or "The next token"
    ax.set_title(heading)
    alt = f"{heading}. Bar chart of probabilities: {names(zip(labels, map(number, p[index]), strict=True))}"
    alt += f"; {rows[-1]} together {number(rest)}." if more else "."
    tokens = tuple(dist.tokens[i] for i in index)
    return picture_of(figure, heading, alt, index=index, tokens=tokens, probs=p[index], rest=rest)


def change(before: float, after: float) -> tuple[str, str]:
    """(text, colour) that says what became of a probability."""
    if after == 0 < before:
        return "× removed", style.VERMILION
    gain = after - before
    if abs(gain) < 0.0005:
        return "=", style.GREY
    return (
        (f"▲ {signed(gain)}", style.GREEN) if gain > 0 else (f"▼ {signed(gain)}", style.VERMILION)
    )


def shown_rows(before: np.ndarray, after: np.ndarray, top: int) -> np.ndarray:
    """The `top` most probable tokens before; and the token that gained most, if it is not among
    them and it shows.
    """
    index = ranked(before)[:top]
    gainer = int(np.argmax(after - before))
    return (
        index
        if gainer in index or after[gainer] - before[gainer] < 0.001
        else np.append(index, gainer)
    )


@styled
def plot_before_after(dist: Distribution, after, top: int = 12, title: str | None = None,
                      names_of: tuple[str, str] = ("before", "after")) -> Picture:  # fmt: skip
    """The `top` tokens of `dist` before (grey) and after (blue) a transform, with what was gained,
    lost or removed.

    `after`: logits, shape (K,), from any transform of `dist`. Both sides are shares of the listed
    tokens: of an API's top K the unseen mass is left out, because no transform can know what
    becomes of it. A token outside the top that gained most gets a row of its own. data: index,
    tokens, before, after, gain (of all K tokens), rest_before, rest_after, gainer and loser
    (tokens), removed (bool, (K,)).
    """
    after = np.asarray(after, dtype=np.float64)
    if after.shape != (len(dist),):
        raise ValueError(
            f"after must have shape ({len(dist)},), one logit a token of dist, got {after.shape}"
        )
    p, q = softmax(dist.logprobs), softmax(after)
    gain, removed = q - p, (q == 0) & (p > 0)
    index = shown_rows(p, q, top)
    labels = [label_of(dist, i) for i in index]
    more = len(dist) > len(index)
    # exactly 0 where nothing is left, as 1 - sum is not
    rest = tuple(float(np.delete(x, index).sum()) for x in (p, q))
    rows = [*labels, others(dist, len(index), listed_only=True)] if more else labels
    tallest = max(p[index].max(), q[index].max())
    limit = max(tallest, *rest) if max(rest) < 1.6 * tallest else 1.3 * tallest

    figure = new_figure(7, 1.1 + 1.3 * ROW * len(rows))
    ax = bar_axes(figure, rows, limit if more else tallest, room=1.36)
    for y in range(len(rows)):
        is_rest = y == len(index)
        b, a = rest if is_rest else (p[index[y]], q[index[y]])
        gone = a == 0 < b
        look_b, look_a = (
            (style.REST_BEFORE, style.REST_AFTER) if is_rest else (style.BEFORE, style.AFTER)
        )
        end = bar(ax, y - 0.2, b, limit, 0.38, **(style.REMOVED if gone else look_b))
        end = max(end, bar(ax, y + 0.2, a, limit, 0.38, **look_a))
        text, colour = change(b, a)
        note = ax.annotate(f"{number(b)} → {number(a)}  ", (end, y), xytext=(6, 0), textcoords="offset points",
                           va="center", fontsize=9)  # fmt: skip
        ax.annotate(text, (1, 0.5), xycoords=note, va="center", fontsize=9, color=colour)
        if gone and not is_rest:
            ax.get_yticklabels()[y].set_color(style.GREY)
    if more and len(index) > top:
        ax.axhline(top - 0.5, color=style.GREY, linewidth=0.8, linestyle=":")
    heading = title or "Before and after"
    ax.set_title(heading)
    looks = {names_of[0]: style.BEFORE, names_of[1]: style.AFTER}
    looks |= {"removed": style.REMOVED} if removed.any() else {}
    figure.legend(
        [ax.barh([-9], [0], **look) for look in looks.values()],
        looks,
        loc="outside lower right",
        ncols=3,
    )
    if removed.any():
        ax.set_title(
            f"{int((~removed).sum()):,} of {len(dist):,} tokens kept", loc="right", fontsize=9
        )
    gainer, loser = int(np.argmax(gain)), int(np.argmin(gain))
    became = (f"{number(p[i])} to {number(q[i])}{' (removed)' * bool(removed[i])}" for i in index)
    alt = f"{heading}. Paired bars, {names_of[0]} and {names_of[1]}: {names(zip(labels, became, strict=True))}"
    alt += f"; {rows[-1]} {number(rest[0])} to {number(rest[1])}" if more else ""
    alt += f". {int(removed.sum()):,} of {len(dist):,} tokens removed."
    alt += (
        f" Most gained: {label_of(dist, gainer)} {signed(gain[gainer])}."
        if gain[gainer] >= 0.0005
        else ""
    )
    alt += (
        f" Most lost: {label_of(dist, loser)} {signed(gain[loser])}."
        if gain[loser] <= -0.0005
        else ""
    )
    tokens = tuple(dist.tokens[i] for i in index)
    return picture_of(figure, heading, alt, index=index, tokens=tokens, before=p[index],
                      after=q[index], gain=gain, removed=removed, rest_before=rest[0], rest_after=rest[1],
                      gainer=dist.tokens[gainer], loser=dist.tokens[loser])  # fmt: skip
