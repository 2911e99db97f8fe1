"""What the penalties take from each token's logit, step by step through a text."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Annotated

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from samplers.lab.arguments import Count
from samplers.lab.plots import style
from samplers.lab.plots.labels import counted, token_label
from samplers.lab.plots.page import write
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

# given to the logit, nothing, taken from it
COLOURS = LinearSegmentedColormap.from_list("taken", [style.SKY, "white", "#ee9a63"])
FEW = 12  # steps: up to here every amount is printed


@styled
def plot_penalties(
    tokens: Sequence[str],
    frequency: float = 0.0,
    presence: float = 0.0,
    watch: Count | Annotated[Sequence[str], 1] = 4,
    title: str | None = None,
) -> Picture:
    """What each penalty has taken from a token's logit after every step of a text.

    Two panels: frequency · count grows with every occurrence, presence · [count > 0] steps once.
    `watch`: how many of the most repeated tokens, or their texts. A text of up to 12 tokens becomes
    a table of the amounts, a longer one curves. data: watched, counts, frequency, presence
    (watched, n): the amounts taken from the logit (negative: given).
    """
    if not len(tokens):
        raise ValueError("tokens must hold at least one token, got none")
    heading = title or "What the penalties take from the logits"
    watched = watch
    if isinstance(watch, int):
        watched = [token for token, _ in Counter(tokens).most_common(watch)]
    counts = np.array([np.cumsum([t == token for t in tokens]) for token in watched])
    taken = {"frequency": frequency * counts, "presence": presence * (counts > 0)}
    formulas = (f"frequency: {frequency:g} × count", f"presence: {presence:g} × [count > 0]")

    if len(tokens) <= FEW:
        figure, axes = _draw_tables(tokens, watched, taken.values())
    else:
        figure, axes = _draw_curves(counts, watched, taken.values())
    for ax, formula in zip(axes, formulas, strict=True):
        ax.set_title(formula.replace("-", "−"))
    figure.suptitle(heading, x=0.01, ha="left")

    sentences = [
        f"{token_label(token)} occurs {counted(count[-1], 'time')}: at the end the frequency "
        f"penalty takes {by_frequency[-1]:g}, the presence penalty {by_presence[-1]:g}."
        for token, count, by_frequency, by_presence in zip(
            watched, counts, *taken.values(), strict=True
        )
    ]
    return picture_of(
        figure,
        heading,
        f"{heading}. {len(tokens)} steps. {' '.join(sentences)}",
        watched=tuple(watched),
        counts=counts,
        **taken,
    )


def _draw_tables(
    tokens: Sequence[str], watched: Sequence[str], panels: Collection[np.ndarray]
) -> tuple[Figure, Sequence[Axes]]:
    """A table per penalty: a row per watched token, a column per step."""
    tilted = len(tokens) > 7
    largest = max(1e-9, *(np.abs(amounts).max() for amounts in panels))

    figure = new_figure(7.4, 1.15 + 0.34 * len(watched) + 0.25 * tilted)
    axes = figure.subplots(1, 2, sharey=True)
    for ax, amounts in zip(axes, panels, strict=True):
        ax.imshow(amounts, cmap=COLOURS, vmin=-largest, vmax=largest, aspect="auto")
        for (row, column), amount in np.ndenumerate(amounts):
            _draw_cell(ax, row, column, amount, framed=tokens[column] == watched[row])
        labels = [token_label(t, limit=8) for t in tokens]
        ax.set_xticks(range(len(tokens)), labels, rotation=40 if tilted else 0)
        ax.set_yticks(range(len(watched)), [token_label(t, limit=12) for t in watched])
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        ax.set_xlabel("after this token (framed: the row's own token)")
    return figure, axes


def _draw_cell(ax: Axes, row: int, column: int, amount: float, framed: bool) -> None:
    """A cell's printed amount, and a frame around it."""
    text = f"{amount:.3g}".replace("-", "−")
    ink = style.BLACK if amount else style.GREY
    write(ax, column, row, text, ha="center", fontsize=9, color=ink)
    if framed:
        look = {"fill": False, "edgecolor": style.BLACK, "linewidth": 1.4}
        ax.add_patch(Rectangle((column - 0.46, row - 0.44), 0.92, 0.88, **look))


def _draw_curves(
    counts: np.ndarray, watched: Sequence[str], panels: Collection[np.ndarray]
) -> tuple[Figure, Sequence[Axes]]:
    """A panel per penalty: a stepped line per watched token."""
    figure = new_figure(7.4, 3.2)
    axes = figure.subplots(1, 2, sharey=True)
    for ax, panel in zip(axes, panels, strict=True):
        for n, amounts in enumerate(panel):
            ax.step(
                range(len(amounts) + 1),
                [0, *amounts],
                where="post",
                color=style.CYCLE[n % 7],
                linestyle=style.DASHES[n % 7],
            )
        ax.grid()
        ax.set_xlabel("tokens so far")
    axes[0].set_ylabel("taken from the logit")

    names = [f"{token_label(t)} ({n} times)" for t, n in zip(watched, counts[:, -1], strict=True)]
    columns = min(4, len(watched))
    figure.legend(axes[0].lines, names, loc="outside lower center", ncols=columns)
    return figure, axes
