"""What a tree of continuations refuses: each error names what is wrong, and nothing changes."""

import numpy as np
import pytest
from bigram_tree import WORDS, A, B, bigram, grow

from samplers import Distribution


@pytest.mark.parametrize("token", [4, -1, True, 1.5, None])
def test_a_token_that_is_not_in_the_vocabulary(token):
    with pytest.raises(ValueError, match=r"token must be an id in \[0, 3\] or a token's text, got"):
        grow().pick(token)


def test_picking_a_text_that_the_tokenizer_splits():
    tree = grow()
    with pytest.raises(ValueError, match=r"splits into 2: ␣b \| c. force\(text\) takes them all"):
        tree.pick(" bc")
    assert tree.path == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a?", r"text must be .*vocabulary's tokens.* fits at '\?'"),
        ("", "text must be a str that is not empty, got ''"),
    ],
)
def test_forcing_what_cannot_be_written(text, message):
    tree = grow()
    with pytest.raises(ValueError, match=message):
        tree.force(text)
    assert tree.path == ()


def test_back_and_branch_name_what_is_wrong():
    tree = grow()
    with pytest.raises(ValueError, match="nothing to go back to"):
        tree.back()
    tree.pick(B)
    for node in (2, -1, grow().root, "root"):
        with pytest.raises(ValueError, match=r"its number in \[0, 1\], got"):
            tree.branch(node)


def test_a_model_that_does_not_fit_its_vocabulary():
    with pytest.raises(ValueError, match=r"shape \(5,\), got \(4,\)"):
        grow(vocabulary=[*WORDS, "d"]).current_step()
    with pytest.raises(ValueError, match="tokens must be ids"):
        grow(prompt=(9,))


def test_what_is_no_node_and_no_token_of_the_tree():
    tree = grow()
    for node in (None, 0, "a"):
        for ask in (tree.logits, tree.processed, tree.text_of, lambda n: tree.best(n, 1)):
            with pytest.raises(ValueError, match="node must be a node of this tree, got"):
                ask(node)
    for token in (-1, 10**6, 0.5, True, None):
        for ask in (tree.label, lambda t: tree.chance_of(tree.root, t), tree.pick):
            with pytest.raises(ValueError, match=r"token must be an id in \[0, "):
                ask(token)
    for n in (-1, 0.5, True, None):
        with pytest.raises(ValueError, match="n must be an integer >= 0, got"):
            tree.best(tree.root, n)


def test_a_repetition_penalty_needs_raw_logits():
    class Endpoint:
        raw_logits = False

        def __call__(self, ids):
            return bigram(ids)

    with pytest.raises(ValueError, match=r"repetition_penalty must be 1 here, got 1\.5"):
        grow(Endpoint(), repetition_penalty=1.5)
    tree = grow(Endpoint())
    with pytest.raises(ValueError, match=r"repetition_penalty must be 1 here, got 1\.5"):
        tree.params = tree.params.replace(repetition_penalty=1.5)
    assert tree.params.repetition_penalty == 1

    given = Distribution(("a", "b", "c", "d"), np.log([0.5, 0.25, 0.125, 0.125]))
    tree = grow(lambda ids: given)
    assert tree.best(tree.now, 2) == [A, B]
    tree.params = tree.params.replace(repetition_penalty=1.5)
    with pytest.raises(ValueError, match=r"repetition_penalty must be 1 here, got 1\.5"):
        tree.best(tree.now, 1)

    # one's own function of ids is asked for its logits: half of "a" after an "a"
    own = grow(lambda ids: np.array([2.0, 1.5, 0.0, 0.0]), engine="vllm", repetition_penalty=2)
    assert own.best(own.now, 1) == [B]
