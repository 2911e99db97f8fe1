"""What the penalties take from each token's logit, step by step through a text."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from samplers.lab.plots import style
from samplers.lab.plots.labels import token_label
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

# given, nothing, taken
TAKEN = LinearSegmentedColormap.from_list("taken", [style.SKY, "white", "#ee9a63"])
FEW = 12  # steps: up to here every amount is printed


def draw_grid(
    ax, amounts: np.ndarray, largest: float, steps: Sequence[str], watched: Sequence[str]
) -> None:
    """One cell a watched token and step: the amount, printed and shaded; the token's own steps are
    framed.
    """
    ax.imshow(amounts, cmap=TAKEN, vmin=-largest, vmax=largest, aspect="auto")
    for (row, column), amount in np.ndenumerate(amounts):
        text = f"{amount:.3g}".replace("-", "−")
        ink = style.BLACK if amount else style.GREY
        ax.text(column, row, text, ha="center", va="center_baseline", fontsize=9, color=ink)
        if steps[column] == watched[row]:
            ax.add_patch(
                Rectangle(
                    (column - 0.46, row - 0.44),
                    0.92,
                    0.88,
                    fill=False,
                    edgecolor=style.BLACK,
                    linewidth=1.4,
                )
            )
    labels = [token_label(t, limit=8) for t in steps]
    ax.set_xticks(range(len(steps)), labels, rotation=0 if len(steps) <= 7 else 40)
    ax.set_yticks(range(len(watched)), [token_label(t, limit=12) for t in watched])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel("after this token (framed: its own steps)")


def draw_steps(ax, amounts: np.ndarray, labels: Sequence[str]) -> None:
    """One stepped line a watched token, by its number of tokens so far."""
    for n, (label, y) in enumerate(zip(labels, amounts, strict=True)):
        ax.step(range(amounts.shape[1] + 1), [0, *y], where="post", color=style.CYCLE[n % 7],
                linestyle=style.DASHES[n % 7], label=label)  # fmt: skip
    ax.grid()
    ax.set_xlabel("tokens so far")


@styled
def plot_penalties(tokens: Sequence[str], frequency: float = 0.0, presence: float = 0.0, watch=4,
                   title: str | None = None) -> Picture:  # fmt: skip
    """What each penalty has taken from a token's logit after every step of a text.

    Two panels: frequency · count grows with every occurrence, presence · [count > 0] steps once.
    `watch`: how many of the most repeated tokens, or their texts. A text of up to 12 tokens is a
    table of the amounts, a longer one curves. data: watched, counts, frequency, presence (watched,
    n): the amounts taken from the logit (negative: given).
    """
    if not len(tokens):
        raise ValueError("tokens must hold at least one token, got none")
    counter = Counter(tokens)
    watched = [t for t, _ in counter.most_common(watch)] if isinstance(watch, int) else list(watch)
    counts = np.array([np.cumsum([t == w for t in tokens]) for w in watched])
    taken = {"frequency": frequency * counts, "presence": presence * (counts > 0)}
    formulas = (f"frequency: {frequency:g} × count", f"presence: {presence:g} × [count > 0]")
    few = len(tokens) <= FEW
    figure = new_figure(7.4, 1.15 + 0.34 * len(watched) + 0.25 * (len(tokens) > 7) if few else 3.2)
    axes = figure.subplots(1, 2, sharey=True)
    for ax, amounts, formula in zip(axes, taken.values(), formulas, strict=True):
        if few:
            draw_grid(
                ax, amounts, max(1e-9, *(np.abs(a).max() for a in taken.values())), tokens, watched
            )
        else:
            draw_steps(ax, amounts, [f"{token_label(t)} ({counter[t]} times)" for t in watched])
        ax.set_title(formula.replace("-", "−"))
    if not few:
        axes[0].set_ylabel("taken from the logit")
        figure.legend(
            *axes[0].get_legend_handles_labels(),
            loc="outside lower center",
            ncols=min(4, len(watched)),
        )
    heading = title or "What the penalties take from the logits"
    figure.suptitle(heading, x=0.01, ha="left")
    alt = f"{heading}. {len(tokens)} steps. " + " ".join(
        f"{token_label(t)} occurs {counter[t]} time{'s' * (counter[t] != 1)}: at the end the frequency penalty takes"
        f" {f[-1]:g}, the presence penalty {p[-1]:g}."
        for t, f, p in zip(watched, *taken.values(), strict=True))  # fmt: skip
    return picture_of(figure, heading, alt, watched=tuple(watched), counts=counts, **taken)
