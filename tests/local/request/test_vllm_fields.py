"""vLLM's parameters as the checker of chats takes them: names, ranges, defaults, errors."""

import pytest

from samplers.local.request.chat import parse
from samplers.local.request.errors import ApiError
from samplers.local.request.extensions import vllm
from samplers.local.request.extensions.vllm import NO_EXTENSIONS

GOOD = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
V = 100


def taken(**fields):
    return parse(GOOD | fields, {}, V, extended=True)


def refusal(**fields) -> tuple[str, str]:
    with pytest.raises(ApiError) as caught:
        taken(**fields)
    assert caught.value.status == 400
    error = caught.value.body["error"]
    assert error["type"] == "invalid_request_error"
    return error["param"], error["code"]


def test_defaults_ask_for_nothing():
    request = taken(**dict.fromkeys(vllm.FIELDS))
    assert request == taken() == parse(GOOD, {}, V)
    assert request.extensions == NO_EXTENSIONS


@pytest.mark.parametrize("reasoning", [False, True])
@pytest.mark.parametrize("name", vllm.FIELDS)
def test_elsewhere_they_are_unknown(name, reasoning):
    """Without the flag, and for the reasoning model with it."""
    with pytest.raises(ApiError) as caught:
        parse(GOOD | {name: 1}, {}, V, is_reasoning=reasoning, extended=reasoning)
    error = caught.value.body["error"]
    assert (error["param"], error["code"]) == (name, "unknown_parameter")


def test_values_are_taken_as_vllm_has_them():
    request = taken(
        top_k=7,
        min_p=1,
        repetition_penalty=0.5,
        ignore_eos=True,
        min_tokens=3,
        stop_token_ids=[99, 0, 99],
        prompt_logprobs=20,
        return_tokens_as_token_ids=True,
    )
    assert request.top_k == 7
    assert vars(request.extensions) == {
        "min_p": 1.0,
        "repetition_penalty": 0.5,
        "ignore_eos": True,
        "min_tokens": 3,
        "stop_token_ids": {0, 99},
        "prompt_logprobs": 20,
        "return_tokens_as_token_ids": True,
    }
    assert [taken(top_k=k).top_k for k in (-1, 0, V, 10**30)] == [0, 0, 0, 0]
    assert taken(prompt_logprobs=0, stream=True).extensions.prompt_logprobs == 0


@pytest.mark.parametrize("penalty", [1e-300, 1e300, 10**400])
def test_a_penalty_that_no_float32_holds_does_what_the_last_one_does(penalty):
    if penalty == 10**400:
        assert refusal(repetition_penalty=penalty) == ("repetition_penalty", "invalid_value")
        return
    assert 1e-38 < taken(repetition_penalty=penalty).extensions.repetition_penalty < 1e38


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"top_k": -2}, "integer_below_min_value"),
        ({"top_k": 1.0}, "invalid_type"),
        ({"min_p": -0.1}, "decimal_below_min_value"),
        ({"min_p": 1.1}, "decimal_above_max_value"),
        ({"repetition_penalty": 0}, "decimal_below_min_value"),
        ({"repetition_penalty": -1}, "decimal_below_min_value"),
        ({"repetition_penalty": float("inf")}, "invalid_value"),
        ({"repetition_penalty": True}, "invalid_type"),
        ({"ignore_eos": 1}, "invalid_type"),
        ({"min_tokens": -1}, "integer_below_min_value"),
        ({"stop_token_ids": [V]}, "invalid_value"),
        ({"stop_token_ids": [10**300]}, "invalid_value"),
        ({"stop_token_ids": 5}, "invalid_type"),
        ({"stop_token_ids": list(range(99)) * 2}, "array_above_max_length"),
        ({"prompt_logprobs": -2}, "integer_below_min_value"),
        ({"prompt_logprobs": 21}, None),
        ({"prompt_logprobs": -1}, None),
        ({"prompt_logprobs": 1, "stream": True}, "invalid_parameter_combination"),
        ({"return_tokens_as_token_ids": "yes"}, "invalid_type"),
    ],
)
def test_what_is_wrong_is_refused_by_name(fields, code):
    assert refusal(**fields) == (next(iter(fields)), code)


def test_a_single_stop_token_is_named_by_its_place():
    assert refusal(stop_token_ids=[1, "2"]) == ("stop_token_ids[1]", "invalid_type")
