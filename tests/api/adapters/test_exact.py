"""Our endpoint's logits in bytes: what an honest one never sends, and older ones.

The real one is asked in test_exact_live.py.
"""

import base64

import httpx
import numpy as np
import pytest
from exact_endpoint import LOGITS, TOKENS, ExactEndpoint
from fake_endpoint import fake

from samplers import SamplingParams, generate
from samplers.api import APIError

NAMES = ("a", "␣b", "⟨e5 a5⟩", "⟨bd⟩", "c", "<|end|>")


@pytest.fixture
def endpoint():
    return ExactEndpoint()


def packed(values) -> str:
    return base64.b64encode(np.array(values, "<f4").tobytes()).decode()


def test_a_row_is_the_models_raw_logits_over_the_vocabulary(endpoint):
    whole = fake(endpoint).next_token("x", top="all")
    assert whole.tokens == NAMES
    assert whole.bytes == tuple(TOKENS)
    assert whole.ids == tuple(range(6))
    assert (whole.unseen, whole.vocabulary_size) == (0, 6)
    assert whole.raw_logits
    np.testing.assert_allclose(whole.logits, LOGITS, rtol=1e-12)
    np.testing.assert_allclose(whole.probs.sum(), 1)
    assert endpoint.compact[0]["temperature"] == 0


def test_the_vocabulary_comes_once_and_its_names_are_shared(endpoint):
    client = fake(endpoint)
    first, *others = [client.next_token("x", "all") for _ in range(4)]
    assert all(other.tokens is first.tokens for other in others)
    # before the first answer says which weights it is of, and once more to be sure
    assert endpoint.paths.count("/v1/samplers/vocabulary") == 2
    assert endpoint.paths.count("/v1/chat/completions") == 4


def test_other_weights_under_the_same_address_bring_their_own_vocabulary(endpoint):
    client = fake(endpoint)
    assert client.next_token("x", "all").tokens == NAMES
    endpoint.fingerprint = "fp_2"
    assert client.next_token("x", "all").tokens == NAMES  # 304: another build, the same tokens

    endpoint.fingerprint = "fp_3"
    endpoint.etag = '"2"'
    endpoint.vocabulary = endpoint.packed([b"x", b"y"], {})
    endpoint.logits = [0.0, 0.0]
    whole = client.next_token("x", "all")
    assert (whole.tokens, whole.probs.tolist()) == (("x", "y"), [0.5, 0.5])


@pytest.mark.parametrize(
    ("full", "why"),
    [
        ({"logits": packed([1, 2, np.nan, 4, 5, 6])}, "NaN or"),
        ({"logits": packed([1, 2, np.inf, 4, 5, 6])}, "NaN or"),
        ({"logits": packed([-np.inf] * 6), "logsumexp": -np.inf}, "logsumexp"),
        ({"logits": packed([1, 2, 3, 4, 5, 6, 7])}, "28 bytes of logits for 1 × 6 tokens"),
        ({"logits": packed([1, 2, 3, 4, 5])}, "20 bytes"),
        ({"logits": packed(LOGITS)[:-2] + "!="}, "base64"),
        ({"logits": None}, "TypeError"),
        ({"logsumexp": 7.0}, "its logsumexp is 7.0, and that of its logits"),
        ({"logsumexp": None}, "TypeError"),
        ({"logsumexp": float("nan")}, "logsumexp"),
    ],
)
def test_a_broken_row_is_an_error_of_the_endpoint(endpoint, full, why):
    """JSON has no NaN; the fake writes one as Python does."""
    endpoint.full = full
    with pytest.raises(APIError, match="cannot be read") as caught:
        fake(endpoint).next_token("x", "all")
    assert why in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"bytes": "AAAA"},
        {"lengths": [1, 2, 2, 1, 2, -1]},
        {"lengths": []},
        {"size": 7},
        {"names": None},
        {"bytes": "!"},
    ],
)
def test_a_broken_vocabulary_is_an_error_of_the_endpoint(endpoint, change):
    endpoint.vocabulary |= change
    with pytest.raises(APIError, match="cannot be read"):
        fake(endpoint).next_token("x", "all")


def test_a_removed_token_has_no_probability(endpoint):
    endpoint.logits = [1.0, -np.inf, 0.0, -np.inf, 2.0, 1.0]
    whole = fake(endpoint).next_token("x", "all")
    assert whole.probs[[1, 3]].tolist() == [0, 0]
    assert whole.probs.sum() == pytest.approx(1)
    assert whole.raw_logits


