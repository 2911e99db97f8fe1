"""The most probable tokens from top_logprobs: the list is never wrong and never has a hole."""

import json

import httpx
import numpy as np
import pytest
from fake_endpoint import completion, fake
from toy_endpoint import VOCABULARY, ToyEndpoint, toy_logits

from samplers import log_softmax
from samplers.api import APIError
from samplers.api.next_token import top_distribution

# the toy model's tokens, the most probable first: by the toy's own definition, not by our client
BEST = [VOCABULARY[i] for i in np.argsort(-toy_logits([]), kind="stable")]
LOGPROBS = np.sort(log_softmax(toy_logits([])))[::-1]


class Hot(ToyEndpoint):
    """Draws unlikely tokens, too: at temperature 2 whatever it is asked. Its logprobs are raw."""

    def choice(self, body, index):
        return super().choice({**body, "temperature": 2.0}, index)


@pytest.mark.parametrize("displaces", [False, True])
@pytest.mark.parametrize("top", [1, 5, 12])
def test_an_unknown_endpoint_that_displaces_is_found_out_by_its_answer(displaces, top):
    client = Hot(displaces=displaces, seed=1).client()
    for _ in range(30):
        distribution = client.next_token("x", top=top)
        assert list(distribution.bytes) == BEST[:top]
        assert distribution.logprobs == pytest.approx(LOGPROBS[:top])


def test_at_the_cap_of_20_the_list_is_one_shorter_and_has_no_hole():
    client = Hot(displaces=True, seed=2).client()
    lengths = set()
    for _ in range(60):
        distribution = client.next_token("x")
        lengths.add(len(distribution))
        assert list(distribution.bytes) == BEST[: len(distribution)]
        assert distribution.probs.sum() + distribution.unseen == pytest.approx(1)
    assert lengths == {19, 20}


def test_it_is_asked_twice_only_until_it_is_known():
    toy = Hot(displaces=True, seed=3)
    client = toy.client()
    for _ in range(30):
        client.next_token("x", top=5)
    asked = [body["top_logprobs"] for body in toy.bodies]
    first = asked.index(6)
    assert asked[first:] == [6] * (31 - first)


def capped(cap, displaces=False):
    """A client of an unknown endpoint that lists `cap` tokens at most, and what it was asked for.

    The drawn token, the least likely of all, takes the last one's place if it `displaces` it.
    """
    asked = []

    def answer(request):
        if not request.url.path.endswith("/chat/completions"):
            return httpx.Response(404)
        count = json.loads(request.content)["top_logprobs"]
        asked.append(count)
        if count > cap:
            return httpx.Response(400, json={"error": {"message": f"at most {cap}"}})
        top = [(f"t{i}", -1.0 - i) for i in range(count)]
        shown = place("z", *([("z", -99.0), *top[:-1]] if displaces else top))
        return completion(logprobs={"content": [shown]})

    return fake(answer), asked


@pytest.mark.parametrize("displaces", [False, True])
@pytest.mark.parametrize("cap", [5, 8, 20])
@pytest.mark.parametrize("top", [20, 25, "all"])
def test_an_unknown_endpoint_that_refuses_a_long_list_is_asked_for_a_shorter(cap, displaces, top):
    client, asked = capped(cap, displaces)
    expected = [f"t{i}" for i in range((20 if cap == 20 else 5) - displaces)]
    assert list(client.next_token("x", top=top).tokens) == expected
    del asked[:]
    assert list(client.next_token("x", top=top).tokens) == expected
    assert max(asked) <= cap  # what it takes is known by now


def test_at_a_small_cap_there_is_no_hole():
    assert capped(5, displaces=True)[0].next_token("x", top=5).tokens == ("t0", "t1", "t2", "t3")


def test_what_is_refused_for_another_reason_stays_refused():
    client, asked = capped(0)
    with pytest.raises(APIError, match="at most 0"):
        client.next_token("x")
    assert asked == [20, 5]
    with pytest.raises(APIError, match="at most 0"):
        client.next_token("x", top=3)
    assert asked == [20, 5, 3]


def test_no_more_is_asked_of_our_endpoint_than_there_are():
    asked = []

    def answer(request):
        if request.url.path == "/v1/models":
            return httpx.Response(200, json={"data": [{"id": "m", "owned_by": "samplers"}]})
        if request.url.path == "/v1/tokenize":
            tokens = {"ids": [0], "tokens": [{"token": "a"}], "vocabulary_size": 30}
            return httpx.Response(200, json=tokens | {"context_length": 9, "stop_ids": []})
        asked.append(json.loads(request.content)["top_logprobs"])
        return completion(logprobs={"content": [place("a", ("a", -0.5))]})

    client = fake(answer)
    for top in (25, 30, 31, 10**6):
        client.next_token("x", top=top)
    assert asked == [25, 30, 30, 30]


def place(drawn, *top):
    entries = [{"token": token, "bytes": None, "logprob": p} for token, p in top]
    return {"token": drawn, "bytes": None, "logprob": -1.0, "top_logprobs": entries}


def test_what_is_left_out_of_a_list():
    displaced = place("z", ("z", -9.0), ("a", -0.5), ("b", -1.5))
    assert top_distribution(displaced).tokens == ("a", "b")
    assert top_distribution(displaced, most=2).tokens == ("a", "b")

    drawn_is_listed = place("b", ("b", -1.5), ("a", -0.5), ("c", -3.0))
    assert top_distribution(drawn_is_listed).tokens == ("a", "b", "c")
    not_sorted = place("a", ("c", -3.0), ("b", -1.5), ("a", -0.5))
    assert top_distribution(not_sorted).tokens == ("a", "b", "c")
    alone = place("z", ("z", -9.0))
    assert top_distribution(alone).tokens == ("z",)


def test_at_openai_no_more_is_asked_than_the_model_gives():
    bodies = []

    def answer(request):
        bodies.append(json.loads(request.content))
        entry = {"token": "a", "bytes": [97], "logprob": -0.5}
        return completion(logprobs={"content": [entry | {"top_logprobs": [entry]}]})

    client = fake(answer, "gpt-4o-mini", base_url="https://api.openai.com/v1")
    client.next_token("x")
    (body,) = bodies
    assert body["top_logprobs"] == client.abilities.top_logprobs


def test_an_engine_without_logprobs_says_so():
    model = {"id": "m", "owned_by": "", "status": {"value": "loaded"}}

    def answer(request):
        is_list = request.url.path == "/v1/models"
        return httpx.Response(200, json={"data": [model]}) if is_list else completion()

    with pytest.raises(Exception, match="gives none"):
        fake(answer).next_token("x")
