"""Where the tree's tokens stand in its picture: a column a token, the current path in the first
row.

Every token has its own cell (column, row), so nothing can collide; a line runs right from a token,
down in the gap before the next column, and right to the children, and no other line crosses it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from samplers.lab.plots.labels import columns, readable
from samplers.lab.stepper.step import Chance
from samplers.lab.stepper.tree import Node, Tree

START = "start"
LIMIT = 14  # columns of text a token's label may have


@dataclass(eq=False)
class Item:
    """One box of the picture: a visited token, an alternative that was not taken, or the text where
    it begins.
    """

    label: str
    kind: str  # "start", "path", "visited" or "alternative"
    chance: Chance
    node: Node | None  # None: not visited
    column: int
    children: list["Item"] = field(default_factory=list)
    row: int = 0
    hidden: int = 0  # visited tokens after it that are not drawn


@dataclass(frozen=True)
class Layout:
    """The boxes, the first one the start; x positions and widths of the columns in inches."""

    items: list[Item]
    x: list[float]
    widths: list[float]  # the widest label's
    before: int  # tokens of the path that the start box stands for
    undrawn: int  # visited tokens that are in no box


def lay_out(
    tree: Tree, alternatives: int, width: float, gap: float, measure: Callable[[str], float]
) -> Layout:
    """The part of the tree around the current token that fits into `width` inches, `gap` between
    the columns.

    `measure(label)` is a label's width in inches. Too wide, the far ends of other branches go
    first, then the beginning of the path, until the current token, one before it and what can come
    next are left.
    """
    path = tree.nodes_to(tree.now)
    low, high = 0, max(max(len(node.path) for node in tree.nodes), len(path))
    while True:
        items = _items(tree, path, low, high, alternatives)
        widths = [
            max(measure(i.label) for i in items if i.column == c)
            for c in range(items[-1].column + 1)
        ]
        x = [sum(widths[:c]) + c * gap for c in range(len(widths))]
        if x[-1] + widths[-1] <= width or (high == len(path) and low >= len(path) - 2):
            break
        if high > len(path):
            high -= 1
        else:
            low += 1
    _place(items[0], [0] * len(widths))
    drawn = sum(i.node is not None for i in items) - 1 + low
    return Layout(items, x, widths, low, len(tree.nodes) - 1 - drawn)


def _items(tree: Tree, path: list[Node], low: int, high: int, alternatives: int) -> list[Item]:
    """The boxes from the path's token `low` to depth `high`, in order of columns."""
    beginning = "…" + _tail(readable(tree.text_of(path[low])), LIMIT - 1) if low else START
    items = [Item(beginning, "start" if low == 0 else "path", Chance(1.0, 1.0), path[low], 0)]
    for item in items:  # it grows while it is walked through
        node = item.node
        if node is None:
            continue
        if low + item.column == high:
            item.hidden = _below(node)
            continue
        item.children = [_visited(tree, child, item, path) for child in node.children.values()]
        if node in path and not tree.ended(node):
            item.children += [
                Item(
                    tree.label(token, LIMIT),
                    "alternative",
                    tree.chance_of(node, token),
                    None,
                    item.column + 1,
                )
                for token in tree.best(node, alternatives, unvisited=True)
            ]
        # the path runs straight, what was not taken stands right under it, other branches below
        order = {"path": 0, "alternative": 1, "visited": 2}
        item.children.sort(key=lambda child: order[child.kind])
        items += item.children
    return items


def _visited(tree: Tree, node: Node, parent: Item, path: list[Node]) -> Item:
    kind = "path" if node in path else "visited"
    return Item(tree.label(node.token, LIMIT), kind, tree.chance(node), node, parent.column + 1)


def _below(node: Node) -> int:
    return sum(1 + _below(child) for child in node.children.values())


def _tail(text: str, limit: int) -> str:
    """The end of `text`, at most `limit` columns."""
    while columns(text) > limit:
        text = text[1:]
    return text


def _place(item: Item, free: list[int]) -> None:
    """Give rows to `item` and all below it. `free`: each column's first free row.

    The item, its first child, that one's first child … share the first row that is free in all
    their columns; then the other children follow below, those of the deepest first.
    """
    chain = [item]
    while chain[-1].children:
        chain.append(chain[-1].children[0])
    row = max(free[i.column] for i in chain)
    for i in chain:
        i.row = row
        free[i.column] = row + 1
    for i in reversed(chain):
        for child in i.children[1:]:
            _place(child, free)
