"""x-samplers-full-logprobs: compact, against the engine's own list of the whole vocabulary."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from logit_rows import TEXT, distance, unpacked

FULL = {"x-samplers-full-logprobs": "true"}
COMPACT = {"x-samplers-full-logprobs": "compact"}
ONE = {"temperature": 0, "max_tokens": 1, "logprobs": True, "top_logprobs": 3}

# What the engine had read before depends on the slot that it took, not on the header.
READ_BEFORE = {"prompt_tokens_details": None, "samplers_cached_tokens": None}


def after(ids: list[int]) -> dict[str, str]:
    """The header for an answer that begins with these tokens."""
    return {"x-samplers-continue": json.dumps(ids)}


def entry(endpoint, headers=None, **fields) -> dict:
    """The logprobs entry of the one token."""
    choice = endpoint.choice(headers=COMPACT | (headers or {}), **ONE | fields)
    (found,) = choice["logprobs"]["content"]
    return found


def row(endpoint, headers=None, **fields) -> np.ndarray:
    (found,) = unpacked(entry(endpoint, headers, **fields)["full"]["logits"])
    return found


def listed(endpoint, headers=None, **fields) -> np.ndarray:
    """The engine's own logprobs, through its JSON; -inf for a token that it does not list."""
    choice = endpoint.choice(
        headers=FULL | (headers or {}), **ONE | {"top_logprobs": 49152} | fields
    )
    logprobs = np.full(49152, -np.inf)
    for item in choice["logprobs"]["content"][0]["top_logprobs"]:
        logprobs[item["id"]] = item["logprob"]
    return logprobs


def test_the_form(exact):
    """OpenAI's, with one more key. The sums are right, and the logits are not log-probabilities."""
    found = entry(exact)
    assert list(found) == ["token", "bytes", "logprob", "top_logprobs", "full"]
    assert (found["token"], found["bytes"]) == ("The", [84, 104, 101])
    assert found["top_logprobs"][0] == {k: found[k] for k in ("token", "bytes", "logprob")}
    assert len(found["top_logprobs"]) == 3

    full = found["full"]
    assert list(full) == ["logits", "logsumexp", "raw"]
    (logits,) = unpacked(full["logits"])
    assert full["raw"] is True
    right = np.logaddexp.reduce(logits.astype(float))
    assert full["logsumexp"] == pytest.approx(right, abs=1e-9)
    assert abs(right) > 1
    assert logits.argmax() == 504
    assert found["logprob"] == pytest.approx(logits[504] - right, abs=1e-5)


@pytest.mark.parametrize("size", [62, 64, 127])
def test_the_engines_own_numbers(exact, size):
    """CT1, at prompts of so many tokens; test_context reads more sizes with two layers."""
    assert_the_engines(exact, size)


@pytest.mark.usefixtures("exact")  # or it is skipped
def test_the_engines_own_numbers_after_1000_tokens(shallow):
    """CT1. The trial of the exact way (`trial.py`) compares as many with all layers."""
    with shallow.client() as client:
        assert client.get("/models").headers["x-samplers-logits"] == "exact"
    assert_the_engines(shallow, 1000)


def assert_the_engines(endpoint, size: int) -> None:
    """Fails if after so many tokens the numbers are not those that the engine lists."""
    prompt = endpoint.chat(max_tokens=1)["usage"]["prompt_tokens"]
    headers = after((TEXT * 2)[: size - prompt])
    assert distance(row(endpoint, headers), listed(endpoint, headers)) < 1e-3


def test_greedy_decoding_is_the_engines(exact):
    """The drawn token, the body and the usage are those of a request without the header."""
    ids = []
    for _ in range(5):
        compact = exact.chat(headers=COMPACT | after(ids), **ONE)
        plain = exact.chat(headers=after(ids), **ONE)
        choice, right = (body["choices"][0] for body in (compact, plain))
        own = choice["logprobs"]["content"][0]
        logits = unpacked(own.pop("full")["logits"])
        assert choice["message"] == right["message"]
        assert choice["finish_reason"] == right["finish_reason"]
        assert own["token"] == right["logprobs"]["content"][0]["token"]
        assert own["logprob"] == pytest.approx(right["logprobs"]["content"][0]["logprob"], abs=1e-3)
        assert compact["usage"] | READ_BEFORE == plain["usage"] | READ_BEFORE
        ids.append(int(logits.argmax()))


