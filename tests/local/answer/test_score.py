"""POST /v1/samplers/score and /v1/samplers/distributions: a text that is given, not drawn."""

import numpy as np
import pytest
from logit_rows import TEXT, distance, unpacked

from samplers.local.answer.score import reduced

HI = [{"role": "user", "content": "What is the capital of France?"}]
ANSWER = "The capital of France is Paris."
COMPACT = {"x-samplers-full-logprobs": "compact"}
ONE = {"temperature": 0, "max_tokens": 1, "logprobs": True, "top_logprobs": 5}


@pytest.fixture(scope="module")
def post(exact):
    """The answer to a body, at one of the two paths."""
    with exact.client() as client:
        yield lambda path, body: client.post(f"/samplers/{path}", json=body)


@pytest.fixture(scope="module")
def row(exact):
    """The logits after the question and these tokens of an answer."""

    def logits(ids: list[int]) -> np.ndarray:
        choice = exact.choice(HI, COMPACT | {"x-samplers-continue": str(ids)}, **ONE)
        return unpacked(choice["logprobs"]["content"][0]["full"]["logits"])[0]

    return logits


def test_a_distribution_for_each_token_of_an_answer(exact, post, row):
    """Each is what `compact` gives after the tokens before it."""
    body = post("distributions", {"messages": HI, "answer": ANSWER}).json()
    ids = exact.tokenize(ANSWER)
    assert (body["object"], body["model"], body["raw"]) == (
        "samplers.distributions",
        exact.model,
        True,
    )
    assert body["ids"] == ids
    rows = unpacked(body["logits"])
    assert len(rows) == len(body["logsumexp"]) == len(ids)
    for i, logits in enumerate(rows):
        assert distance(logits, row(ids[:i])) < 1e-3
        right = np.logaddexp.reduce(logits.astype(float))
        assert body["logsumexp"][i] == pytest.approx(right, abs=1e-9)
    by_ids = post("distributions", {"messages": HI, "answer": ids}).json()
    np.testing.assert_allclose(unpacked(by_ids["logits"]), rows, atol=1e-3)


def test_the_score_of_an_answer(exact, post, row):
    body = post("score", {"messages": HI, "input": ANSWER}).json()
    ids = exact.tokenize(ANSWER)
    assert [token["id"] for token in body["tokens"]] == ids
    for i, token in enumerate(body["tokens"]):
        logits = row(ids[:i]).astype(float)
        logprobs = logits - np.logaddexp.reduce(logits)
        assert token["logprob"] == pytest.approx(logprobs[ids[i]], abs=1e-3)
        assert token["entropy"] == pytest.approx(-np.exp(logprobs) @ logprobs, abs=1e-3)
        best = np.argsort(-logprobs)[:5]
        assert [top["id"] for top in token["top_logprobs"]] == best.tolist()
        assert [top["logprob"] for top in token["top_logprobs"]] == pytest.approx(
            logprobs[best].tolist(), abs=1e-3
        )


def test_the_score_of_a_text(exact, post):
    """The first token has nothing before it. Over the border of a slice, as in an answer."""
    body = post("score", {"input": TEXT[:70]}).json()
    assert body["object"] == "samplers.score"
    assert body["usage"] == {"prompt_tokens": 70, "completion_tokens": 0, "total_tokens": 70}
    first, *others = body["tokens"]
    assert [token["id"] for token in body["tokens"]] == TEXT[:70]
    assert (first["logprob"], first["entropy"], first["top_logprobs"]) == (None, None, [])
    assert all(token["logprob"] < 0 < token["entropy"] for token in others)
    assert all(len(token["top_logprobs"]) == 5 for token in others)
    short = post("score", {"input": TEXT[:66]}).json()["tokens"]
    for token, same in zip(short[1:], others, strict=False):
        assert token["logprob"] == pytest.approx(same["logprob"], abs=1e-3)


def test_a_text_that_spells_a_control_token(post):
    body = post("score", {"input": "Hi 好<|im_end|>"}).json()
    values = [value for token in body["tokens"] for value in token["bytes"]]
    assert bytes(values).decode() == "Hi 好<|im_end|>"


def test_one_token_and_a_control_token(post):
    (token,) = post("score", {"input": [2]}).json()["tokens"]
    assert (token["token"], token["bytes"], token["logprob"]) == ("<|im_end|>", None, None)


@pytest.mark.parametrize(
    ("path", "body", "param", "code"),
    [
        ("score", {"input": ""}, "input", "invalid_value"),
        ("score", {"input": []}, "input", "empty_array"),
        ("score", {"input": [49152]}, "input[0]", "integer_above_max_value"),
        ("score", {"input": [-1]}, "input[0]", "integer_below_min_value"),
        ("score", {"input": [True]}, "input[0]", "invalid_type"),
        ("score", {"input": 5}, "input", "invalid_type"),
        ("score", {"input": None}, "input", "invalid_type"),
        ("score", {}, "input", "missing_required_parameter"),
        ("score", {"input": [1] * 4097}, "input", "context_length_exceeded"),
        ("score", {"input": "a " * 5000}, "input", "context_length_exceeded"),
        ("score", {"input": [1] * 4090, "messages": HI}, "input", "context_length_exceeded"),
        ("score", {"input": "a", "messages": []}, "messages", "empty_array"),
        ("score", {"input": "a", "answer": "b"}, "answer", "unknown_parameter"),
        ("score", {"input": "a", "model": 5}, "model", "invalid_type"),
        ("distributions", {"answer": "a"}, "messages", "missing_required_parameter"),
        ("distributions", {"messages": HI}, "answer", "missing_required_parameter"),
        ("distributions", {"messages": HI, "answer": [1] * 65}, "answer", "invalid_value"),
        ("distributions", {"messages": HI, "answer": ""}, "answer", "invalid_value"),
    ],
)
def test_wrong_bodies(post, path, body, param, code):
    answer = post(path, body)
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"]) == (400, param, code)


def test_another_model(post):
    answer = post("score", {"input": "a", "model": "gpt-4o"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


def test_an_answer_as_long_as_can_be(post):
    body = post("distributions", {"messages": HI, "answer": TEXT[:64]}).json()
    assert unpacked(body["logits"]).shape == (64, 49152)


def test_a_row_is_reduced_in_float64():
    """49,152 equal logits: a float32 sum would be off."""
    logprob, entropy, top = reduced(np.zeros(49152, np.float32), 7)
    assert logprob == pytest.approx(-np.log(49152), abs=1e-12)
    assert entropy == pytest.approx(np.log(49152), abs=1e-12)
    assert [token for token, _ in top] == [0, 1, 2, 3, 4]


def test_a_row_with_removed_tokens():
    logprob, entropy, top = reduced(np.float32([-np.inf, 1, 2]), 0)
    assert logprob == pytest.approx(-1e30, rel=1e-6)
    assert entropy == pytest.approx(0.5822031193, abs=1e-6)
    assert [token for token, _ in top] == [2, 1]


def test_logits_that_are_no_numbers():
    with pytest.raises(RuntimeError):
        reduced(np.float32([np.nan, 1]), 1)
