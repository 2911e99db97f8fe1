"""POST /v1/completions: what is refused, in OpenAI's words and order."""

import random

import pytest
from completion_door import NORWAY, CompletionDoor

VALUES = {  # right ones and wrong ones, of each field
    "prompt": ["Hi", "", None, [1, 2], [[1, 2], "a"], [], [[]], [1, "a"], [None], [[1.5]], 3, {}],
    "n": [None, 1, 2, 0, 129, "2", True],
    "best_of": [None, 1, 2, 0, 21, 1.5],
    "echo": [None, True, False, "yes", 1],
    "logprobs": [None, 0, 5, 6, -1, True, 2.0],
    "max_tokens": [None, 0, 1, 3, -1, 10**9, "3"],
    "temperature": [None, 0, 2, 2.1, "hot"],
    "top_p": [None, 0, 1, -0.1],
    "frequency_penalty": [None, -2, 2, 3],
    "presence_penalty": [None, 0.5, "a"],
    "logit_bias": [None, {}, {"11": 5}, {"x": 1}, {"11": 101}, {"999999": 1}, []],
    "seed": [None, 0, -1, 2**63, 1.5],
    "stop": [None, "a", ["a", "b"], [], [""], ["a"] * 5, 7],
    "stream": [None, False, True, "no"],
    "stream_options": [None, {}, {"include_usage": True}, {"x": 1}, 4],
    "suffix": [None, "end"],
    "user": [None, "u", 5],
    "messages": [[]],
    "tools": [[]],
    "model": ["smollm2-135m-instruct-reasoning", "gpt-4o", None, 5],
}


@pytest.fixture(scope="module")
def door(exact):
    return CompletionDoor(exact)


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"prompt": 5}, "prompt", "invalid_type"),
        ({"prompt": []}, "prompt", "empty_array"),
        ({"prompt": [[]]}, "prompt[0]", "empty_array"),
        ({"prompt": [[1], 2]}, "prompt[1]", "invalid_type"),
        ({"prompt": [1, "a"]}, "prompt[1]", "invalid_type"),
        ({"prompt": [1, -1]}, "prompt[1]", "integer_below_min_value"),
        ({"prompt": [49152]}, "prompt[0]", "integer_above_max_value"),
        ({"prompt": [[1], [2, 49152]]}, "prompt[1][1]", "integer_above_max_value"),
        ({"prompt": [1] * 4097}, "prompt", "context_length_exceeded"),
        ({"prompt": [1] * 4090}, "prompt", "context_length_exceeded"),
        ({"prompt": "a " * 90_000}, "prompt", "context_length_exceeded"),
        ({"prompt": ["a"] * 129}, "prompt", "invalid_value"),
        ({"prompt": ["a"] * 65, "n": 2}, "n", "invalid_value"),
        ({"n": 129}, "n", "integer_above_max_value"),
        ({"n": 3, "best_of": 2}, "best_of", "invalid_value"),
        ({"best_of": 21}, "best_of", "integer_above_max_value"),
        ({"best_of": 2, "stream": True}, "best_of", "invalid_parameter_combination"),
        ({"logprobs": 6}, "logprobs", "integer_above_max_value"),
        ({"logprobs": True}, "logprobs", "invalid_type"),
        ({"max_tokens": 0}, "max_tokens", "integer_below_min_value"),
        ({"suffix": "end"}, "suffix", "unsupported_parameter"),
        ({"messages": []}, "messages", "unknown_parameter"),
        ({"tools": []}, "tools", "unknown_parameter"),
        ({"top_logprobs": 1}, "top_logprobs", "unknown_parameter"),
        ({"max_completion_tokens": 1}, "max_completion_tokens", "unknown_parameter"),
        ({"stream_options": {}}, "stream_options", None),
        ({"n": 20, "logprobs": 5, "max_tokens": 4000}, "logprobs", "invalid_value"),
        (
            {"prompt": [[1] * 3000] * 20, "echo": True, "logprobs": 5, "max_tokens": 0},
            "logprobs",
            "invalid_value",
        ),
    ],
)
def test_wrong_requests(door, fields, param, code):
    assert door.error(**fields) == (400, param, code)


def test_openais_order(door):
    """Missing, unknown, values, and the model last."""
    post = door.http.post
    assert post("/completions", json={"zzz": 1}).json()["error"]["message"] == (
        "you must provide a model parameter"
    )
    missing = post("/completions", json={"model": "gpt-4o", "zzz": 1}).json()["error"]
    assert (missing["param"], missing["code"]) == ("prompt", "missing_required_parameter")
    assert door.error(model="gpt-4o", zzz=1, n=0) == (400, "zzz", "unknown_parameter")
    assert door.error(model="gpt-4o", n=0) == (400, "n", "integer_below_min_value")
    assert door.error(model="gpt-4o", prompt=[10**6]) == (404, None, "model_not_found")
    assert post("/completions", json=[]).status_code == 400
    assert post("/completions", content=b"{").status_code == 400
    assert door.http.get("/completions").status_code == 405


def test_a_chat_model_is_refused_as_at_openai(door):
    response = door.post(model=f"{door.endpoint.model}-reasoning")
    assert (response.status_code, response.json()["error"]) == (
        404,
        {
            "message": "This is a chat model and not supported in the v1/completions endpoint. "
            "Did you mean to use v1/chat/completions?",
            "type": "invalid_request_error",
            "param": "model",
            "code": None,
        },
    )


def test_a_prompt_that_fills_the_context_can_be_scored(door):
    form = {"echo": True, "max_tokens": 0}
    assert door.complete([7] * 4096, **form)["usage"]["prompt_tokens"] == 4096
    assert door.error([7] * 4096, **form | {"max_tokens": 1})[1] == "prompt"


def test_drawn_requests_are_never_a_500(door):
    """Each has some fields, with right and wrong values; the client checks what comes back."""
    rng = random.Random(18)
    statuses = []
    for _ in range(80):
        names = rng.sample(sorted(VALUES), rng.randint(0, 4))
        fields = {"max_tokens": 2} | {name: rng.choice(VALUES[name]) for name in names}
        statuses.append(door.post(**{"prompt": NORWAY} | fields).status_code)
        assert statuses[-1] in (200, 400, 404), fields
    assert {200, 400} <= set(statuses)
