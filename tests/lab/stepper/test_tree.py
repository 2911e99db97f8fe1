"""The tree of continuations over a bigram table, checked by hand."""

import numpy as np
import pytest
from bigram_tree import END, TABLE, WORDS, A, B, C, bigram, grow

from samplers import Distribution, SamplingParams, generate, softmax, token_counts


def test_it_starts_at_the_prompts_end():
    tree = grow()
    assert (tree.path, tree.text, tree.nodes) == ((), "", [tree.root])
    np.testing.assert_allclose(tree.current_step().distribution.probs, TABLE[A])
    assert tree.text_chance() == (1, 1)


def test_a_step_has_the_raw_logits_if_the_model_gives_them():
    """log(8) more than the logprobs; a function of ids gives logits, one of an endpoint may not."""
    tree = grow()
    logits = bigram([A]) + np.log(8)
    tree.model = lambda ids: logits
    raw = tree.current_step().distribution
    np.testing.assert_allclose(raw.logits, logits)
    np.testing.assert_allclose(raw.probs, TABLE[A])

    tree = grow(lambda ids: Distribution(tuple(WORDS), np.log(TABLE[A])))
    shown = tree.current_step().distribution
    assert not shown.raw_logits
    np.testing.assert_allclose(shown.probs, TABLE[A])


def test_a_texts_probability_is_the_product_of_its_steps():
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
    step = tree.current_step()
    assert list(step.removed) == ["top_p"]
    ids, mass = step.removed["top_p"]
    assert list(ids) == [A, END]
    np.testing.assert_allclose(mass, 1 / 4)
    np.testing.assert_allclose(step.probs, [0, 2 / 3, 1 / 3, 0])
    np.testing.assert_array_equal(step.logits, tree.processed(tree.now))


def test_the_best_stand_in_the_order_of_the_draw_then_of_the_model_then_of_the_ids():
    logits = np.array([1.0, 3, 2, 3, -np.inf, 2, 0, 2])
    tree = grow(lambda ids: logits, vocabulary=list("abcdefgh"), top_k=3)
    order = [1, 3, 2, 5, 7, 0, 6, 4]  # 1, 3 and 2 are kept
    for n in range(10):
        assert tree.best(tree.root, n) == order[:n]
    tree.pick(3)
    assert tree.best(tree.root, 3, unvisited=True) == [1, 2, 5]


def test_penalties_count_the_tokens_of_this_path_alone():
    tree = grow(frequency_penalty=1)
    tree.force(" b b b")
    tree.branch(0)
    tree.force(" b b")
    np.testing.assert_array_equal(tree.current_step().counts["penalties"], [0, 2, 0, 0])
    expected = softmax(np.log(TABLE[B]) - np.array([0, 2, 0, 0]))
    np.testing.assert_allclose(tree.current_step().probs, expected)


def test_an_engine_that_counts_the_prompt():
    tree = grow(engine="llama.cpp", prompt=(A, C), presence_penalty=1)
    tree.pick(A)
    np.testing.assert_array_equal(
        tree.current_step().counts["penalties"], token_counts([A, C, A], 4)
    )
    assert list(tree.processed(tree.now)) == list(tree.current_step().logits)


def test_steps_by_chance_alone_give_the_text_of_generate():
    settings = {"temperature": 1.3, "top_p": 0.9, "frequency_penalty": 0.2}
    for seed in range(10):
        params = SamplingParams(**settings, seed=seed, max_tokens=12)
        generation = generate(bigram, [A], params, vocabulary=WORDS, stop_tokens=[END])

        tree = grow(**settings, seed=seed)
        while len(tree.path) < 12 and not tree.ended():
            tree.step_by_chance()
        assert tree.text == generation.text


def wander(tree):
    for _ in range(20):
        if tree.ended():
            tree.branch(tree.root)
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
    tree.back()
    tree.back()
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


def test_a_removed_token_can_be_picked_by_hand():
    tree = grow(temperature=0)
    tree.pick("a")
    np.testing.assert_allclose(tree.chance(tree.now), (0, 1 / 8))


def test_parts_of_a_character_are_readable():
    tokens = ["好".encode()[:2], "好".encode()[2:], b"x"]
    tree = grow(lambda ids: np.zeros(3), (), tokens, ())
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
    actions = [
        tree.step_by_chance,
        tree.current_step,
        lambda: tree.pick(A),
        lambda: tree.force("a"),
    ]
    for action in actions:
        with pytest.raises(ValueError, match="the text has ended with <end>: go back or branch"):
            action()
    tree.back()
    tree.step_by_chance()


def test_the_model_is_called_once_for_each_text_and_only_when_needed():
    calls = []

    def model(ids):
        calls.append(tuple(ids))
        return bigram(ids)

    tree = grow(model)
    tree.force(" b b b")
    assert calls == []
    tree.text_chance()
    tree.params = tree.params.replace(temperature=2)
    tree.text_chance()
    tree.restart(1)
    tree.pick(B)
    tree.current_step()
    assert sorted(calls) == [(A,), (A, B), (A, B, B)]
