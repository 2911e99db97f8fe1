"""The events of a Realtime session, one below the other, with their times."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

from matplotlib.axes import Axes

from samplers.lab.lessons.realtime import RealtimeEvent
from samplers.lab.plots import style
from samplers.lab.plots.labels import readable, shorten
from samplers.lab.plots.page import HEADING, page, write
from samplers.lab.plots.picture import Picture, picture_of
from samplers.lab.plots.style import styled

WIDTH = 7.4  # inches, as all lengths here
TOP = 0.75
ROW = 0.235
CLOCK = 0.62  # the right end of the seconds
OURS = 0.85  # the line of the client
THEIRS = 1.45  # the line of the endpoint
NAME = 1.6  # where an event's type begins
WORDS = 5.05  # where what it says begins
LONGEST = 30  # characters of what it says
SAYS = ("delta", "text", "transcript")  # fields that hold what was said


@dataclass(frozen=True)
class Row:
    """Events of one type that follow each other: the time of the first (seconds), how many."""

    at: float
    sent: bool
    type: str
    count: int
    words: str


@styled
def plot_events(log: Annotated[Sequence[RealtimeEvent], 1], title: str | None = None) -> Picture:
    """The events of a Realtime session: `log` is a RealtimeSession's, or a part of it.

    Arrows to the right were sent by us, arrows to the left by the endpoint. Equal events in a row
    are one line. data: types, sent, counts, times (seconds, of the first of each line).
    """
    rows = [_row(list(events)) for _, events in groupby(log, lambda e: (e.sent, e.type))]
    heading = title or "The events of a session"

    figure, ax = page(WIDTH, TOP + ROW * len(rows) + 0.12)
    write(ax, 0.1, 0.2, heading, fontsize=HEADING)
    for x, name in ((OURS, "we"), (THEIRS, "endpoint")):
        write(ax, x, 0.5, name, fontsize=8.5, color=style.GREY, ha="center")
        ax.vlines(x, TOP - 0.15, TOP + ROW * len(rows), color=style.PALE, linewidth=1)
    write(ax, CLOCK - 0.05, 0.5, "seconds", fontsize=8.5, color=style.GREY, ha="right")
    for number, row in enumerate(rows):
        _draw(ax, row, TOP + ROW * number)

    return picture_of(
        figure,
        heading,
        f"{heading}. {' '.join(map(_sentence, rows))}",
        types=tuple(row.type for row in rows),
        sent=tuple(row.sent for row in rows),
        counts=tuple(row.count for row in rows),
        times=tuple(row.at for row in rows),
    )


def _row(events: list[RealtimeEvent]) -> Row:
    first = events[0]
    words = "".join(_words(event.body) for event in events)
    return Row(first.at, first.sent, first.type, len(events), words)


def _words(body: dict) -> str:
    """What an event says: its own text, or that of the message in it."""
    own = [body[name] for name in SAYS if isinstance(body.get(name), str)]
    if own:
        return own[0]
    parts = body.get("item", {}).get("content") or []
    return "".join(part.get("text") or part.get("transcript") or "" for part in parts)


def _draw(ax: Axes, row: Row, y: float) -> None:
    colour = style.BLUE if row.sent else style.VERMILION
    start, end = (OURS, THEIRS) if row.sent else (THEIRS, OURS)
    look = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (end, y), (start, y), arrowprops=look)
    write(ax, CLOCK, y, f"{row.at:.2f}", fontsize=8, color=style.GREY, ha="right")
    times = f"  × {row.count}" if row.count > 1 else ""
    write(ax, NAME, y, row.type + times, fontsize=8.5, color=colour)
    words = " ".join(map(readable, row.words.split()))
    write(ax, WORDS, y, shorten(words, LONGEST), fontsize=8.5)


def _sentence(row: Row) -> str:
    who = "we" if row.sent else "the endpoint"
    times = f" {row.count} times" if row.count > 1 else ""
    return f"{row.at:.2f} s, {who}: {row.type}{times}."
