"""The tree of continuations over a bigram table by hand: chances of texts, back, branch, force,
seeds, errors.
"""

import numpy as np
import pytest

from samplers import Chain, SamplingParams, generate, softmax, token_counts
from samplers.lab import Tree

A, B, C, END = range(4)
WORDS = ["a", " b", "c", "<end>"]
TABLE = np.array([  # row: the last token; P(next): a, b, c, end
    [1 / 8, 1 / 2, 1 / 4, 1 / 8],
    [1 / 2, 1 / 4, 1 / 8, 1 / 8],
    [3 / 4, 0.0, 0.0, 1 / 4],
    [0.0, 0.0, 0.0, 1.0],
])  # fmt: skip


def bigram(ids):
    with np.errstate(divide="ignore"):
        return np.log(TABLE[ids[-1]])


def grow(
    model=bigram,
    prompt=(A,),
    vocabulary=WORDS,
    stop_tokens=(END,),
    engine="openai",
    tokenize=None,
    **params,
):
    chain = Chain.for_engine(engine)
    params = SamplingParams(**{"seed": 0, **params})
    return Tree(
        model,
        prompt,
        params,
        vocabulary=vocabulary,
        stop_tokens=stop_tokens,
        chain=chain,
        tokenize=tokenize,
    )


def test_it_starts_at_the_prompts_end():
    tree = grow()
    assert (tree.path, tree.text, tree.nodes) == ((), "", [tree.root])
    np.testing.assert_allclose(tree.at().distribution.probs, TABLE[A])
    assert tree.text_chance() == (1, 1)


def test_a_text_is_worth_the_product_of_its_steps():
    tree = grow()
    for token in (B, A, C):
        tree.pick(token)
    assert tree.text == " bac"
    np.testing.assert_allclose(tree.text_chance(), 1 / 2 * 1 / 2 * 1 / 4)


def test_processed_and_raw_differ_as_the_parameters_say():
    tree = grow(temperature=0.5)  # squares: 1/64, 16/64, 4/64, 1/64 of 22/64
    tree.pick(C)
    np.testing.assert_allclose(tree.chance(tree.now), (4 / 22, 1 / 4))
    tree.pick(A)  # 9/16 and 1/16
    np.testing.assert_allclose(tree.chance(tree.now), (9 / 10, 3 / 4))
    np.testing.assert_allclose(tree.text_chance(), (4 / 22 * 9 / 10, 1 / 4 * 3 / 4))


def test_changed_parameters_are_those_of_the_whole_tree():
    tree = grow()
    tree.pick(C)
    tree.params = tree.params.replace(top_p=0.75)  # b and c are left: 2/3 and 1/3
    np.testing.assert_allclose(tree.chance(tree.now), (1 / 3, 1 / 4))
    tree.params = tree.params.replace(top_p=0.5)  # b alone
    assert tree.chance(tree.now) == (0, 0.25)


def test_what_the_nucleus_cut():
    tree = grow(top_p=0.75)
    step = tree.at()
    assert list(step.removed) == ["top_p"]
    ids, mass = step.removed["top_p"]
    assert list(ids) == [A, END]
    np.testing.assert_allclose(mass, 1 / 4)
    np.testing.assert_allclose(step.probs, [0, 2 / 3, 1 / 3, 0])
    np.testing.assert_array_equal(step.logits, tree.processed())


def test_penalties_count_the_tokens_of_this_path_alone():
    tree = grow(frequency_penalty=1)
    tree.force(" b b b")
    tree.branch(0)
    tree.force(" b b")
    np.testing.assert_array_equal(tree.at().counts["penalties"], [0, 2, 0, 0])
    expected = softmax(np.log(TABLE[B]) - np.array([0, 2, 0, 0]))
    np.testing.assert_allclose(tree.at().probs, expected)


def test_an_engine_that_counts_the_prompt():
    tree = grow(engine="llama.cpp", prompt=(A, C), presence_penalty=1)
    tree.pick(A)
    np.testing.assert_array_equal(tree.at().counts["penalties"], token_counts([A, C, A], 4))
    assert list(tree.processed()) == list(tree.at().logits)


def test_chance_alone_gives_the_text_of_generate():
    params = SamplingParams(
        temperature=1.3, top_p=0.9, frequency_penalty=0.2, seed=7, max_tokens=12
    )
    for seed in range(10):
        made = generate(bigram, [A], params.replace(seed=seed), vocabulary=WORDS, stop_tokens=[END])
        tree = grow(temperature=1.3, top_p=0.9, frequency_penalty=0.2, seed=seed)
        while len(tree.path) < 12 and not tree.ended():
            tree.step_by_chance()
        assert tree.text == made.text


def wander(tree):
    for _ in range(20):
        if tree.ended():
            tree.back(len(tree.path))
        tree.step_by_chance()
    return [node.path for node in tree.nodes]


