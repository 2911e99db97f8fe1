"""What the stepper shows of a step and of the tree, without its widgets.

`shown_of` is for the browser; the pictures are the printed form.
"""

import io

import numpy as np
from PIL import Image

from samplers.lab.plots.bars import (
    before_after,
    describe_before_after,
    plot_before_after,
    rows_of,
)
from samplers.lab.plots.labels import columns, number, readable, signed
from samplers.lab.plots.picture import Picture
from samplers.lab.stepper.layout import Item
from samplers.lab.stepper.plot import describe_tree, layout_of
from samplers.lab.stepper.step import Step
from samplers.lab.stepper.tree import Node, Tree

TITLE = "The next token"
SIDES = ("the model's own", "drawn from")
BARS = 10  # tokens in the picture
CHOICES = 20  # tokens in the menu
COUNTED = 8  # tokens that a line of counts lists
TEXT_END = 28  # columns of a text's end in the menu of visited tokens


def plot_step(step: Step) -> Picture:
    """The most probable tokens in the model's own distribution and in the one that is drawn from.

    It shows which of them were removed.
    """
    return plot_before_after(step.distribution, step.logits, BARS, TITLE, SIDES)


def shown_of(tree: Tree, step: Step | None) -> dict:
    """What `stepper.js` draws, as plain values; `step` is None after a stop token."""
    layout = layout_of(tree)
    return {
        "text": tree.text,
        "ended": tree.label(tree.now.token) if step is None else "",
        "caption": summary(tree, step),
        "sides": SIDES,
        **_bars(step),
        "tree": [_box(item, tree.now) for item in layout.items],
        "undrawn": layout.undrawn,
        "tree_alt": describe_tree(tree, layout),
    }


def _bars(step: Step | None) -> dict:
    """The rows of the picture that `plot_step` makes, and its words."""
    if step is None:
        return {"rows": [], "rows_alt": ""}
    dist = step.distribution
    data = before_after(dist, step.logits, BARS)
    tokens, rest = rows_of(dist, data)
    ids = [*data["index"].tolist(), None]  # None: all other tokens
    rows = [
        {"id": i, "name": row.label, "before": row.before, "after": row.after, "share": None}
        for i, row in zip(ids, tokens + rest, strict=False)
    ]
    return {"rows": rows, "rows_alt": describe_before_after(dist, data, TITLE, SIDES)}


def _box(item: Item, now: Node) -> dict:
    """One box of the tree; its children stand in the next column, down to the row `lowest`."""
    children = item.children
    return {
        "label": item.label,
        "kind": item.kind,
        "now": item.node is now,
        "column": item.column,
        "row": item.row,
        "leads_to": children[0].kind if children else None,  # in the same row
        "lowest": max((child.row for child in children), default=item.row),
        "processed": item.chance.processed,
        "raw": item.chance.raw,
        "hidden": item.hidden,
    }


def choices(tree: Tree, step: Step) -> list[tuple[str, int]]:
    """The menu of tokens to pick from, the best first: (text, token id)."""
    raw = step.distribution.probs
    entries = []
    for token in tree.best(tree.now, CHOICES):
        p = step.probs[token]
        processed = number(p) if p else "× removed"
        entries.append((f"{tree.label(token)}   {processed} (model {number(raw[token])})", token))
    return entries


def places(tree: Tree) -> list[tuple[str, int]]:
    """The menu of visited nodes: (number and end of its text, number)."""
    ends = [_end(readable(tree.text_of(node))) or "start" for node in tree.nodes]
    return [(f"{n}: {end}", n) for n, end in enumerate(ends)]


def _end(text: str) -> str:
    if columns(text) <= TEXT_END:
        return text
    while columns(text) > TEXT_END - 1:
        text = text[1:]
    return "…" + text


def summary(tree: Tree, step: Step | None) -> list[str]:
    """Lines under the picture: what was cut, what the penalties count, how probable the text is."""
    lines = []
    if step is not None:
        lines = [_cut_line(step), *_penalty_lines(tree, step)]
    if tree.path:
        lines.append(_text_line(tree))
    return lines


def _cut_line(step: Step) -> str:
    kept = int(np.count_nonzero(step.probs))
    parts = [f"{kept:,} of {len(step.probs):,} tokens can be drawn"]
    for stage, (ids, mass) in step.removed.items():
        parts.append(f"{stage} removed {len(ids):,} (mass {number(mass)})")
    return "; ".join(parts) + "."


def _text_line(tree: Tree) -> str:
    n = len(tree.path)
    tokens = "this token" if n == 1 else f"these {n} tokens"
    chance = tree.text_chance()
    return f"Probability of {tokens}: {chance.processed:.2g}; by the model's own {chance.raw:.2g}."


def _penalty_lines(tree: Tree, step: Step) -> list[str]:
    """What the penalties count: frequency and presence with what they subtract, repetition."""
    params = tree.params
    counts = step.counts["penalties"]
    penalty = params.frequency_penalty * counts + params.presence_penalty * (counts > 0)
    lines = [f"The penalties count {_listed(tree, counts, penalty)}."]
    if params.repetition_penalty != 1:
        counts = step.counts["repetition"]
        listed = _listed(tree, counts, np.zeros_like(counts))
        lines.append(f"The repetition penalty counts {listed}.")
    return lines


def _listed(tree: Tree, counts: np.ndarray, penalty: np.ndarray) -> str:
    """Tokens with their counts, the highest first, and with their penalties where not 0."""
    tokens = [i for i in np.argsort(-counts, kind="stable")[:COUNTED] if counts[i]]
    if not tokens:
        return "no token yet"

    entries = []
    for token in tokens:
        change = f" ({signed(-penalty[token], 2)})" if penalty[token] else ""
        entries.append(f"“{tree.label(token)}” {counts[token]}×{change}")  # it may be a comma
    more = int(np.count_nonzero(counts)) - len(tokens)
    return ", ".join(entries) + (f" and {more:,} more" if more else "")


def stack(pictures: list[Picture], title: str) -> Picture:
    """Pictures one below the other, as one."""
    images = [Image.open(io.BytesIO(picture.png)).convert("RGB") for picture in pictures]
    width = max(image.width for image in images)
    height = sum(image.height for image in images)

    whole = Image.new("RGB", (width, height), "white")
    y = 0
    for image in images:
        whole.paste(image, (0, y))
        y += image.height

    png = io.BytesIO()
    whole.save(png, "png")
    alt = " ".join(picture.alt for picture in pictures)
    css_width = max(picture.width for picture in pictures)
    return Picture(png.getvalue(), alt, title, width=css_width)
