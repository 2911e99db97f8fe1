"""A streamed answer on a clock: the reads from the network, the tokens that they brought, and the
text.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from samplers.api import Chunk, StreamBroken, read_chunks
from samplers.lab.plots import style
from samplers.lab.plots.labels import columns, token_label
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

WIDTH, LEFT, RIGHT = 7.5, 0.85, 0.25  # inches
# inches, from above; GAP between rows
TOP, BYTES, TOKENS, LANE, BOTTOM, GAP = 0.62, 0.62, 0.95, 0.25, 0.52, 0.1
COLUMN = 0.085  # inches a half-width column of 9 pt text


def chunks_of(arrivals: list[tuple[float, bytes]]) -> tuple[list[Chunk], bool]:
    """The chunks in a stream's bytes, and whether it ended as it should; a broken stream gives what
    had come.
    """
    try:
        return list(read_chunks(arrivals)), True
    except StreamBroken as broken:
        return list(broken.chunks), False


def lanes(starts: np.ndarray, widths: np.ndarray, gap: float) -> np.ndarray:
    """For labels (n,) in rising order of their starts: the first lane, from 0, where each overlaps
    no other, (n,).
    """
    ends, chosen = [], []
    for start, width in zip(starts, widths, strict=True):
        lane = next((n for n, end in enumerate(ends) if end + gap <= start), len(ends))
        ends[lane : lane + 1] = [start + width]
        chosen.append(lane)
    return np.array(chosen, dtype=np.int64)


def draw_reads(ax, at, sizes) -> None:
    """A stroke a read, as high as it has bytes."""
    ax.vlines(at, 0, sizes, color=style.GREY, linewidth=1.6)
    ax.set_ylim(0, 1.15 * max(sizes, default=1))
    ax.set_yticks([max(sizes, default=1)], [f"{max(sizes, default=1):,}"], fontsize=8)


def draw_tokens(ax, times, tokens, silent) -> None:
    """Discs, one a token, those of one moment above each other; hollow squares where a chunk brings
    no text.
    """
    stack = Counter()
    for at, count in zip(times, tokens, strict=True):
        ax.plot(
            [at] * count,
            [0.5 + stack[at] + i for i in range(count)],
            "o",
            color=style.BLUE,
            markersize=5.5,
        )
        stack[at] += count
    ax.plot(
        silent,
        [0.5] * len(silent),
        "s",
        markerfacecolor="none",
        markeredgecolor=style.GREY,
        markersize=5.5,
    )
    top = max(stack.values(), default=1)
    ax.set_ylim(0, 1.25 * top + 1.6)
    ax.set_yticks([])
    if len(times):
        _draw_waits(ax, times, top + 0.9)


def _draw_waits(ax, times, high: float) -> None:
    """An arrow for the wait for the first token, and one for the longest wait after it."""
    waits, worst = np.diff(times), None
    words = f"first token: {_seconds(times[0])}"
    if len(waits):
        worst = int(waits.argmax())
        words += f"; then one step every {_seconds(np.median(waits))} (median), the longest {_seconds(waits[worst])}"
    for begin, end in [(0, times[0]), *([] if worst is None else [times[worst : worst + 2]])]:
        arrow = {
            "arrowstyle": "<->",
            "color": style.VERMILION,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 7,
        }
        ax.annotate("", (end, high), (begin, high), arrowprops=arrow)
        ax.vlines(
            [begin, end] if begin else end,
            0.5,
            high,
            color=style.VERMILION,
            linewidth=1,
            linestyle=":",
        )
    ax.text(0, high + 0.3, words, fontsize=8.5, color=style.VERMILION, va="bottom")


def draw_texts(ax, times, labels, lane, depth: int) -> None:
    """Each delta's text where it came, in lanes from above."""
    ax.vlines(times, depth - lane - 0.75, depth, color=style.PALE, linewidth=0.8, zorder=0)
    for at, label, n in zip(times, labels, lane, strict=True):
        ax.text(at, depth - n - 0.5, label, fontsize=9, va="center_baseline",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})  # fmt: skip
    ax.set_ylim(0, depth)
    ax.set_yticks([])


