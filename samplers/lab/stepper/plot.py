"""The tree of continuations as a picture: the current path is bold and in the first row."""

from collections.abc import Callable, Iterable

from samplers.lab.plots import style
from samplers.lab.plots.labels import number
from samplers.lab.plots.page import page, text_ruler
from samplers.lab.plots.picture import Picture, picture_of
from samplers.lab.plots.style import styled
from samplers.lab.stepper.layout import Item, Layout, lay_out
from samplers.lab.stepper.tree import Tree

HEADING = "The tree of continuations"
WIDTH, MARGIN = 8.0, 0.12  # inches, as all lengths here
ROW, BOX = 0.44, 0.26  # heights
GAP = 0.68  # between columns
TRUNK = 0.14  # from a column to where its line turns down
TOP = 0.36

DASHED = {"linewidth": 0.7, "linestyle": (0, (4, 2))}
PATH = {"facecolor": "#dcebf5", "edgecolor": style.BLUE, "linewidth": 2}
NOW = {"facecolor": style.BLUE, "edgecolor": style.BLUE, "linewidth": 2}
VISITED = {"facecolor": "white", "edgecolor": style.GREY, "linewidth": 1.2}
ALTERNATIVE = {"facecolor": "white", "edgecolor": style.GREY, **DASHED}
BOXES = {"path": PATH, "start": PATH, "visited": VISITED, "alternative": ALTERNATIVE}

LINE = {"color": style.GREY, "linewidth": 1.2, "solid_capstyle": "butt", "zorder": 0}
LINES = {
    "path": LINE | {"color": style.BLUE, "linewidth": 2.6, "zorder": 1},
    "visited": LINE,
    "alternative": LINE | DASHED,
}


@styled
def plot_tree(tree: Tree) -> Picture:
    """The tree around the current token: visited tokens, and the best that were not taken.

    On each line stands the probability that the token is drawn with. The model's own stands under
    it, in grey, where it differs. What does not fit is counted instead of drawn: one box stands for
    the path's beginning, and +n for n further tokens. data: labels, kinds ("start", "path",
    "visited", "alternative"), numbers (of the nodes, None: not visited), columns and rows of the
    boxes, boxes (x, y, width, height in inches), processed and raw (probabilities), undrawn.
    """
    layout = layout_of(tree)
    items = layout.items
    bottom = TOP + (1 + max(item.row for item in items)) * ROW

    figure, ax = page(WIDTH, bottom + 0.34)
    ax.text(MARGIN, 0.22, HEADING, fontsize=10.5, va="center_baseline")
    if layout.undrawn:
        _draw_note(ax, 0.22, f"visited, not drawn: {layout.undrawn:,}")
    for item in items:
        _draw_lines(ax, item, layout)
    boxes = [_draw_box(ax, item, layout, item.node is tree.now) for item in items]
    _draw_key(ax, bottom + 0.14)

    return picture_of(
        figure,
        HEADING,
        describe_tree(tree, layout),
        labels=tuple(item.label for item in items),
        kinds=tuple(item.kind for item in items),
        numbers=tuple(None if item.node is None else item.node.number for item in items),
        columns=tuple(item.column for item in items),
        rows=tuple(item.row for item in items),
        boxes=tuple(boxes),
        processed=tuple(item.chance.processed for item in items),
        raw=tuple(item.chance.raw for item in items),
        undrawn=layout.undrawn,
    )


@styled
def layout_of(tree: Tree) -> Layout:
    """The boxes of `plot_tree`, which fit into its width."""
    return lay_out(tree, WIDTH - 2 * MARGIN - 0.4, GAP, label_measure())


def label_measure() -> Callable[[str], float]:
    """A function that measures the box of a label in inches, in the fonts that will draw it."""
    width_of = text_ruler()
    return lambda label: width_of(label, 10) + 0.14


def _left(item: Item, layout: Layout) -> float:
    return MARGIN + layout.x[item.column]


def _middle(item: Item) -> float:
    return TOP + item.row * ROW + ROW / 2


def _draw_note(ax, y: float, text: str) -> None:
    """A line of small grey text that ends at the right margin."""
    small = {"fontsize": 8, "color": style.GREY}
    ax.text(WIDTH - MARGIN, y, text, ha="right", va="center_baseline", **small)


