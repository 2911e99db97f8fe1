"""Scores from vLLM's prompt_logprobs: by hand, for what the recorded server (test_vllm) never sent.

A vocabulary of six tokens, of which five are listed at most.
"""

import json

import httpx
import numpy as np
import pytest
from fake_endpoint import fake

from samplers import entropy
from samplers.api import APIError
from samplers.api.score import entropy_bounds

NAMES = ["<|end|>", "<|user|>", "a", "b", "d", "c"]
LOGPROBS = np.log([0.1, 0.02, 0.3, 0.05, 0.03, 0.5])
QUESTION = [{"role": "user", "content": "x"}]  # ids 1 and 0


def places_of(prompt, listed):
    """A prompt's logprobs as vLLM writes them: its own token, and the likeliest."""
    best = np.argsort(-LOGPROBS)[:listed].tolist()
    shown = [
        {i: {"logprob": LOGPROBS[i]} for i in dict.fromkeys([token, *best])} for token in prompt
    ]
    return [None, *shown[1:]]


class SmallVllm:
    """`change(places)` may return other places; `size`: what a refused bias says, None: nothing."""

    def __init__(self, most=3, change=lambda places: places, size=6):
        self.most = most
        self.change = change
        self.size = size

    def __call__(self, request):
        path = request.url.path
        body = json.loads(request.content or "{}")
        if path == "/v1/models":
            return httpx.Response(200, json={"data": [{"id": "m", "owned_by": "vllm"}]})
        if path == "/tokenize":
            ids = [1, 0] if "messages" in body else [NAMES.index(c) for c in body["prompt"]]
            strings = [NAMES[i] for i in ids]
            answer = {"tokens": ids, "token_strs": strings, "max_model_len": 64}
            return httpx.Response(200, json=answer)
        if path == "/detokenize":
            return httpx.Response(200, json={"prompt": "".join(NAMES[i] for i in body["tokens"])})
        if path == "/v1/completions":
            return self.complete(body)
        return httpx.Response(404)

    def complete(self, body):
        if any(int(i) >= 6 for i in body.get("logit_bias", {})):
            size = "" if self.size is None else f" Vocabulary size: {self.size}"
            return refused(f"token_id(s) in logit_bias contain out-of-vocab token ids.{size}")
        if max(body.get("logprobs", 0), body.get("prompt_logprobs", 0)) > self.most:
            return refused(f"Requested logprobs, which is greater than max allowed: {self.most}")
        places = None
        if "prompt_logprobs" in body:
            places = self.change(places_of(body["prompt"], body["prompt_logprobs"]))
        top = {f"token_id:{i}": LOGPROBS[i] for i in (0, 2)}
        choice = {"logprobs": {"top_logprobs": [top]}, "prompt_logprobs": places}
        return httpx.Response(200, content=json.dumps({"choices": [choice]}))


def refused(message):
    return httpx.Response(400, json={"error": {"message": message}})


def test_what_is_not_listed_makes_bounds():
    """c, a and the end are listed, and b is the text's own: two of .02 and .03 are not."""
    score = fake(SmallVllm()).score("cb")
    assert (score.tokens, score.ids, score.text) == (("c", "b"), (5, 3), "cb")
    assert score.logprobs == (None, pytest.approx(np.log(0.05)))
    low, high = score.entropies[1]
    assert (low, high) == pytest.approx(entropy_bounds([0.5, 0.3, 0.1, 0.05], 0.05, 0.1, 2))
    assert low < entropy(LOGPROBS) < high
    names = [name for name, _ in score.top[1]]
    assert names == ["c", "a", "<|end|>", "b"]


def test_where_all_tokens_are_listed_the_entropy_is_exact():
    low, high = fake(SmallVllm(most=6)).score("ca").entropies[1]
    assert low == pytest.approx(high)
    assert low == pytest.approx(entropy(LOGPROBS))


def test_without_the_vocabularys_size_nothing_bounds_it_from_above():
    low, high = fake(SmallVllm(size=None)).score("cb").entropies[1]
    assert 0 < low < high == np.inf


def test_an_answer_is_scored_after_its_messages():
    score = fake(SmallVllm()).score("cb", QUESTION)
    assert score.logprobs == pytest.approx((np.log(0.5), np.log(0.05)))
    assert fake(SmallVllm()).score([5, 3], QUESTION) == score


def without_its_own(places):
    return [None, *({i: place[i] for i in (2,)} for place in places[1:])]


def as_logits(places):
    return [None, *({i: {"logprob": e["logprob"] + 9} for i, e in p.items()} for p in places[1:])]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (without_its_own, "token 3 of the prompt has no logprob"),
        (as_logits, "its prompt_logprobs are logits"),
        (lambda places: places[:1], "1 places of 2 tokens"),
        (lambda places: None, "TypeError"),
        (lambda places: [None, None], "AttributeError"),
        (lambda places: [None, {"3": {"logprob": None}}], "has no logprob"),
        (lambda places: [None, {"x": {"logprob": -1.0}}], "ValueError"),
        (lambda places: [None, {"3": {"logprob": float("nan")}}], "has no logprob"),
    ],
)
def test_what_is_no_score_is_an_error_of_the_endpoint(change, why):
    with pytest.raises(APIError, match="cannot be read") as caught:
        fake(SmallVllm(change=change)).score("cb")
    assert why in str(caught.value)


def test_a_removed_token_is_certain_never_to_come():
    """-9999 is its minus infinity."""

    def removed(places):
        return [None, places[1] | {3: {"logprob": -9999.0}}]

    score = fake(SmallVllm(change=removed)).score("cb")
    assert score.logprobs[1] == -np.inf
    assert np.isfinite(score.entropies[1]).all()


def test_a_server_that_shows_no_logprobs_scores_nothing():
    with pytest.raises(APIError, match="shows no logprobs") as caught:
        fake(SmallVllm(most=0)).score("cb")
    assert caught.value.code == "unsupported"


def test_messages_with_pictures_have_no_prompt_of_ids():
    pictures = [{"role": "user", "content": [{"type": "text", "text": "x"}]}]
    with pytest.raises(APIError) as caught:
        fake(SmallVllm()).score("cb", pictures)
    assert caught.value.code == "unsupported"
