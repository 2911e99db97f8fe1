"""Exact logits and scores from the real local endpoint, against what else it and others say."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest

from samplers import SamplingParams, entropy, generate
from samplers.api import APIError, ConflictError, ConnectionFailed
from samplers.compare import predict

FRANCE = "What is the capital of France?"
ANSWER = "The capital of France is Paris."


@pytest.fixture(scope="module")
def exact(client):
    """The same client, if the endpoint's library gives the logits here."""
    if client.abilities.slow_logprobs is not None:
        pytest.skip(f"no exact logits here: {client.abilities.slow_logprobs}")
    return client


@pytest.fixture(scope="module")
def quick(exact, shallow_client):
    """A client of an endpoint that gives them sooner, of another model."""
    return shallow_client


@pytest.fixture(scope="module")
def model(exact):
    return exact.as_model(FRANCE)


def test_the_logits_are_those_of_llama_cpps_own_server(exact, bare):
    """Its answer has the default system message, which ours drops: so one is given."""
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": FRANCE}]
    here = exact.next_token(messages, top="all")
    there = bare.next_token(messages, top="all")
    assert here.raw_logits
    assert not there.raw_logits
    assert (here.tokens, here.bytes, here.ids) == (there.tokens, there.bytes, there.ids)
    assert np.abs(here.probs - there.probs).sum() / 2 < 1e-3  # it rounds


def test_threads_get_what_one_gets(quick):
    """8 threads and 25 prompts each, over one client: one question and 25 beginnings."""
    begun = [[i] for i in quick.tokenize("a b c d e f g h i j k l m n o p q r s t u v w x y").ids]

    def ask(after):
        return quick.next_token(FRANCE, "all", after)

    alone = list(map(ask, begun))
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(ask, begun * 8))
    assert len(together) == 200
    for i, one in enumerate(together):
        assert np.abs(one.probs - alone[i % 25].probs).sum() / 2 < 1e-3
    far = [np.abs(one.probs - alone[0].probs).sum() / 2 for one in alone[1:]]
    assert min(far) > 0.01  # so that no answer is another one's


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_fork_asks_over_a_connection_of_its_own(exact):
    here = exact.next_token(FRANCE, "all").logits
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.write(write, exact.next_token(FRANCE, "all").logits[:9].tobytes())
            status = 0
        finally:
            os._exit(status)
    assert np.frombuffer(os.read(read, 72)) == pytest.approx(here[:9], abs=1e-2)
    assert os.waitpid(child, 0)[1] == 0
    os.close(read)
    os.close(write)


def test_logprobs_after_the_chain_are_asked_for_where_nothing_is_taken_away(quick, start_shallow):
    """--logprobs-mode processed: the model's own probabilities, and no raw logits."""
    with start_shallow(logprobs_mode="processed") as processed:
        whole = processed.next_token(FRANCE, "all")
        assert not whole.raw_logits
        assert processed.as_model(FRANCE).raw_logits is False
    assert np.abs(whole.probs - quick.next_token(FRANCE, "all").probs).sum() / 2 < 0.05


def test_a_penalty_that_needs_raw_logits_is_the_engines_own(exact, model):
    """The chain's greedy text under a repetition penalty, step by step by hand."""
    parts = {"vocabulary": model.vocabulary, "stop_tokens": model.stop_tokens}
    params = SamplingParams(temperature=0, max_tokens=4, repetition_penalty=1.3)
    assert model.raw_logits
    written = generate(model, model.prompt, params, **parts)

    ids = []
    for _ in written.tokens:
        logits = model([*model.prompt, *ids])
        seen = sorted(set(ids))  # OpenAI's preset counts the output
        logits[seen] = np.where(logits[seen] > 0, logits[seen] / 1.3, logits[seen] * 1.3)
        ids.append(int(logits.argmax()))
    assert tuple(ids) == written.tokens

    prediction = predict(exact.next_token(FRANCE, "all"), params, "vllm", {"The": 1})
    assert prediction.low.max() == 1


