"""The tree of continuations as a picture: the current path bold in the first row, what was not
taken below it.
"""

from matplotlib.backends.backend_agg import FigureCanvasAgg

from samplers.lab.plots import style
from samplers.lab.plots.labels import number
from samplers.lab.plots.picture import Picture, picture_of
from samplers.lab.plots.style import styled
from samplers.lab.plots.tokens import page
from samplers.lab.stepper.layout import Item, Layout, lay_out
from samplers.lab.stepper.tree import Tree

WIDTH, MARGIN = 8.0, 0.12  # inches
ROW, BOX = 0.44, 0.26
GAP, TRUNK = 0.68, 0.14  # between columns; how far after a column the line turns down
TOP = 0.36
PATH = {"facecolor": "#dcebf5", "edgecolor": style.BLUE, "linewidth": 2}
NOW = {"facecolor": style.BLUE, "edgecolor": style.BLUE, "linewidth": 2}
VISITED = {"facecolor": "white", "edgecolor": style.GREY, "linewidth": 1.2}
ALTERNATIVE = {
    "facecolor": "white",
    "edgecolor": style.GREY,
    "linewidth": 0.7,
    "linestyle": (0, (4, 2)),
}
KEYS = (("now", NOW), ("its path", PATH), ("visited", VISITED), ("not taken", ALTERNATIVE))


@styled
def plot_tree(tree: Tree, alternatives: int = 3, title: str | None = None) -> Picture:
    """The tree around where one stands: visited tokens, and the `alternatives` best not taken after
    each of the path.

    On each line the probability that the token is drawn with; under it, in grey, the model's own
    where that differs. What does not fit is counted, not drawn: the path's beginning is one box, +n
    stands for n tokens further on. data: labels, kinds ("start", "path", "visited", "alternative"),
    numbers (of the nodes, None: not visited), columns and rows of the boxes, boxes (x, y, width,
    height in inches), processed and raw (probabilities), undrawn.
    """
    if isinstance(alternatives, bool) or not isinstance(alternatives, int) or alternatives < 0:
        raise ValueError(f"alternatives must be an integer >= 0, got {alternatives!r}")
    layout = lay_out(tree, alternatives, WIDTH - 2 * MARGIN - 0.4, GAP, _measure())
    rows = 1 + max(item.row for item in layout.items)
    figure, ax = page(WIDTH, TOP + rows * ROW + 0.34)
    heading = title or "The tree of continuations"
    ax.text(MARGIN, 0.22, heading, fontsize=10.5, va="center_baseline")
    if layout.undrawn:
        note = f"visited, not drawn: {layout.undrawn:,}"
        ax.text(
            WIDTH - MARGIN,
            0.22,
            note,
            fontsize=8,
            va="center_baseline",
            ha="right",
            color=style.GREY,
        )
    for item in layout.items:
        _draw_lines(ax, item, layout, tree)
    boxes = [_draw_box(ax, item, layout, item.node is tree.now) for item in layout.items]
    _draw_key(ax, TOP + rows * ROW + 0.14)
    items = layout.items
    return picture_of(
        figure, heading, _describe(tree, layout, heading), labels=tuple(i.label for i in items),
        kinds=tuple(i.kind for i in items), numbers=tuple(None if i.node is None else i.node.number for i in items),
        columns=tuple(i.column for i in items), rows=tuple(i.row for i in items), boxes=tuple(boxes),
        processed=tuple(i.chance.processed for i in items), raw=tuple(i.chance.raw for i in items),
        undrawn=layout.undrawn)  # fmt: skip


def _measure():
    """A function that measures a label's box in inches, in the fonts that will draw it."""
    figure, ax = page(1, 1)
    renderer = FigureCanvasAgg(figure).get_renderer()
    pen, known = ax.text(0, 0, "", fontsize=10), {}

    def measure(label: str) -> float:
        if label not in known:
            pen.set_text(label)
            known[label] = pen.get_window_extent(renderer).width / figure.dpi + 0.14
        return known[label]

    return measure


def _middle(item: Item) -> float:
    return TOP + item.row * ROW + ROW / 2