def test_what_the_engine_draws(exact):
    """With a temperature, a bias or a grammar; the logits stay the model's."""
    logits = row(exact)
    drawn = {entry(exact, temperature=2, seed=seed)["token"] for seed in range(5)}
    assert len(drawn) > 1
    biased = entry(exact, logit_bias={"28": 100})
    assert biased["token"] == ","
    np.testing.assert_array_equal(unpacked(biased["full"]["logits"])[0], logits)
    format = {"type": "json_object"}
    messages = [{"role": "user", "content": "Give me JSON."}]
    assert "{" in entry(exact, messages=messages, response_format=format)["token"]


def test_a_token_that_ends_the_turn_has_its_entry(exact):
    choice = exact.choice(headers=COMPACT, **ONE | {"logit_bias": {"2": 100}})
    assert (choice["message"]["content"], choice["finish_reason"]) == ("", "stop")
    (found,) = choice["logprobs"]["content"]
    assert (found["token"], found["bytes"]) == ("<|im_end|>", None)
    assert len(unpacked(found["full"]["logits"])) == 1


def test_half_a_character(exact):
    """好 is two tokens: the first one's row comes, and the row between them, too."""
    first, second = exact.tokenize("好")
    assert entry(exact, logit_bias={str(first): 100})["token"] == r"bytes:\xe5\xa5"
    assert distance(row(exact, after([first])), listed(exact, after([first]))) < 1e-3
    assert second


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"max_tokens": 2}, "max_completion_tokens"),
        ({"max_tokens": None}, "max_completion_tokens"),
        ({"n": 2}, "n"),
        ({"stream": True}, "stream"),
        ({"logprobs": False, "top_logprobs": None}, "logprobs"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
    ],
)
def test_what_it_does_not_go_together_with(endpoint, fields, param):
    answer = endpoint.post(headers=COMPACT, **ONE | fields)
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (400, param)
    assert "'logprobs' true, 'max_completion_tokens' 1, 'n' 1" in error["message"]


def test_the_cap_of_the_list_stays(endpoint):
    answer = endpoint.post(headers=COMPACT, **ONE | {"top_logprobs": 21})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "top_logprobs")


def test_the_reasoning_model_without_thoughts(exact, reasoning):
    own = replace(exact, model=reasoning.model)
    fields = {"reasoning_effort": "none", "max_tokens": None, "max_completion_tokens": 1}
    np.testing.assert_array_equal(row(own, **fields), row(exact))
    answer = own.post(headers=COMPACT, **ONE | {"max_tokens": None, "max_completion_tokens": 1})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "temperature")


def test_after_the_chain(processed):
    """Where the endpoint's logprobs are those after the chain, the row is, too."""
    fields = {"temperature": 1, "top_p": 0.8}
    full = entry(processed, **fields)["full"]
    assert full["raw"] is False
    assert full["logsumexp"] == pytest.approx(0, abs=1e-3)
    (logprobs,) = unpacked(full["logits"])
    right = listed(processed, **fields)
    np.testing.assert_array_equal(logprobs == -np.inf, right == -np.inf)
    assert 1 < np.isfinite(logprobs).sum() < 100
    assert distance(logprobs, right) < 1e-3


@pytest.mark.usefixtures("exact")
def test_eight_clients_at_once(shallow):
    """CT5, over the wire."""
    prompts = [[{"role": "user", "content": f"Say {i}"}] for i in range(5)]
    right = [row(shallow, messages=prompt) for prompt in prompts]
    with ThreadPoolExecutor(8) as crowd:
        rows = list(crowd.map(lambda i: row(shallow, messages=prompts[i % 5]), range(40)))
    for i, found in enumerate(rows):
        assert distance(found, right[i % 5]) < 1e-3