def test_the_distributions_before_each_token_are_those_one_by_one(exact):
    given = exact.distributions(FRANCE, ANSWER)
    ids = exact.tokenize(ANSWER).ids
    assert len(given) == len(ids) == 7
    for place, distribution in enumerate(given):
        alone = exact.next_token(FRANCE, "all", ids[:place])
        assert distribution.raw_logits
        assert distribution.tokens is alone.tokens
        assert np.abs(distribution.probs - alone.probs).sum() / 2 < 1e-3
    assert exact.distributions(FRANCE, ids[:2])[1].logits == pytest.approx(
        given[1].logits, abs=0.05
    )


def test_a_score_is_what_its_distributions_say(exact):
    score = exact.score(ANSWER, FRANCE)
    before = exact.distributions(FRANCE, ANSWER)
    assert score.text == ANSWER
    assert score.ids == exact.tokenize(ANSWER).ids
    for place, distribution in enumerate(before):
        assert score.logprobs[place] == pytest.approx(
            distribution.logprobs[score.ids[place]], abs=1e-2
        )
        low, high = score.entropies[place]
        assert low == high == pytest.approx(entropy(distribution), abs=1e-2)
        likeliest, p = score.top[place][0]
        assert likeliest == distribution.tokens[int(distribution.logits.argmax())]
        assert p == pytest.approx(distribution.probs.max(), abs=1e-2)
    assert exact.score(score.ids, FRANCE).logprobs == pytest.approx(score.logprobs, abs=1e-2)


def test_a_raw_text_has_nothing_before_its_first_token(exact):
    text = "好 <|im_end|>"
    score = exact.score(text)
    assert score.text == text  # the mark is text
    assert score.tokens[:2] == ("⟨e5 a5⟩", "⟨bd⟩")
    assert (score.logprobs[0], score.entropies[0], score.top[0]) == (None, None, ())
    assert all(logprob < 0 for logprob in score.logprobs[1:])
    assert all(len(top) == 5 for top in score.top[1:])


def test_how_many_tokens_an_answer_may_have(exact):
    (alone,) = exact.distributions(FRANCE, "The")
    assert len(exact.distributions(FRANCE, [504] * 64)) == 64
    assert alone.vocabulary_size == 49_152
    for answer in ([504] * 65, "a " * 65):
        with pytest.raises(ValueError, match=r"answer must have 1 to 64 tokens, got \d+"):
            exact.distributions(FRANCE, answer)


@pytest.mark.parametrize("wrong", ["", [], [-1], [True], [1.5], 3, None, {"a": 1}])
def test_what_is_no_text_and_no_ids(client, wrong):
    with pytest.raises(ValueError, match="answer must be"):
        client.distributions(FRANCE, wrong)
    with pytest.raises(ValueError, match="text must be"):
        client.score(wrong)


def test_an_id_beyond_the_vocabulary(exact):
    for call in (exact.score, lambda ids: exact.distributions(FRANCE, ids)):
        with pytest.raises(APIError) as caught:
            call([49_152])
        assert caught.value.status == 400


def test_a_call_that_takes_too_long_ends_and_the_next_one_works(exact):
    with pytest.raises(ConnectionFailed):
        exact.next_token("word " * 900, "all", timeout=0.1)
    assert exact.next_token(FRANCE, "all").raw_logits


def test_a_newer_call_ends_the_older_one_of_its_name(exact):
    """The older one is begun first: its prompt takes seconds to read."""
    ended = []

    def older():
        try:
            ended.append(exact.next_token("word " * 900, "all", replaces="mine-1f5e"))
        except APIError as error:
            ended.append(error)

    thread = threading.Thread(target=older)
    thread.start()
    while thread.is_alive() and not ended:
        with suppress(ConflictError):  # it came before the older one
            assert exact.next_token(FRANCE, "all", replaces="mine-1f5e").raw_logits
    thread.join()
    assert (ended[0].status, ended[0].code) == (409, "replaced")
