"""The client on the real local endpoint: every method, and the endpoint's errors."""

import math
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from samplers import SamplingParams, generate
from samplers.api import APIError, AuthenticationError, Client, Usage

FRANCE = "What is the capital of France?"
V = 49_152


@pytest.fixture(scope="module")
def whole(client):
    """The model's distribution over its whole vocabulary: one takes half a second."""
    return client.next_token(FRANCE, top="all")


@pytest.fixture(scope="module")
def model(client):
    return client.as_model(FRANCE)


def test_models(client):
    assert client.models() == ["smollm2-135m-instruct", "smollm2-135m-instruct-reasoning"]


def test_chat(client):
    answer = client.chat(FRANCE, temperature=0, max_tokens=8)
    assert answer.text.strip()
    assert answer.finish_reason in ("stop", "length")
    assert answer.model == "smollm2-135m-instruct"
    usage = answer.usage
    assert usage == Usage(**vars(usage))
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert answer.raw["object"] == "chat.completion"
    assert answer.logprobs is None


def test_a_short_prompt_is_cached_by_the_engine_and_not_billed_so(client):
    client.chat(FRANCE, max_tokens=1)
    again = client.chat(FRANCE, max_tokens=1).usage
    assert (again.engine_cached_tokens, again.cached_tokens) == (again.prompt_tokens - 1, 0)
    last = list(client.stream(FRANCE, max_tokens=1, stream_options={"include_usage": True}))[-1]
    assert last.usage.engine_cached_tokens == again.engine_cached_tokens


def test_a_str_is_one_user_message(client):
    greedy = {"temperature": 0, "max_tokens": 9}
    messages = [{"role": "user", "content": FRANCE}]
    assert client.chat(FRANCE, **greedy).text == client.chat(messages, **greedy).text


def test_n_choices_in_order(shallow_client):
    answer = shallow_client.chat("Name a fruit.", n=3, temperature=2, max_tokens=5, seed=1)
    assert [c.index for c in answer.choices] == [0, 1, 2]
    assert answer.text == answer.choices[0].text


def test_logprobs_of_an_answer_spell_its_text(client):
    params = {"temperature": 0, "max_tokens": 16, "logprobs": True, "top_logprobs": 3}
    answer = client.chat("Write 好 and 🎈.", **params)
    text = b"".join(t.bytes for t in answer.logprobs).decode(errors="replace")
    assert text.startswith(answer.text[:20])
    assert all(len(t.top) == 3 and t.logprob <= t.top[0].logprob + 1e-6 for t in answer.logprobs)


def test_a_stream_is_the_answer_in_pieces(shallow_client):
    greedy = {"temperature": 0, "max_tokens": 12}
    chunks = list(shallow_client.stream(FRANCE, **greedy, stream_options={"include_usage": True}))
    whole = shallow_client.chat(FRANCE, **greedy)
    assert "".join(c.text for c in chunks) == whole.text
    assert [c.finish_reason for c in chunks if c.finish_reason] == [whole.finish_reason]
    assert chunks[0].role == "assistant"
    usage = chunks[-1].usage
    assert usage.prompt_tokens == whole.usage.prompt_tokens
    assert usage.completion_tokens == whole.usage.completion_tokens


def test_a_closed_stream_frees_the_endpoint(client):
    start = time.monotonic()
    for _ in range(6):  # more than the engine has slots: each would take seconds if it went on
        stream = client.stream("Count to a thousand.", max_tokens=1500, logit_bias={"2": -100})
        next(stream)
        next(stream)
        stream.close()
    assert client.chat("Hi", max_tokens=1).usage.completion_tokens == 1
    assert time.monotonic() - start < 8


def test_a_client_serves_threads(shallow_client):
    def chat(_):
        return shallow_client.chat("Say hi.", temperature=0, max_tokens=4).text

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(chat, range(8)))
    assert len(answers) == 1


def test_tokenize_a_text(client):
    tokens = client.tokenize("The capital")
    assert tokens.tokens == ("The", "␣capital")
    assert len(tokens) == len(tokens.ids) == 2
    assert tokens.ids[0] == 504

    good = client.tokenize("好")  # two tokens, neither of them whole UTF-8
    assert good.tokens == ("⟨e5 a5⟩", "⟨bd⟩")
    assert b"".join(good.bytes) == "好".encode()
    assert good.vocabulary_size == V


