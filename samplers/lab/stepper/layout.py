"""Where the tree's tokens stand in its picture: one column per token, the path in the first row.

Every token has its own cell (column, row), so nothing can collide. A line runs right from a token,
down in the gap before the next column, and right to the children. No other line crosses it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from samplers.lab.plots.labels import columns, readable
from samplers.lab.stepper.step import Chance
from samplers.lab.stepper.tree import Node, Tree

START = "start"
CERTAIN = Chance(1.0, 1.0)
LIMIT = 14  # columns of text that a token's label may have
ALTERNATIVES = 3  # tokens that were not taken, shown after each token of the path
ORDER = {"path": 0, "alternative": 1, "visited": 2}  # of a token's children, from the top


@dataclass(eq=False)
class Item:
    """One box: a visited token, an alternative that was not taken, or the start."""

    label: str
    kind: str  # "start", "path", "visited" or "alternative"
    token: int | None  # id; None in the first box
    node: Node | None  # None: not visited
    column: int
    chance: Chance = CERTAIN
    children: list["Item"] = field(default_factory=list)
    row: int = 0
    hidden: int = 0  # visited tokens after it that are not drawn


@dataclass(frozen=True)
class Layout:
    """The boxes, the start first, and the columns that they stand in."""

    items: list[Item]
    x: list[float]  # each column's position, in inches
    widths: list[float]  # each column's widest label, in inches
    undrawn: int  # visited tokens that are in no box


def lay_out(tree: Tree, width: float, gap: float, measure: Callable[[str], float]) -> Layout:
    """The part of the tree around the current token that fits into `width` inches.

    Columns are `gap` inches apart; `measure(label)` is a label's width in inches. If the tree is
    too wide, the far ends of other branches are left out first, then the beginning of the path. The
    current token, the one before it and what can come next always stay.
    """
    path = tree.nodes_to(tree.now)
    alternatives = cache(lambda node: tree.best(node, ALTERNATIVES, unvisited=True))
    first = 0  # token of the path in the first box
    depth = max(len(path), *(len(node.path) for node in tree.nodes))  # of the last column's tokens
    while True:
        items = _items(tree, path, alternatives, first, depth)
        widths = _column_widths(items, measure)
        x = [sum(widths[:column]) + column * gap for column in range(len(widths))]
        fits = x[-1] + widths[-1] <= width
        if fits or (depth == len(path) and first >= len(path) - 2):
            break
        if depth > len(path):
            depth -= 1
        else:
            first += 1

    _place(items[0], [0] * len(widths))
    for item in items:
        for child in item.children:
            child.chance = tree.chance_of(item.node, child.token)
    drawn = first + sum(item.node is not None for item in items) - 1
    return Layout(items, x, widths, undrawn=len(tree.nodes) - 1 - drawn)


def _column_widths(items: list[Item], measure: Callable[[str], float]) -> list[float]:
    widths = [0.0] * (items[-1].column + 1)
    for item in items:
        widths[item.column] = max(widths[item.column], measure(item.label))
    return widths


def _items(
    tree: Tree, path: list[Node], alternatives: Callable, first: int, depth: int
) -> list[Item]:
    """The boxes from token `first` of the path to tokens at `depth`, in the order of columns."""
    items = [_first_item(tree, path, first)]
    for item in items:  # the list grows during the loop
        if item.node is None:
            continue
        if first + item.column == depth:
            item.hidden = _count_below(item.node)
            continue
        item.children = [_visited(tree, n, item, path) for n in item.node.children.values()]
        if item.node in path and not tree.ended(item.node):
            item.children += [_alternative(tree, t, item) for t in alternatives(item.node)]
        item.children.sort(key=lambda child: ORDER[child.kind])
        items += item.children
    return items


def _first_item(tree: Tree, path: list[Node], first: int) -> Item:
    """The start, or one box for the beginning of the path."""
    if first == 0:
        return Item(START, "start", None, path[0], column=0)
    beginning = readable(tree.text_of(path[first]))
    return Item("…" + _tail(beginning, LIMIT - 1), "path", None, path[first], column=0)


def _visited(tree: Tree, node: Node, parent: Item, path: list[Node]) -> Item:
    kind = "path" if node in path else "visited"
    return Item(tree.label(node.token, LIMIT), kind, node.token, node, parent.column + 1)


def _alternative(tree: Tree, token: int, parent: Item) -> Item:
    return Item(tree.label(token, LIMIT), "alternative", token, None, parent.column + 1)


def _count_below(node: Node) -> int:
    return sum(1 + _count_below(child) for child in node.children.values())


def _tail(text: str, limit: int) -> str:
    """The end of `text`, at most `limit` columns wide."""
    while columns(text) > limit:
        text = text[1:]
    return text


def _place(item: Item, free: list[int]) -> None:
    """Give rows to `item` and to all below it. `free`: each column's first free row.

    The item, its first child, the first child of that one and so on share a row, the first that is
    free in all their columns. The other children follow below, those of the deepest item first.
    """
    line = [item]
    while line[-1].children:
        line.append(line[-1].children[0])

    row = max(free[member.column] for member in line)
    for member in line:
        member.row = row
        free[member.column] = row + 1
    for member in reversed(line):
        for child in member.children[1:]:
            _place(child, free)