def test_the_same_seed_and_actions_give_the_same_tree():
    assert wander(grow(seed=3)) == wander(grow(seed=3))
    assert wander(grow(seed=3)) != wander(grow(seed=4))
    tree = grow(seed=4)
    wander(tree)
    tree.restart(3)
    assert len(tree.nodes) == 1
    assert wander(tree) == wander(grow(seed=3))


def test_back_remembers_and_the_same_token_is_the_same_node():
    tree = grow()
    first = tree.pick(B)
    tree.pick(A)
    tree.back(2)
    assert tree.now is tree.root
    assert tree.pick(" b") is first
    assert [node.path for node in tree.nodes] == [(), (B,), (B, A)]


def test_branches():
    tree = grow()
    tree.force(" b b")
    tree.branch(1)
    tree.pick(C)
    assert tree.path == (B, C)
    assert [sorted(node.children) for node in tree.nodes] == [[B], [B, C], [], []]
    tree.branch(tree.nodes[2])
    assert tree.path == (B, B)


def test_force_takes_the_tokenizers_tokens_whatever_their_probability():
    tree = grow(top_k=1)
    tree.force("ca b")
    assert tree.path == (C, A, B)
    assert tree.text_chance()[0] == 0
    np.testing.assert_allclose(tree.text_chance()[1], 1 / 4 * 3 / 4 * 1 / 2)
    other = grow(tokenize=lambda text: [C] * len(text))
    other.force("xyz")
    assert other.path == (C, C, C)


def test_the_longest_token_is_taken():
    assert grow(vocabulary=["a", "ab", "b", "c"]).ids_of("aabc") == [0, 1, 3]


def test_a_removed_token_can_be_picked_by_hand():
    tree = grow(temperature=0)
    tree.pick("a")
    np.testing.assert_allclose(tree.chance(tree.now), (0, 1 / 8))


def test_parts_of_a_character_are_readable():
    pieces = ["好".encode()[:2], "好".encode()[2:], b"x"]
    tree = grow(lambda ids: np.zeros(3), (), pieces, ())
    tree.pick(0)
    assert tree.text == "⟨e5 a5⟩"
    tree.pick(1)
    assert tree.text == "好"
    tree.back()
    tree.pick(2)
    assert tree.text == "⟨e5 a5⟩x"
    tree.restart()
    tree.force("x好")
    assert (tree.path, tree.text) == ((2, 0, 1), "x好")


def test_a_stop_token_ends_the_text():
    tree = grow()
    tree.force(" b")
    tree.pick(END)
    assert tree.ended()
    assert (tree.text, tree.path) == (" b", (B, END))
    np.testing.assert_allclose(tree.text_chance(), 1 / 16)
    for action in (tree.step_by_chance, tree.at, lambda: tree.pick(A), lambda: tree.force("a")):
        with pytest.raises(ValueError, match="the text has ended with <end>: go back or branch"):
            action()
    tree.back()
    tree.step_by_chance()


@pytest.mark.parametrize("token", [4, -1, True, 1.5, None])
def test_a_token_that_is_not_in_the_vocabulary(token):
    with pytest.raises(ValueError, match=r"token must be an id in \[0, 3\] or a token's text, got"):
        grow().pick(token)


def test_picking_a_text_that_the_tokenizer_splits():
    tree = grow()
    with pytest.raises(ValueError, match=r"splits into 2: ␣b \| c. force\(text\) takes them all"):
        tree.pick(" bc")
    assert tree.path == ()


@pytest.mark.parametrize(("text", "said"), [("a?", r"text must be .*vocabulary's tokens.* fits at '\?'"),
                                            ("", "text must be a str that is not empty, got ''")])  # fmt: skip
def test_forcing_what_cannot_be_written(text, said):
    tree = grow()
    with pytest.raises(ValueError, match=said):
        tree.force(text)
    assert tree.path == ()


def test_back_and_branch_say_their_range():
    tree = grow()
    with pytest.raises(ValueError, match="nothing to go back to"):
        tree.back()
    tree.pick(B)
    for n in (0, 2, True, 1.0):
        with pytest.raises(ValueError, match=rf"n must be an integer in \[1, 1\], got {n}"):
            tree.back(n)
    for node in (2, -1, grow().root, "root"):
        with pytest.raises(ValueError, match=r"its number in \[0, 1\], got"):
            tree.branch(node)


def test_the_model_is_asked_once_a_text_and_only_when_needed():
    asked = []

    def model(ids):
        asked.append(tuple(ids))
        return bigram(ids)

    tree = grow(model)
    tree.force(" b b b")
    assert asked == []
    tree.text_chance()
    tree.params = tree.params.replace(temperature=2)
    tree.text_chance()
    tree.restart(1)
    tree.pick(B)
    tree.at()
    assert sorted(asked) == [(A,), (A, B), (A, B, B)]


def test_a_model_that_does_not_fit_its_vocabulary():
    with pytest.raises(ValueError, match=r"shape \(5,\), got \(4,\)"):
        grow(vocabulary=[*WORDS, "d"]).at()
    with pytest.raises(ValueError, match="tokens must be ids"):
        grow(prompt=(9,))