def _draw_lines(ax, item: Item, layout: Layout) -> None:
    """From one box to its children, each line with its child's probability."""
    left = _left(item, layout)
    trunk = left + layout.widths[item.column] + TRUNK
    for child in item.children:
        y = _middle(child)
        end = _left(child, layout)
        corners = [_middle(item), _middle(item), y, y]
        ax.plot([left, trunk, trunk, end], corners, **LINES[child.kind])
        _draw_chance(ax, (trunk + end) / 2, y, child)


def _draw_chance(ax, x: float, y: float, item: Item) -> None:
    """The probability to be drawn above a line, and below it the model's own where that differs."""
    processed = number(item.chance.processed)
    raw = number(item.chance.raw)
    text, colour = processed, style.BLACK
    if item.chance.processed == 0:
        text, colour = "× 0", style.VERMILION
    ax.text(x, y - 0.035, text, ha="center", va="bottom", fontsize=7.5, color=colour)
    if raw != processed:
        ax.text(x, y + 0.045, raw, ha="center", va="top", fontsize=7, color=style.GREY)


def _draw_box(ax, item: Item, layout: Layout, now: bool) -> tuple[float, float, float, float]:
    """Draw an item's box; returns (x, y, width, height)."""
    x = _left(item, layout)
    y = _middle(item)
    width = layout.widths[item.column]
    box = style.rounded(x, y - BOX / 2, width, BOX, facecolor="white")
    box.set(**(NOW if now else BOXES[item.kind]), zorder=2)
    ax.add_patch(box)

    ink = style.GREY if item.kind == "alternative" else style.BLACK
    if now:
        ink = "white"
    centred = {"ha": "center", "va": "center_baseline"}
    ax.text(x + width / 2, y, item.label, fontsize=10, color=ink, zorder=3, **centred)
    if item.hidden:
        small = {"fontsize": 8.5, "color": style.GREY}
        ax.text(x + width + 0.05, y, f"+{item.hidden:,}", va="center_baseline", **small)
    return x, y - BOX / 2, width, BOX


def _draw_key(ax, y: float) -> None:
    keys = {"now": NOW, "its path": PATH, "visited": VISITED, "not taken": ALTERNATIVE}
    x = MARGIN
    for name, box_style in keys.items():
        box = style.rounded(x, y - 0.07, 0.22, 0.14, facecolor="white")
        box.set(**box_style)
        ax.add_patch(box)
        ax.text(x + 0.28, y, name, fontsize=8, va="center_baseline", color=style.GREY)
        x += 0.46 + 0.062 * len(name)
    _draw_note(ax, y, "on a line: drawn with; under it: the model's own; × 0: removed")


def describe_tree(tree: Tree, layout: Layout) -> str:
    """The picture's alternative text: the path, what can come next, the other branches."""
    start, *others = layout.items
    path = [item for item in others if item.kind == "path"]
    chance = tree.text_chance()
    sentences = [
        f"{HEADING}.",
        f"Visited tokens: {len(tree.nodes) - 1}.",
        "Each token with the probability that it is drawn with and, in brackets, the model's own.",
        f"The path: {start.label}, {_listed(path)}." if path else "It stands at the start.",
        f"The whole text's probability: {chance.processed:.2g} ({chance.raw:.2g}).",
        *_not_taken(layout),
        *_other_branches(tree),
    ]
    if layout.undrawn:
        sentences.append(f"Visited, not drawn: {layout.undrawn:,}.")

    return " ".join(sentences)


def _not_taken(layout: Layout) -> Iterable[str]:
    for item in layout.items:
        alternatives = [child for child in item.children if child.kind == "alternative"]
        if alternatives:
            yield f"Not taken after {item.label}: {_listed(alternatives)}."


def _other_branches(tree: Tree) -> Iterable[str]:
    path = tree.nodes_to(tree.now)
    for node in tree.nodes[1:]:
        if not node.children and node not in path:
            chance = tree.text_chance(node).processed
            yield f"Another branch: {tree.text_of(node)!r} {chance:.2g}."


def _listed(items: list[Item]) -> str:
    return ", ".join(f"{item.label} {_in_words(item)}" for item in items)


def _in_words(item: Item) -> str:
    chance = item.chance
    processed = "removed" if chance.processed == 0 else number(chance.processed)
    return f"{processed} ({number(chance.raw)})"
