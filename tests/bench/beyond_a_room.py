"""The instructor's guide on more learners than a room has: its numbers and its picture."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import fill

import matplotlib

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PICTURE = NOTEBOOKS / "many_learners.png"
GUIDE = NOTEBOOKS / "instructor.md"
HEADING = "### How many servers"
ALT = (
    "Four curves: the 95th percentile of a chat's seconds against the number of learners, for one "
    "and for four servers, of this kit and of vLLM without a GPU. Each is flat at first and then "
    "rises steeply; four servers carry many more learners than one."
)
COLUMNS = """
The p95, the 95th percentile: of 100 chats of 40 tokens, sent beside the class, 95 are answered in
this time or less. *Servers* is how many are needed for a p95 under the goal. *Too busy* says how
many times a server's speed the class asks for: the learners then wait for each other.
"""
CHECKED = """
Thirty learners on one endpoint were measured, too. The chat's p95 was {measured_chat} (simulated:
{simulated_chat}), that of the learners' own requests {measured_learners} (simulated:
{simulated_learners}). It was the endpoint with `{options}`, on {date}, on a machine with {machine}.
"""
RUSH = """
**All at once.** In [section 6 of lesson 02](02_turn_the_temperature.ipynb#cell-id=02-37) a cell
asks for twenty answers. If thirty learners run it in the same moment, these are {tokens} tokens,
and the last learner waits about {seconds} s. Say so before, or let one row of the room after the
other run it.
"""
WIDTH = 100
BLACK = "#1a1a1a"
LEARNER_TICKS = (10, 30, 100, 300, 1_000)
SECOND_TICKS = (0.5, 1, 2, 5, 10, 20, 50)
LOOKS = (
    ("#0072B2", "o", "-"),
    ("#0072B2", "s", "--"),
    ("#D55E00", "^", "-"),
    ("#D55E00", "v", "--"),
)


def table(rows: Iterable[dict]) -> Iterator[str]:
    """The page's table, line by line: p95s of a chat of 40 tokens."""
    yield "| server | learners | p95 on one server | goal | servers | p95 on these |"
    yield "|---|---:|---:|---:|---:|---:|"
    for row in rows:
        one = f"{row['one']['chat']:.1f} s" if row["one"] else f"too busy: {row['busy']:.1f} ×"
        cells = [row["server"], f"{row['learners']:,}", one, f"{row['goal']:.1f} s"]
        cells += [f"{row['servers']:,}", f"{row['p95']['chat']:.1f} s"]
        yield f"| {' | '.join(cells)} |"


def numbers(simulated: dict) -> str:
    """The part of the page that is all numbers."""
    rush = simulated["rush"]
    seconds = {
        f"{how}_{whose}": f"{p95:.1f} s"
        for how, found in simulated["at_30_learners"].items()
        for whose, p95 in found.items()
    }
    inputs = simulated["inputs"]
    texts = seconds | {name: inputs[name] for name in ("date", "machine")}
    texts["options"] = " ".join(["samplers.local", *inputs["endpoint"]])
    parts = [
        HEADING,
        "\n".join(table(simulated["rows"])),
        _filled(COLUMNS),
        f"![{ALT}]({PICTURE.name})",
        _filled(CHECKED.format_map(texts)),
        _filled(RUSH.format(tokens=f"{rush['tokens']:,}", seconds=rush["seconds"])),
    ]
    return "\n\n".join(parts) + "\n\n"


def _filled(paragraph: str) -> str:
    """Its lines filled, as the numbers in it have different lengths."""
    return fill(paragraph.strip(), WIDTH)


def fill_in(simulated: dict) -> None:
    """Puts the numbers in the place of the guide's."""
    text = GUIDE.read_text("utf-8")
    begin = text.index(HEADING)
    end = text.index("\n### ", begin) + 1
    GUIDE.write_text(text[:begin] + numbers(simulated) + text[end:], "utf-8", newline="\n")


def draw(simulated: dict) -> None:
    """The chat's p95 against learners."""
    matplotlib.use("agg")
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FixedLocator, NullLocator

    figure, axes = plt.subplots(figsize=(7.2, 4.2), layout="constrained")
    for curve, (colour, marker, dashes) in zip(simulated["curves"], LOOKS, strict=True):
        count = "one server" if curve["servers"] == 1 else f"{curve['servers']} servers"
        label = f"{curve['server']}, {count}"
        axes.plot(curve["learners"], curve["p95"], dashes, color=colour, marker=marker, label=label)
    goal = simulated["inputs"]["goal"]
    axes.axhline(goal, color=BLACK, linewidth=1, linestyle=":")
    axes.annotate(
        f"goal: {goal:.0f} s",
        (0, goal),
        (4, 3),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis, ticks in ((axes.xaxis, LEARNER_TICKS), (axes.yaxis, SECOND_TICKS)):
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_major_formatter("{x:,g}")
        axis.set_minor_locator(NullLocator())
    axes.set_xlabel("learners (simulated)")
    axes.set_ylabel("95th percentile of a chat\nof 40 tokens, in seconds")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(PICTURE, dpi=150, metadata={"Software": None})
    plt.close(figure)