@styled
def plot_stream(arrivals: Iterable[tuple[float, bytes]], whole: float | None = None,
                title: str | None = None) -> Picture:  # fmt: skip
    """A stream on a clock, in three rows: the network's reads, the tokens that they brought, each
    delta's text.

    `arrivals`: (seconds after the request, bytes), as client.stream_bytes() gives; a chunk counts
    its tokens if logprobs were asked for, else it stands for one. `whole`: when the same answer
    came whole, in seconds, a dashed line. A broken stream is drawn as far as it came. data: at and
    sizes (reads), times, texts and tokens (chunks with text), silent (times of chunks without),
    first (seconds, None before a token), gaps (seconds), ended, whole. ValueError if there are no
    bytes.
    """
    arrivals = list(arrivals)
    if not arrivals:
        raise ValueError("arrivals must hold at least one (seconds, bytes), got none")
    chunks, ended = chunks_of(arrivals)
    saying = [chunk for chunk in chunks if chunk.says_something]
    times, silent = (
        np.array([c.at for c in some])
        for some in (saying, [c for c in chunks if not c.says_something])
    )
    tokens = np.array([len(c.logprobs or (None,)) for c in saying], dtype=np.int64)
    at, sizes = np.array([a for a, _ in arrivals]), np.array([len(data) for _, data in arrivals])
    labels = [token_label(chunk.text, limit=16) for chunk in saying]
    # shares of the clock
    widths = COLUMN / (WIDTH - LEFT - RIGHT) * np.array([columns(label) for label in labels])
    # the last label has room, too
    end = max([1.04 * max(at[-1], whole or 0), *(times / (1 - widths))])
    lane = lanes(times, end * widths, 0.012 * end)
    depth = 1 + lane.max(initial=0)
    heading = title or "A stream on a clock"
    figure, rows = _rows((BYTES, TOKENS, depth * LANE), end)
    figure.text(
        LEFT / WIDTH, 1 - 0.2 / figure.get_figheight(), heading, fontsize=10.5, va="center_baseline"
    )
    draw_reads(rows[0], at, sizes)
    draw_tokens(rows[1], times, tokens, silent)
    draw_texts(rows[2], times, labels, lane, depth)
    _draw_end(rows, at[-1], ended, whole)
    alt = _describe(heading, arrivals, times, labels, tokens, ended, whole)
    return picture_of(figure, heading, alt, at=at, sizes=sizes, times=times, texts=tuple(c.text for c in saying),
                      tokens=tokens, silent=silent, first=times[0] if len(times) else None, gaps=np.diff(times),
                      ended=ended, whole=whole)  # fmt: skip


def _rows(heights: tuple[float, ...], end: float):
    """A figure with one axes a row, all on the same clock; the last one has its scale."""
    height = TOP + sum(heights) + GAP * (len(heights) - 1) + BOTTOM
    figure, rows, y = new_figure(WIDTH, height), [], TOP
    figure.set_layout_engine("none")
    for name, tall in zip(("bytes\na read", "tokens", "text"), heights, strict=True):
        ax = figure.add_axes(
            (LEFT / WIDTH, 1 - (y + tall) / height, 1 - (LEFT + RIGHT) / WIDTH, tall / height)
        )
        ax.set_xlim(0, end)
        figure.text(
            0.1 / WIDTH, 1 - (y + tall / 2) / height, name, fontsize=9, va="center", linespacing=1.1
        )
        ax.tick_params(axis="x", length=0, labelbottom=False)
        ax.spines["bottom"].set_color(style.PALE)
        rows.append(ax)
        y += tall + GAP
    ax.tick_params(axis="x", length=3, labelbottom=True)
    ax.spines["bottom"].set_color(style.GREY)
    ax.set_xlabel(
        "seconds after the request     ● a token     □ a chunk without text (role, finish_reason, usage)"
    )
    return figure, rows


def _draw_end(rows, last: float, ended: bool, whole: float | None) -> None:
    """A line through all rows where the stream broke, and one where the whole answer came."""
    marks = [] if ended else [(last, "the stream broke here", style.VERMILION, ":")]
    marks += (
        []
        if whole is None
        else [(whole, f"not streamed: all of it at {_seconds(whole)}", style.GREEN, "--")]
    )
    for x, words, colour, line in marks:
        for ax in rows:
            ax.axvline(x, color=colour, linestyle=line, linewidth=1.4, zorder=0)
        rows[0].annotate(words, (x, 1), xycoords=("data", "axes fraction"), xytext=(0, 3), textcoords="offset points",
                         fontsize=8.5, ha="right", va="bottom", color=colour)  # fmt: skip


def _seconds(x: float) -> str:
    """A time in few characters: 0.21 s, 35 ms."""
    return f"{1000 * x:.0f} ms" if x < 0.1 else f"{x:.2f} s"


def _describe(heading, arrivals, times, labels, tokens, ended, whole) -> str:
    size, last = sum(len(data) for _, data in arrivals), arrivals[-1][0]
    alt = f"{heading}. {len(arrivals)} reads with {size:,} bytes in {_seconds(last)}."
    if len(times):
        alt += f" {tokens.sum()} tokens in {len(times)} chunks with text; the first after {_seconds(times[0])}"
        alt += (
            f", then one every {_seconds(np.median(np.diff(times)))} in the median"
            if len(times) > 1
            else ""
        )
        alt += f". The text: {' | '.join(labels)}."
    alt += "" if ended else " The stream broke off."
    return alt + (
        "" if whole is None else f" Not streamed, the whole answer came after {_seconds(whole)}."
    )