def test_tokenize_messages_counts_as_usage_does(client):
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": FRANCE}]
    usage = client.chat(messages, max_tokens=1).usage
    assert len(client.tokenize(messages)) == usage.prompt_tokens


def test_next_token_top_20_and_all_agree(client, whole):
    top = client.next_token(FRANCE)
    assert len(top) == 20
    assert top.vocabulary_size in (None, V)
    assert (np.diff(top.logprobs) <= 0).all()
    assert 0 < top.unseen < 1
    assert top.probs.sum() + top.unseen == pytest.approx(1, abs=1e-3)

    assert len(whole) == whole.vocabulary_size == V
    assert whole.ids == tuple(range(V))
    assert whole.unseen == 0
    assert whole.probs.sum() == pytest.approx(1, abs=2e-3)

    for token, token_bytes, p in zip(top.tokens, top.bytes, top.probs, strict=True):
        token_id = whole.bytes.index(token_bytes)
        assert whole.tokens[token_id] == token
        # the engine rounds differently from one batch to the next
        assert whole.probs[token_id] == pytest.approx(p, abs=0.05)


def test_next_token_between_20_and_all(client):
    distribution = client.next_token(FRANCE, top=1000)
    assert len(distribution) == 1000
    assert distribution.unseen < client.next_token(FRANCE, top=20).unseen


def test_ids_of_a_full_distribution_are_the_tokenizers(client, whole):
    tokens = client.tokenize("The best thing about rainy days is")
    assert [whole.bytes[i] for i in tokens.ids] == list(tokens.bytes)


def test_after_continues_an_answer_that_has_begun(client):
    ids = client.tokenize("The capital of France is").ids
    after = client.next_token(FRANCE, top="all", after=ids)
    assert after.tokens[int(np.argmax(after.logprobs))] == "␣Paris"
    assert client.next_token(FRANCE, top=5, after=list(ids)).tokens[0] == "␣Paris"


def test_as_model_drives_generate_to_the_endpoints_own_greedy_answer(client, model):
    assert len(model.vocabulary) == V
    assert model.prompt == client.tokenize([{"role": "user", "content": FRANCE}]).ids

    params = SamplingParams(temperature=0, max_tokens=3)
    tokens = {"vocabulary": model.vocabulary, "stop_tokens": model.stop_tokens}
    ours = generate(model, model.prompt, params, **tokens)
    assert ours.text == client.chat(FRANCE, temperature=0, max_tokens=3).text


def test_as_model_requires_its_own_prompt_first(model):
    with pytest.raises(ValueError, match=r"ids must begin with the \d+ ids of .prompt"):
        model([1, 2, 3])


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"temperature": 3}, "temperature"),
        ({"top_p": -1}, "top_p"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"n": 0}, "n"),
    ],
)
def test_what_the_endpoint_refuses_is_named(client, params, param):
    for call in (lambda: client.chat("x", **params), lambda: list(client.stream("x", **params))):
        with pytest.raises(APIError) as caught:
            call()
        assert caught.value.status == 400
        assert caught.value.param == param


def test_an_unknown_model(client):
    with pytest.raises(APIError, match=r"client\.models\(\)") as caught:
        client.chat("x", model="gpt-9")
    assert (caught.value.status, caught.value.code) == (404, "model_not_found")


@pytest.mark.parametrize("key", [None, "wrong"])
def test_no_key_or_a_wrong_one(client, key):
    with pytest.raises(AuthenticationError) as caught:
        Client(client.base_url, key, client.model).chat("x")
    assert caught.value.status == 401


def test_a_prompt_longer_than_the_context(client):
    with pytest.raises(APIError) as caught:
        client.chat("word " * 20_000)
    assert caught.value.code == "context_length_exceeded"


def test_an_id_beyond_the_vocabulary(client):
    with pytest.raises(APIError) as caught:
        client.next_token("x", after=[V])
    assert caught.value.status == 400


def test_no_logprob_is_a_sentinel(whole):
    logprobs = whole.logprobs
    assert ((logprobs > -9999) | (logprobs == -math.inf)).all()
