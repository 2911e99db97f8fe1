"""What the stepper says and shows of one step, without its widgets."""

import base64
import html
import io

import numpy as np
from PIL import Image

from samplers.lab.plots.bars import plot_before_after
from samplers.lab.plots.labels import columns, number, readable, signed
from samplers.lab.plots.picture import Picture
from samplers.lab.stepper.step import Step
from samplers.lab.stepper.tree import Tree

TITLE = "The next token"
BARS, CHOICES = 10, 20


def plot_step(step: Step) -> Picture:
    """The best tokens in the model's own distribution and in the one that is drawn from, with what
    was cut.
    """
    return plot_before_after(
        step.distribution, step.logits, BARS, TITLE, ("the model's own", "drawn from")
    )


def choices(tree: Tree, step: Step) -> list[tuple[str, int]]:
    """(what a menu says, token id) of the best tokens to pick from."""
    raw, processed = step.distribution.probs, step.probs
    return [
        (
            f"{tree.label(i)}   {number(processed[i]) if processed[i] else '× removed'} (model {number(raw[i])})",
            i,
        )
        for i in tree.best(tree.now, CHOICES)
    ]


def places(tree: Tree) -> list[tuple[str, int]]:
    """(what a menu says, number) of every visited node: the end of its text."""
    return [
        (f"{node.number}: {_end(readable(tree.text_of(node)), 28) or 'start'}", node.number)
        for node in tree.nodes
    ]


def _end(text: str, limit: int) -> str:
    cut = text
    while columns(cut) > limit - (cut != text):
        cut = cut[1:]
    return cut if cut == text else "…" + cut


def summary(tree: Tree, step: Step | None) -> list[str]:
    """Lines under the picture: what was cut, what the penalties count, what the text is worth."""
    lines = []
    if step is not None:
        kept = int(np.count_nonzero(step.probs))
        cuts = [
            f"{name} removed {len(ids):,} (mass {number(mass)})"
            for name, (ids, mass) in step.removed.items()
        ]
        lines += [
            f"{kept:,} of {len(step.probs):,} tokens can be drawn"
            + "".join(f"; {cut}" for cut in cuts)
            + "."
        ]
        lines += counted(tree, step)
    whole = tree.text_chance()
    size = len(tree.path)
    what = f"{size} token{'s' * (size != 1)}"
    lines += [
        f"Probability of these {what}: {whole.processed:.2g}; by the model's own {whole.raw:.2g}."
    ]
    return lines[: None if size else -1]


def counted(tree: Tree, step: Step) -> list[str]:
    """What the penalties count and subtract: one line for frequency and presence, one for
    repetition if that is on.
    """
    counts, params = step.counts["penalties"], tree.params
    lines = []
    taken = params.frequency_penalty * counts + params.presence_penalty * (counts > 0)
    lines.append(f"The penalties count {_counts(tree, counts, taken)}.")
    if params.repetition_penalty != 1:
        lines.append(f"The repetition penalty counts {_counts(tree, step.counts['repetition'])}.")
    return lines


def _counts(tree: Tree, counts: np.ndarray, taken: np.ndarray | None = None) -> str:
    order = [i for i in np.argsort(-counts, kind="stable")[:8] if counts[i]]
    listed = ", ".join(
        f"{tree.label(i)} {counts[i]}×"
        + (f" ({signed(-taken[i], 2)})" if taken is not None and taken[i] else "")
        for i in order
    )
    more = int(np.count_nonzero(counts)) - len(order)
    return (listed + (f" and {more:,} more" if more else "")) or "no token yet"


def image_tag(picture: Picture) -> str:
    """The picture as <img> with its alternative text."""
    source = f"data:image/png;base64,{base64.b64encode(picture.png).decode('ascii')}"
    look = f'width="{picture.width}" style="max-width: 100%" decoding="sync"'
    return f'<img src="{source}" alt="{html.escape(picture.alt)}" {look}>'


def stack(pictures: list[Picture], title: str) -> Picture:
    """Pictures one below the other, as one."""
    images = [Image.open(io.BytesIO(p.png)).convert("RGB") for p in pictures]
    whole = Image.new("RGB", (max(i.width for i in images), sum(i.height for i in images)), "white")
    y = 0
    for image in images:
        whole.paste(image, (0, y))
        y += image.height
    out = io.BytesIO()
    whole.save(out, "png")
    return Picture(
        out.getvalue(),
        " ".join(p.alt for p in pictures),
        title,
        width=max(p.width for p in pictures),
    )
