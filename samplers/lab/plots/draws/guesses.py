"""A table of guesses as a picture: which of them are right."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
from matplotlib.patches import Rectangle

from samplers.checks import shown
from samplers.lab.plots import style
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

ROW = 0.3  # inches
WIDTH = 7.4
RIGHT = {"facecolor": style.BLUE, "edgecolor": "white"}
WRONG = {"facecolor": "white", "edgecolor": style.PALE}


@styled
def plot_guesses(
    right: Annotated[Mapping[str, int], 1],
    guesses: Annotated[Mapping[str, Annotated[Sequence[int | None], 1]], 1],
    title: str | None = None,
) -> Picture:
    """Each guess in a cell, filled where it is right; below each column how many are.

    `right`: {question: the right number}, a row each. `guesses`: {name: numbers}, a column each, in
    the questions' order; None, a dash, is no number. data: names, questions, right (a row for each
    question, a column for each name).
    """
    heading = title or "Which guesses are right"
    for name, numbers in guesses.items():
        if len(numbers) != len(right):
            raise ValueError(
                f"guesses must have {len(right)} numbers each, got {shown(numbers)} of {name}"
            )
    table = np.array(
        [[number == each for number in row] for each, row in _rows(right, guesses)], dtype=bool
    )

    figure = new_figure(WIDTH, 1.0 + ROW * (len(right) + 1))
    figure.suptitle(heading, x=0.01, ha="left")
    ax = figure.add_subplot()
    for y, (_, row) in enumerate(_rows(right, guesses)):
        for x, number in enumerate(row):
            is_right = table[y, x]
            ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, **(RIGHT if is_right else WRONG)))
            look = {"color": "white"} if is_right else {"color": style.GREY}
            text = "–" if number is None else f"{number}"
            ax.text(x, y, text if len(text) < 6 else "…", ha="center", va="center", **look)
    counts = table.sum(axis=0)
    for x, count in enumerate(counts):
        ax.text(x, len(right), f"{count} of {len(right)}", ha="center", va="center", fontsize=9)

    ax.set_xlim(-0.5, len(guesses) - 0.5)
    ax.set_ylim(len(right) + 0.5, -0.5)
    ax.xaxis.tick_top()
    ax.set_xticks(range(len(guesses)), list(guesses))
    ax.set_yticks(range(len(right) + 1), [*right, "right"])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)

    sums = ", ".join(f"{name} {count}" for name, count in zip(guesses, counts, strict=True))
    alt = f"{heading}. A table of guesses. Right, of {len(right)} questions: {sums}."
    names, questions = tuple(guesses), tuple(right)
    return picture_of(figure, heading, alt, names=names, questions=questions, right=table)


def _rows(right: Mapping[str, int], guesses: Mapping[str, Sequence[int | None]]):
    """(the right number, the guesses) of each question."""
    return zip(right.values(), zip(*guesses.values(), strict=True), strict=True)
