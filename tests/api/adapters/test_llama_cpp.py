"""llama.cpp's own server, for real: its tokens and its whole distribution are those of ours.

With a system message the two templates write the same prompt, and the weights are the same.
"""

import numpy as np
import pytest

from samplers import SamplingParams, generate
from samplers.api import APIError
from samplers.compare import observe

MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Translate hello to Chinese."},
]
V = 49152


@pytest.fixture(scope="module")
def theirs(bare):
    """The whole distribution that it gives."""
    return bare.next_token(MESSAGES, top="all")


def control(whole) -> set[int]:
    """The ids of tokens that stand for no text; ours names some as <repo_name>, without bars."""
    return {i for i, name in enumerate(whole.tokens[:17]) if name.startswith("<")}


def test_it_is_recognised_with_its_slots(bare):
    known = bare.abilities
    assert (known.engine, known.top_logprobs, known.raw_logprobs) == ("llama.cpp", None, True)
    assert known.most_choices == 4  # tests/helpers/bare_llama_cpp.py
    assert str(known) == "all logprobs, raw; tokens by /tokenize"


def test_the_whole_distribution_is_that_of_our_endpoint(theirs, client):
    ours = client.next_token(MESSAGES, top="all")
    assert theirs.ids == ours.ids == tuple(range(V))
    assert theirs.tokens == ours.tokens
    differ = {i for i in range(V) if theirs.bytes[i] != ours.bytes[i]}
    assert differ <= control(theirs)
    assert theirs.bytes[2] == ours.bytes[2] == b""
    # 4-bit weights: how an engine batches a prompt moves a probability by some hundredths
    assert np.abs(theirs.probs - ours.probs).sum() / 2 < 0.1


@pytest.mark.parametrize("top", [1, 20, 300])
def test_a_list_is_the_top_of_the_whole(bare, theirs, top):
    distribution = bare.next_token(MESSAGES, top=top)
    assert len(distribution) == top
    assert (np.diff(distribution.logprobs) <= 0).all()
    assert distribution.probs == pytest.approx(np.sort(theirs.probs)[::-1][:top], abs=0.05)
    named = [(theirs.tokens[i], theirs.bytes[i]) for i in distribution.ids]
    assert named == list(zip(distribution.tokens, distribution.bytes, strict=True))
    assert distribution.vocabulary_size == V


def test_texts_and_messages_are_the_tokens_of_our_endpoint(bare, client):
    for text in ("The capital of France", "好😊 <|im_end|>", MESSAGES):
        there = bare.tokenize(text)
        here = client.tokenize(text)
        assert (there.ids, there.tokens, there.bytes) == (here.ids, here.tokens, here.bytes)
    assert there.stop_ids == here.stop_ids
    assert there.context_length == 1024  # 4096 for 4 slots


def test_an_answer_that_has_begun_goes_on(bare, client):
    begun = bare.tokenize("Hello in Chinese is").ids
    after = bare.next_token(MESSAGES, after=begun)
    assert after.bytes[0] == client.next_token(MESSAGES, after=begun).bytes[0]
    assert after.bytes[0] != bare.next_token(MESSAGES).bytes[0]


def test_generate_writes_its_own_greedy_answer(bare):
    model = bare.as_model("What is the capital of France?")
    greedy = SamplingParams(temperature=0, max_tokens=2)
    ours = generate(
        model,
        model.prompt,
        greedy,
        vocabulary=model.vocabulary,
        stop_tokens=model.stop_tokens,
    )
    theirs = bare.chat("What is the capital of France?", temperature=0, max_tokens=2)
    assert ours.text == theirs.text


def test_an_answers_distributions_are_asked_for_one_by_one(bare):
    ids = bare.tokenize("The capital").ids
    first, second = bare.distributions(MESSAGES, "The capital")
    assert len(first) == len(second) == V
    after = bare.next_token(MESSAGES, "all", ids[:1])
    assert np.abs(second.probs - after.probs).sum() / 2 < 0.05
    assert np.abs(second.probs - first.probs).sum() / 2 > 0.2


def test_it_scores_no_text(bare):
    assert not bare.abilities.scores
    with pytest.raises(APIError, match=r"client\.score works at the local endpoint") as caught:
        bare.score("The capital")
    assert caught.value.code == "unsupported"


def test_more_answers_than_slots_and_a_nucleus_of_nothing(bare):
    assert len(bare.chat("Hi", n=6, max_tokens=1).choices) == 6
    greedy = bare.chat("Hi", temperature=0, max_tokens=1).text
    answers = bare.chat("Hi", n=5, top_p=0, temperature=2, max_tokens=1).choices
    assert {choice.text for choice in answers} == {greedy}


def test_a_penalty_that_it_ignores_is_refused(bare):
    """Its own is `repeat_penalty`; a repetition_penalty changes nothing there."""
    with pytest.raises(ValueError, match="repetition_penalty must be 1 here"):
        observe(bare, "Hi", SamplingParams(repetition_penalty=1.5), 5, progress=False)


def test_what_it_refuses_is_an_error(bare):
    with pytest.raises(APIError):
        bare.next_token("x", after=[V])
