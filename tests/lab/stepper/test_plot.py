"""The tree's picture: nothing collides or is cut off, and its numbers are the tree's."""

import io
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from samplers import SamplingParams
from samplers.lab import Tree, plot_tree
from samplers.lab.plots.picture import Picture
from samplers.lab.plots.style import styled
from samplers.lab.stepper.layout import lay_out
from samplers.lab.stepper.plot import label_measure

WORDS = ["a", " b", " 好", " WWWWWWMMMM", " characteristically", "<end>", "\n", b"\xe4\xbd"]
TABLE = np.random.default_rng(0).normal(0, 1.5, (len(WORDS), len(WORDS)))


def model(ids):
    return TABLE[ids[-1]]


def wandered(steps, seed):
    """A tree after random moves: many branches, long ones, stop tokens."""
    params = SamplingParams(seed=seed, temperature=1.5)
    tree = Tree(model, [0], params, vocabulary=WORDS, stop_tokens=[5])
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        if tree.ended() or rng.random() < 0.15:
            tree.branch(int(rng.integers(len(tree.nodes))))
        if not tree.ended():
            tree.step_by_chance()
    return tree


TREES = [pytest.param(wandered(n, n), id=f"{n} steps") for n in (0, 1, 4, 12, 30, 60)]


def apart(one, other):
    x, y, width, height = one
    u, v, other_width, other_height = other
    return x + width < u or u + other_width < x or y + height < v or v + other_height < y


@pytest.mark.parametrize("tree", TREES)
def test_boxes_do_not_collide_and_none_is_cut_off(tree):
    picture = plot_tree(tree)
    boxes = picture.data["boxes"]
    assert all(apart(*pair) for pair in combinations(boxes, 2))
    with Image.open(io.BytesIO(picture.png)) as image:
        width, height = (side / 192 for side in image.size)
    assert all(x > 0 and y > 0 and x + w < width and y + h < height for x, y, w, h in boxes)


@pytest.mark.parametrize("tree", TREES)
@styled
def test_every_label_fits_its_box(tree):
    measure = label_measure()
    data = plot_tree(tree).data
    for label, (_, _, width, _) in zip(data["labels"], data["boxes"], strict=True):
        assert measure(label) <= width + 1e-9


@pytest.mark.parametrize("tree", TREES)
def test_lines_do_not_cross(tree):
    """In the gap after a column, no line to the right starts beside another parent's trunk."""
    items = lay_out(tree, 7.0, 0.6, lambda label: 0.1 * len(label)).items
    parents = [item for item in items if item.children]
    for one, other in combinations(parents, 2):
        if one.column == other.column:
            up, down = sorted((one, other), key=lambda item: item.row)
            assert max(child.row for child in up.children) < down.row
            assert all(child.row >= down.row for child in down.children)


@pytest.mark.parametrize("tree", TREES)
def test_the_path_runs_straight_and_ends_where_one_stands(tree):
    data = plot_tree(tree).data
    on_path = [i for i, kind in enumerate(data["kinds"]) if kind in ("start", "path")]
    assert {data["rows"][i] for i in on_path} == {0}
    assert data["numbers"][on_path[-1]] == tree.now.number


def test_the_probabilities_are_the_trees():
    tree = wandered(12, 3)
    tree.params = tree.params.replace(top_p=0.6)
    data = plot_tree(tree).data
    chances = zip(data["processed"], data["raw"], strict=True)
    for number, kind, chance in zip(data["numbers"], data["kinds"], chances, strict=True):
        if number is not None and kind != "start":
            assert chance == tree.chance(tree.nodes[number])
    assert 0 in data["processed"]


def test_alternatives_are_the_best_that_were_not_taken():
    tree = Tree(model, [0], vocabulary=WORDS)
    best = [int(i) for i in np.argsort(-TABLE[0])]
    tree.pick(best[1])
    tree.back()
    data = plot_tree(tree).data
    shown = [best[0], best[2], best[3], best[1]]
    assert data["labels"] == ("start", *(tree.label(i, 14) for i in shown))
    assert data["kinds"] == ("start", "alternative", "alternative", "alternative", "visited")


def test_what_is_not_drawn_is_counted():
    tree = Tree(model, [0], vocabulary=WORDS, tokenize=lambda text: [1] * len(text))
    tree.force("x" * 30)
    tree.branch(0)
    tree.pick(2)
    picture = plot_tree(tree)
    drawn = sum(kind == "visited" for kind in picture.data["kinds"])
    assert picture.data["undrawn"] == 30 - drawn > 0
    assert f"Visited, not drawn: {30 - drawn}." in picture.alt
    tree.branch(30)
    data = plot_tree(tree).data
    assert data["labels"][0].startswith("…")
    assert data["undrawn"] == 1  # the branch at the start


def test_it_is_a_picture_with_alternative_text():
    tree = Tree(model, [0], vocabulary=WORDS)
    tree.force(" 好a")
    picture = plot_tree(tree)
    assert isinstance(picture, Picture)
    assert picture.title == "The tree of continuations"
    first, second = (f"{tree.chance(node).raw:.3f}" for node in tree.nodes[1:])
    assert f"The path: start, ␣好 {first} ({first}), a {second} ({second})." in picture.alt