def test_where_the_logits_are_not_the_models_the_answer_is_asked_for_at_temperature_1(endpoint):
    """--logprobs-mode processed: at temperature 0 one token would be left."""
    endpoint.full = {"raw": False}
    client = fake(endpoint)
    for _ in range(2):
        whole = client.next_token("x", "all")
        assert not whole.raw_logits
        np.testing.assert_allclose(whole.logits, whole.logprobs)
    assert [body["temperature"] for body in endpoint.compact] == [0, 1, 1]

    with pytest.raises(ValueError, match="repetition_penalty must be 1 here"):
        penalised(client)


def penalised(client):
    model = client.as_model("x")
    params = SamplingParams(temperature=0, max_tokens=1, repetition_penalty=2)
    return generate(
        model, model.prompt, params, vocabulary=model.vocabulary, stop_tokens=model.stop_tokens
    )


def test_an_endpoint_that_is_still_trying_is_asked_again(endpoint):
    endpoint.header = "json; the exact way is still being tried"
    endpoint.full = {"raw": False}
    client = fake(endpoint)
    assert client.abilities.slow_logprobs == "the exact way is still being tried"
    assert not client.abilities.scores
    with pytest.raises(APIError, match=r"scores no text: the exact way is still being tried\.$"):
        client.score("a")  # not "connect('local') can": this is it
    assert not client.next_token("x", "all").raw_logits
    model = client.as_model("x")

    endpoint.header = "exact"
    endpoint.full = {}
    assert client.next_token("x", "all").raw_logits
    assert client.abilities.scores
    assert client.abilities.slow_logprobs is None
    assert [body["temperature"] for body in endpoint.compact] == [1, 1, 0]
    # a model made before gives log-probabilities still: nobody's zero moves within a text
    np.testing.assert_allclose(np.exp(model([0, 1, 4])).sum(), 1)


def test_a_model_of_raw_logits_gives_no_others(endpoint):
    model = fake(endpoint).as_model("x")
    assert model.raw_logits
    np.testing.assert_allclose(model([0, 1]), LOGITS)
    endpoint.full = {"raw": False}
    with pytest.raises(APIError, match="no longer shows raw logits"):
        model([0, 1, 4])


def test_as_model_asks_for_the_distribution_after_its_prompt_once(endpoint):
    model = fake(endpoint).as_model("x")
    model([0, 1])
    model([0, 1])
    assert len(endpoint.compact) == 1


@pytest.mark.parametrize("older", ["no vocabulary", "no full", "refused"])
def test_an_older_endpoint_is_asked_in_the_old_way(endpoint, older):
    endpoint.header = None
    if older == "no vocabulary":
        endpoint.vocabulary = None
    elif older == "no full":
        endpoint.full = None
    else:
        endpoint.refusal = 400
    client = fake(endpoint)
    for _ in range(2):
        whole = client.next_token("x", "all")
        assert whole.tokens == NAMES
        np.testing.assert_allclose(whole.probs.sum(), 1)
        assert not whole.raw_logits
    assert not client.abilities.scores
    with pytest.raises(APIError, match=r"scores no text; .* connect\('local'\)") as caught:
        client.score("a")
    assert caught.value.code == "unsupported"


def test_other_refusals_are_not_hidden(endpoint):
    endpoint.refusal = 503
    with pytest.raises(APIError) as caught:
        fake(endpoint).next_token("x", "all")
    assert caught.value.status == 503


def test_a_call_names_itself_only_where_it_can_be_replaced(endpoint):
    client = fake(endpoint)
    client.next_token("x", "all", replaces="name-1")
    named = [headers.get("x-samplers-replaces") for headers in endpoint.headers]
    assert [name for name in named if name] == ["name-1"]
    client.next_token("x", 5, replaces="name-2")
    assert "name-2" not in [headers.get("x-samplers-replaces") for headers in endpoint.headers]


@pytest.mark.parametrize("wrong", ["", "é", "a\nb", " a", "a" * 101, 3])
def test_a_name_that_no_header_can_carry(endpoint, wrong):
    with pytest.raises(ValueError, match="replaces must be 1 to 100 printable ASCII"):
        fake(endpoint).next_token("x", "all", replaces=wrong)
    assert endpoint.paths == []


def test_what_the_endpoint_says_of_itself_is_one_short_line(endpoint):
    endpoint.header = "json; " + "no\tdecode " * 100
    why = fake(endpoint).abilities.slow_logprobs
    assert len(why) <= 200
    assert why.isprintable()


def test_nothing_of_it_is_asked_of_an_engine_that_is_not_ours():
    paths = []

    def answer(request):
        paths.append(request.url.path)
        return httpx.Response(404, json={"error": {"message": "no such path"}})

    with pytest.raises(APIError):
        fake(answer).next_token("x", "all")
    assert "/v1/samplers/vocabulary" not in paths
