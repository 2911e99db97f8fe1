"""A streamed answer on a clock: the network's reads, the tokens that they brought, and the text."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from samplers.api import StreamBroken, read_chunks
from samplers.lab.plots import style
from samplers.lab.plots.labels import columns, token_label
from samplers.lab.plots.page import HEADING, write
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

# inches, as all lengths here
WIDTH = 7.5
LEFT = 0.85  # of the clock
RIGHT = 0.25
TOP = 0.62  # above the first row
GAP = 0.1  # between rows
BOTTOM = 0.52
READS = 0.62  # the height of the row of reads
TOKENS = 0.95  # the height of the row of tokens
LANE = 0.25  # the height of each line of text
COLUMN = 0.085  # a half-width column of 9 pt text
CLOCK = (
    "seconds after the request     ● a token     "
    "□ a chunk without text (role, finish_reason, usage)"
)


Arrivals = Iterable[tuple[Annotated[float, 0], bytes]]


@dataclass(frozen=True, eq=False)
class Timeline:
    """What came when. All times are in seconds after the request."""

    at: np.ndarray  # (reads,)
    sizes: np.ndarray  # (reads,) in bytes
    times: np.ndarray  # (chunks with text,)
    texts: tuple[str, ...]
    tokens: np.ndarray  # how many each chunk with text brought
    silent: np.ndarray  # times of the chunks without text
    ended: bool  # as it should, else the stream broke off


def timeline(arrivals: Sequence[tuple[float, bytes]]) -> Timeline:
    """The reads of a stream, and its chunks; a broken one has the chunks that had come."""
    try:
        chunks = list(read_chunks(arrivals))
        ended = True
    except StreamBroken as broken:
        chunks = broken.chunks
        ended = False

    with_text = [chunk for chunk in chunks if chunk.says_something]
    tokens = [len(chunk.logprobs) if chunk.logprobs else 1 for chunk in with_text]
    return Timeline(
        at=np.array([seconds for seconds, _ in arrivals]),
        sizes=np.array([len(data) for _, data in arrivals]),
        times=np.array([chunk.at for chunk in with_text]),
        texts=tuple(chunk.text for chunk in with_text),
        tokens=np.array(tokens, dtype=np.int64),
        silent=np.array([chunk.at for chunk in chunks if not chunk.says_something]),
        ended=ended,
    )


@styled
def plot_stream(
    arrivals: Arrivals,
    whole: Annotated[float, 0] | None = None,
    title: str | None = None,
) -> Picture:
    """A stream on a clock, in three rows: the network's reads, their tokens, each delta's text.

    `arrivals`: (seconds after the request, bytes), as client.stream_bytes() gives them. A chunk
    counts its tokens if logprobs were asked for, else it counts as one. `whole`: when the same
    answer came whole, in seconds: a dashed line. A broken stream is drawn as far as it came. data:
    at and sizes (reads), times, texts and tokens (chunks with text), silent (times of chunks
    without), first (seconds, None before a token), gaps (seconds), ended, whole. ValueError if
    there are no bytes.
    """
    arrivals = list(arrivals)
    if not arrivals:
        raise ValueError("arrivals must hold at least one (seconds, bytes), got none")
    heading = title or "A stream on a clock"
    stream = timeline(arrivals)
    labels = [token_label(text, limit=16) for text in stream.texts]

    # as shares of the clock, so that the last label has room, too
    widths = COLUMN / (WIDTH - LEFT - RIGHT) * np.array([columns(label) for label in labels])
    end = max([1.04 * max(stream.at[-1], whole or 0), *(stream.times / (1 - widths))])
    lane = lanes(stream.times, end * widths, 0.012 * end)
    depth = 1 + lane.max(initial=0)

    figure, rows = _rows((READS, TOKENS, depth * LANE), end)
    y = 1 - 0.2 / figure.get_figheight()
    figure.text(LEFT / WIDTH, y, heading, fontsize=HEADING, va="center_baseline")
    _draw_reads(rows[0], stream.at, stream.sizes)
    _draw_tokens(rows[1], stream)
    _draw_texts(rows[2], stream.times, labels, lane, depth)
    if not stream.ended:
        _draw_end(rows, stream.at[-1], "the stream broke here", style.VERMILION, ":")
    if whole is not None:
        text = f"not streamed: all of it at {_seconds(whole)}"
        _draw_end(rows, whole, text, style.GREEN, "--")

    alt = f"{heading}. {_describe(stream, labels)}"
    if whole is not None:
        alt += f" Not streamed, the whole answer came after {_seconds(whole)}."
    return picture_of(
        figure,
        heading,
        alt,
        **vars(stream),
        first=stream.times[0] if len(stream.times) else None,
        gaps=np.diff(stream.times),
        whole=whole,
    )


def lanes(starts: np.ndarray, widths: np.ndarray, gap: float) -> np.ndarray:
    """The first lane, from 0, in which each label (n,) overlaps none before it, (n,).

    `starts` are in rising order; two labels of a lane are at least `gap` apart.
    """
    ends = []  # of each lane's last label
    chosen = []

    for start, width in zip(starts, widths, strict=True):
        free = [lane for lane, end in enumerate(ends) if end + gap <= start]
        if free:
            lane = free[0]
            ends[lane] = start + width
        else:
            lane = len(ends)
            ends.append(start + width)
        chosen.append(lane)

    return np.array(chosen, dtype=np.int64)


def _rows(heights: Sequence[float], end: float) -> tuple[Figure, list[Axes]]:
    """A figure with one axes per row, all on the same clock; the last one shows its scale."""
    height = TOP + sum(heights) + GAP * (len(heights) - 1) + BOTTOM
    figure = new_figure(WIDTH, height)
    figure.set_layout_engine("none")

    rows = []
    y = TOP
    for name, tall in zip(("bytes\na read", "tokens", "text"), heights, strict=True):
        bottom = 1 - (y + tall) / height
        ax = figure.add_axes((LEFT / WIDTH, bottom, 1 - (LEFT + RIGHT) / WIDTH, tall / height))
        ax.set_xlim(0, end)
        ax.tick_params(axis="x", length=0, labelbottom=False)
        ax.spines["bottom"].set_color(style.PALE)
        middle = 1 - (y + tall / 2) / height
        figure.text(0.1 / WIDTH, middle, name, fontsize=9, va="center", linespacing=1.1)
        rows.append(ax)
        y += tall + GAP

    rows[-1].tick_params(axis="x", length=3, labelbottom=True)
    rows[-1].spines["bottom"].set_color(style.GREY)
    rows[-1].set_xlabel(CLOCK)
    return figure, rows


def _draw_reads(ax: Axes, at: np.ndarray, sizes: np.ndarray) -> None:
    """A stroke per read, as high as it has bytes."""
    largest = sizes.max()
    ax.vlines(at, 0, sizes, color=style.GREY, linewidth=1.6)
    ax.set_ylim(0, 1.15 * largest)
    ax.set_yticks([largest], [f"{largest:,}"], fontsize=8)


def _draw_tokens(ax: Axes, stream: Timeline) -> None:
    """A disc per token, those of one moment above each other; a square per chunk without text."""
    stack = Counter()
    for at, count in zip(stream.times, stream.tokens, strict=True):
        heights = 0.5 + stack[at] + np.arange(count)
        ax.plot([at] * count, heights, "o", color=style.BLUE, markersize=5.5)
        stack[at] += count
    hollow = {"markerfacecolor": "none", "markeredgecolor": style.GREY}
    ax.plot(stream.silent, [0.5] * len(stream.silent), "s", markersize=5.5, **hollow)

    top = max(stack.values(), default=1)
    ax.set_ylim(0, 1.25 * top + 1.6)
    ax.set_yticks([])
    if len(stream.times):
        _draw_waits(ax, stream.times, top + 0.9)


def _draw_waits(ax: Axes, times: np.ndarray, y: float) -> None:
    """An arrow for the wait for the first token, and one for the longest wait after it."""
    text = f"first token: {_seconds(times[0])}"
    dotted = {"color": style.VERMILION, "linewidth": 1, "linestyle": ":"}
    _draw_arrow(ax, 0, times[0], y)
    ax.vlines(times[0], 0.5, y, **dotted)

    waits = np.diff(times)
    if len(waits):
        longest = int(waits.argmax())
        text += (
            f"; then one step every {_seconds(np.median(waits))} (median), "
            f"the longest {_seconds(waits[longest])}"
        )
        begin, end = times[longest : longest + 2]
        _draw_arrow(ax, begin, end, y)
        ax.vlines([begin, end], 0.5, y, **dotted)
    look = {"fontsize": 8.5, "color": style.VERMILION, "va": "bottom"}
    ax.annotate(text, (0, y + 0.3), (3, 0), textcoords="offset points", **look)


def _draw_arrow(ax: Axes, begin: float, end: float, y: float) -> None:
    look = {"arrowstyle": "<->", "color": style.VERMILION, "mutation_scale": 7}
    ax.annotate("", (end, y), (begin, y), arrowprops={**look, "shrinkA": 0, "shrinkB": 0})


def _draw_texts(
    ax: Axes, times: np.ndarray, labels: Sequence[str], lane: np.ndarray, depth: int
) -> None:
    """Each delta's text where it came, in lanes from above."""
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    ax.vlines(times, depth - lane - 0.75, depth, color=style.PALE, linewidth=0.8, zorder=0)
    for at, label, n in zip(times, labels, lane, strict=True):
        write(ax, at, depth - n - 0.5, label, fontsize=9, bbox=box)
    ax.set_ylim(0, depth)
    ax.set_yticks([])


def _draw_end(rows: Sequence[Axes], x: float, text: str, colour: str, dashes: str) -> None:
    """A line through all rows, with a text above it."""
    for ax in rows:
        ax.axvline(x, color=colour, linestyle=dashes, linewidth=1.4, zorder=0)
    rows[0].annotate(
        text,
        (x, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        fontsize=8.5,
        ha="right",
        va="bottom",
        color=colour,
    )


def _seconds(x: float) -> str:
    """A time in few characters: 0.21 s, 35 ms."""
    return f"{1000 * x:.0f} ms" if x < 0.1 else f"{x:.2f} s"


def _describe(stream: Timeline, labels: Sequence[str]) -> str:
    """The reads, the tokens, their times and the text in words."""
    text = f"{len(stream.at)} reads with {stream.sizes.sum():,} bytes in {_seconds(stream.at[-1])}."
    if labels:
        times = stream.times
        text += f" {stream.tokens.sum()} tokens in {len(times)} chunks with text; "
        text += f"the first after {_seconds(times[0])}"
        if len(times) > 1:
            text += f", then one every {_seconds(np.median(np.diff(times)))} in the median"
        text += f". The text: {' | '.join(labels)}."
    if not stream.ended:
        text += " The stream broke off."

    return text
