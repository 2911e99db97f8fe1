"""What each turn of a conversation is billed: the history, sent again every time, the new question,
the answer.
"""

from collections.abc import Sequence

import numpy as np

from samplers.api import Usage
from samplers.lab.plots import style
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

LOOKS = {
    "sent before, sent again": {"facecolor": style.PALE, "edgecolor": style.GREY, "hatch": "////"},
    "new in the prompt": {"facecolor": style.BLUE, "edgecolor": "white"},
    "the answer": {"facecolor": style.GREEN, "edgecolor": "white", "hatch": "...."},
}


@styled
def plot_turns(usages: Sequence[Usage], title: str | None = None) -> Picture:
    """The `usage` of each call of one growing conversation, as stacked bars with each call's total
    above it.

    A call's prompt holds the whole prompt of the call before. data: prompt, again, new, answer,
    arrays (n,) of tokens.
    """
    if not len(usages):
        raise ValueError("usages must hold at least one call's usage, got none")
    prompt = np.array([u.prompt_tokens for u in usages])
    answer = np.array([u.completion_tokens for u in usages])
    again = np.array([0, *np.minimum(prompt[:-1], prompt[1:])])
    parts = dict(zip(LOOKS, (again, prompt - again, answer), strict=True))
    figure = new_figure(6.2, 3.2)
    ax = figure.add_subplot()
    turns, bottom = np.arange(1, len(prompt) + 1), np.zeros(len(prompt))
    for name, values in parts.items():
        ax.bar(turns, values, bottom=bottom, width=0.7, linewidth=0.6, label=name, **LOOKS[name])
        bottom += values
    for turn, total in zip(turns, bottom, strict=True):
        ax.text(turn, total, f"{total:.0f}", ha="center", va="bottom", fontsize=9)
    ax.set_xticks(turns)
    ax.set_xlabel("turn")
    ax.set_ylabel("tokens")
    ax.margins(y=0.12)
    ax.legend(loc="upper left")
    heading = title or "What each turn is billed"
    ax.set_title(heading)
    alt = f"{heading}. " + " ".join(
        f"Turn {t}: {a} tokens sent again, {n} new, {w} answered."
        for t, a, n, w in zip(turns, *parts.values(), strict=True)
    )
    alt += f" In all {prompt.sum()} prompt tokens, {again.sum()} of them sent before."
    return picture_of(
        figure,
        heading,
        alt,
        prompt=prompt,
        again=again,
        new=parts["new in the prompt"],
        answer=answer,
    )
