"""Many answers at several settings: how often each was given, one bar per setting."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from samplers.lab.arguments import Count
from samplers.lab.plots import style
from samplers.lab.plots.bars import listing, note_beside
from samplers.lab.plots.labels import counted, token_label
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

ROW = 0.42  # inches
COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.PURPLE, style.SKY, style.VERMILION)
LETTER = 0.013  # the width of a letter, as a share of the bar's


@styled
def plot_answers(
    answers: Annotated[Mapping[str, Annotated[Sequence[str], 1]], 1],
    top: Count = 5,
    title: str | None = None,
) -> Picture:
    """How often each answer was given, {setting's name: answers}: one bar per setting.

    The `top` (at most 6) answers that are the most frequent over all settings have a colour each,
    and all others together are hatched. At the right: how many different answers there are. data:
    names, answers (those with a colour), counts (settings, answers), others and different
    (settings,).
    """
    heading = title or "How often each answer was given"
    tallies = [Counter(given) for given in answers.values()]
    total = sum(tallies, Counter())
    shown = [answer for answer, _ in total.most_common(min(top, len(COLOURS)))]
    labels = [token_label(answer, limit=18) for answer in shown]
    counts = np.array([[tally[answer] for answer in shown] for tally in tallies])
    others = np.array([tally.total() for tally in tallies]) - counts.sum(axis=1)
    different = np.array([len(tally) for tally in tallies])

    figure = new_figure(7.4, 1.1 + ROW * len(tallies))
    ax = figure.add_subplot()
    ax.set_title(heading)
    for y, (row, rest) in enumerate(zip(counts, others, strict=True)):
        _draw_bar(ax, y, labels, [*row, rest])
        note_beside(ax, row.sum() + rest, y, counted(int(different[y]), "kind"), gap=6, fontsize=9)
    ax.set_yticks(range(len(tallies)), list(answers))
    ax.set_ylim(len(tallies) - 0.5, -0.5)
    longest = (counts.sum(axis=1) + others).max()
    ax.set_xlim(0, longest)
    ax.set_xlabel("answers")
    ax.spines["left"].set_visible(False)
    _draw_legend(figure, ax, labels)

    bars = [
        f"{name}: {listing(zip([*labels, 'others'], map(str, [*row, rest]), strict=True))}; "
        f"{counted(int(kinds), 'different answer')}"
        for name, row, rest, kinds in zip(answers, counts, others, different, strict=True)
    ]
    return picture_of(
        figure,
        heading,
        f"{heading}. Stacked bars. {'. '.join(bars)}.",
        names=tuple(answers),
        answers=tuple(shown),
        counts=counts,
        others=others,
        different=different,
    )


def _looks(answers: int) -> list[dict]:
    """How the parts of a bar look: the answers', then that of the rest."""
    coloured = [{"facecolor": colour, "edgecolor": "white"} for colour in COLOURS[:answers]]
    return [*coloured, {"facecolor": "white", "edgecolor": style.GREY, "hatch": "////"}]


def _draw_bar(ax: Axes, y: int, labels: Sequence[str], parts: Sequence[int]) -> None:
    """One setting's bar; an answer's name and number stand in its part where there is room."""
    start = 0
    for n, (part, look) in enumerate(zip(parts, _looks(len(labels)), strict=True)):
        ax.barh(y, part, 0.72, left=start, linewidth=0.8, **look)
        text = f"{labels[n]} {part}" if n < len(labels) else ""
        if text and part > LETTER * len(text) * sum(parts):
            light = look["facecolor"] not in (style.BLUE, style.VERMILION, style.GREEN)
            ink = style.BLACK if light else "white"
            middle = start + part / 2
            ax.text(middle, y, text, ha="center", va="center", fontsize=9, color=ink)
        start += part


def _draw_legend(figure: Figure, ax: Axes, labels: Sequence[str]) -> None:
    handles = [ax.barh([-9], [0], **look) for look in _looks(len(labels))]
    names = [*labels, "any other"]
    figure.legend(handles, names, loc="outside lower left", ncols=len(names), columnspacing=1.2)
