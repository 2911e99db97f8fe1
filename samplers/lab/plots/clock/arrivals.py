"""Requests that come to a server, on a clock, and which of them find room there."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
from matplotlib.axes import Axes

from samplers.lab.arguments import Count
from samplers.lab.plots import style
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

SLOTS = 10  # in a second: 0.3 · 10 is 3, but 0.3 / 0.1 is less
SLOT = 1 / SLOTS  # seconds


@styled
def plot_arrivals(
    arrivals: Annotated[Mapping[str, Annotated[Sequence[Annotated[float, 0]], 1]], 1],
    room: Count,
    end: Count,
    title: str | None = None,
) -> Picture:
    """When requests come to a server that has room for `room` of them in each tenth of a second.

    A row for each of `arrivals`, {name: seconds (n,)}, which shows those before `end` (seconds).
    What finds room is filled, what is refused stands above it, crossed. data: edges of the slots
    (slots + 1,), counts {name: (slots,)}.
    """
    heading = title or "When the requests come"
    edges = np.arange(end * SLOTS + 1) / SLOTS
    counts = {name: _counts(times, len(edges) - 1) for name, times in arrivals.items()}

    figure = new_figure(7.4, 0.8 + 1.15 * len(arrivals))
    figure.suptitle(heading, x=0.01, ha="left")
    rows = figure.subplots(len(arrivals), sharex=True, sharey=True, squeeze=False)[:, 0]
    sentences = []
    for ax, (name, times) in zip(rows, arrivals.items(), strict=True):
        _draw_row(ax, edges, counts[name], room)
        sentence = f"{name}: {len(times):,} requests, the last at {max(times):.1f} s"
        ax.set_title(sentence, fontsize=9.5)
        sentences.append(f"{sentence}, at most {counts[name][1:].max()} in 0.1 s after the first.")
    rows[-1].set_xlabel(f"seconds     filled: served ({room} in 0.1 s)     crossed: refused")
    rows[-1].set_xlim(-SLOT, end)

    alt = f"{heading}. Requests in each tenth of a second. {' '.join(sentences)}"
    return picture_of(figure, heading, alt, edges=edges, counts=counts)


def _counts(times: Sequence[float], slots: int) -> np.ndarray:
    """How many come in each slot; those after the last one are left out."""
    index = np.floor(np.asarray(times) * SLOTS).astype(np.int64)
    return np.bincount(index[index < slots], minlength=slots)


def _draw_row(ax: Axes, edges: np.ndarray, counts: np.ndarray, room: int) -> None:
    served = np.minimum(counts, room)
    refused = counts - served
    some = np.flatnonzero(refused)
    ax.bar(edges[:-1], served, SLOT, align="edge", **style.AFTER)
    ax.bar(edges[some], refused[some], SLOT, served[some], align="edge", **style.REMOVED)
    ax.grid(axis="y")
