"""`--extensions vllm`: the distribution after the chain is that of vLLM's preset.

And what ends an answer, or keeps it from ending.
"""

import math

import numpy as np
import pytest
from vllm_settings import DONE, MESSAGES, OF, SETTINGS, Setting, prediction_of

CLOSE = 2e-3  # of a probability: the two ways to the logits round differently
TOP = {"max_tokens": 1, "logprobs": True, "top_logprobs": 20}
GREEDY = {"temperature": 0, "max_tokens": 12}
PARIS = 7042  # " Paris"


def shown(extended_processed, shallow_client, setting: Setting) -> dict[str, float]:
    """The 20 most probable tokens after the chain: {name: probability}."""
    begun = shallow_client.tokenize(setting.begun).ids if setting.begun else ()
    headers = {"x-samplers-continue": str(list(begun))}
    choice = extended_processed.choice(MESSAGES, headers, **TOP, **setting.fields)
    (place,) = choice["logprobs"]["content"]
    return {entry["token"]: math.exp(entry["logprob"]) for entry in place["top_logprobs"]}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_distribution_is_that_of_vllms_chain(extended_processed, shallow_client, name):
    setting = SETTINGS[name]
    right = prediction_of(shallow_client, setting)
    top = shown(extended_processed, shallow_client, setting)
    best = np.sort(right.probs)[::-1][: len(top)]
    np.testing.assert_allclose(sorted(top.values(), reverse=True), best, atol=CLOSE)


def test_min_tokens_and_ignore_eos_count_every_token(extended):
    plain = extended.chat(MESSAGES, **GREEDY)
    assert plain["choices"][0]["finish_reason"] == "stop"
    assert plain["choices"][0]["message"]["content"] == DONE
    length = plain["usage"]["completion_tokens"]

    for stream in (False, True):
        longer = _text(extended, stream, **GREEDY, min_tokens=length)
        assert longer.startswith(DONE)
        assert longer != DONE
        assert _text(extended, stream, **GREEDY, min_tokens=length - 1) == DONE
        on = _text(extended, stream, **GREEDY, ignore_eos=True)
        assert on.startswith(DONE)
        assert len(on) > len(DONE)

    answer = extended.chat(MESSAGES, **GREEDY, ignore_eos=True, logprobs=True)
    assert answer["usage"]["completion_tokens"] == 12
    tokens = [entry["token"] for entry in answer["choices"][0]["logprobs"]["content"]]
    assert len(tokens) == 12
    assert "<|im_end|>" in tokens

    both = extended.chat(MESSAGES, **GREEDY, ignore_eos=True, logprobs=True, min_tokens=12)
    content = both["choices"][0]["logprobs"]["content"]
    assert "<|im_end|>" not in [entry["token"] for entry in content]  # as in vLLM


def _text(extended, stream: bool, **fields) -> str:
    if not stream:
        return extended.text(MESSAGES, **fields)
    choices = extended.streamed_choices(MESSAGES, **fields)
    return "".join(choice["delta"].get("content") or "" for choice in choices)


@pytest.mark.parametrize("stream", [False, True])
def test_stop_token_ids_end_an_answer(extended, stream):
    assert _text(extended, stream, **GREEDY, stop_token_ids=[PARIS]) == "The capital of France is"
    later = _text(extended, stream, **GREEDY, stop_token_ids=[PARIS], min_tokens=8)
    assert PARIS not in extended.tokenize(later)[:8]
    assert later.startswith("The capital of France is")
    choice = extended.choice(MESSAGES, **GREEDY, stop_token_ids=[OF, PARIS], logprobs=True)
    assert choice["finish_reason"] == "stop"
    tokens = [entry["token"] for entry in choice["logprobs"]["content"]]
    assert tokens == ["The", " capital"]


def test_a_stop_string_waits_for_min_tokens(extended):
    """vLLM looks for one only beyond them, but it may begin before: vllm/v1/engine/detokenizer."""
    assert extended.text(MESSAGES, **GREEDY, stop=[" capital"]) == "The"
    assert extended.text(MESSAGES, **GREEDY, stop=[" capital"], min_tokens=2) == DONE
    assert extended.text(MESSAGES, **GREEDY, stop=["capital of"], min_tokens=2) == "The "


def test_tiny_temperatures_are_raised_as_in_vllm(extended, endpoint):
    """On vLLM 0 < T < 0.01 is 0.01; else 1e-6 would be greedy."""
    (the,) = endpoint.tokenize("The")
    (paris,) = endpoint.tokenize("Paris")
    top = extended.top()
    gap = top["The"] - top["Paris"]
    near = {the: -gap - 0.005 + 10, paris: 10.0}  # e^0.5 apart at T = 0.01
    fields = {"temperature": 1e-6, "logit_bias": near, "max_tokens": 1, "n": 32, "seed": 1}
    assert {c["message"]["content"] for c in endpoint.chat(**fields)["choices"]} == {"Paris"}
    texts = {c["message"]["content"] for c in extended.chat(**fields)["choices"]}
    assert texts == {"The", "Paris"}