def _draw_lines(ax, item: Item, layout: Layout, tree: Tree) -> None:
    """From one box to its children, each line with its child's probability."""
    left = MARGIN + layout.x[item.column]
    trunk = left + layout.widths[item.column] + TRUNK
    for child in item.children:
        y, end = _middle(child), MARGIN + layout.x[child.column]
        look = {"color": style.GREY, "linewidth": 1.2, "solid_capstyle": "butt", "zorder": 0}
        if child.kind == "path":
            look |= {"color": style.BLUE, "linewidth": 2.6, "zorder": 1}
        elif child.kind == "alternative":
            look |= {"linewidth": 0.7, "linestyle": (0, (4, 2))}
        ax.plot([left, trunk, trunk, end], [_middle(item), _middle(item), y, y], **look)
        middle = (trunk + end) / 2
        gone = child.chance.processed == 0
        text, colour = (
            ("× 0", style.VERMILION) if gone else (number(child.chance.processed), style.BLACK)
        )
        ax.text(middle, y - 0.035, text, ha="center", va="bottom", fontsize=7.5, color=colour)
        raw = number(child.chance.raw)
        if raw != number(child.chance.processed):
            ax.text(middle, y + 0.045, raw, ha="center", va="top", fontsize=7, color=style.GREY)


def _draw_box(ax, item: Item, layout: Layout, now: bool) -> tuple[float, float, float, float]:
    x, y, w = MARGIN + layout.x[item.column], _middle(item) - BOX / 2, layout.widths[item.column]
    look = (
        NOW
        if now
        else {"path": PATH, "start": PATH, "visited": VISITED, "alternative": ALTERNATIVE}[
            item.kind
        ]
    )
    box = style.rounded(x, y, w, BOX, facecolor="white")
    box.set(**look, zorder=2)
    ax.add_patch(box)
    ink = "white" if now else style.GREY if item.kind == "alternative" else style.BLACK
    ax.text(
        x + w / 2,
        _middle(item),
        item.label,
        ha="center",
        va="center_baseline",
        fontsize=10,
        color=ink,
        zorder=3,
    )
    if item.hidden:
        ax.text(
            x + w + 0.05,
            _middle(item),
            f"+{item.hidden:,}",
            va="center_baseline",
            fontsize=8.5,
            color=style.GREY,
        )
    return x, y, w, BOX


def _draw_key(ax, y: float) -> None:
    x = MARGIN
    for name, look in KEYS:
        box = style.rounded(x, y - 0.07, 0.22, 0.14, facecolor="white")
        box.set(**look)
        ax.add_patch(box)
        ax.text(x + 0.28, y, name, fontsize=8, va="center_baseline", color=style.GREY)
        x += 0.46 + 0.062 * len(name)
    note = "on a line: drawn with; under it: the model's own; × 0: removed"
    ax.text(WIDTH - MARGIN, y, note, fontsize=8, va="center_baseline", ha="right", color=style.GREY)


def _listed(items: list[Item]) -> str:
    return ", ".join(
        f"{i.label} {'removed' if i.chance.processed == 0 else number(i.chance.processed)} ({number(i.chance.raw)})"
        for i in items
    )


def _describe(tree: Tree, layout: Layout, heading: str) -> str:
    """The alternative text: the path, what can come next, the other branches."""
    whole = tree.text_chance()
    text = f"{heading}. Visited tokens: {len(tree.nodes) - 1}. Each token with the probability that it is drawn with and,"
    text += " in brackets, the model's own. "
    path = [i for i in layout.items[1:] if i.kind == "path"]
    text += (
        f"The path: {layout.items[0].label}, {_listed(path)}. "
        if path
        else "It stands at the start. "
    )
    text += f"The whole text's probability: {whole.processed:.2g} ({whole.raw:.2g}). "
    for item in layout.items:
        rest = [child for child in item.children if child.kind == "alternative"]
        if rest:
            text += f"Not taken after {item.label}: {_listed(rest)}. "
    on_path = tree.nodes_to(tree.now)
    for node in tree.nodes[1:]:
        if not node.children and node not in on_path:
            text += (
                f"Another branch: {tree.text_of(node)!r} {tree.text_chance(node).processed:.2g}. "
            )
    return text + (f"Visited, not drawn: {layout.undrawn:,}." if layout.undrawn else "")
