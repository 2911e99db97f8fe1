"""vLLM's parameters in /v1/completions: checked as in Chat, and with vLLM's forms of an answer."""

import pytest

FRANCE = "The capital of France is"
GREEDY = {"temperature": 0, "max_tokens": 6}
NAMES = ("top_k", "min_p", "min_tokens", "prompt_logprobs", "return_tokens_as_token_ids")


@pytest.fixture(scope="module")
def post(extended):
    """The answer to a completion request's fields."""
    with extended.client() as http:

        def answer(**fields):
            body = {"model": extended.model, "prompt": FRANCE} | fields
            return http.post("/completions", json=body)

        yield answer


@pytest.mark.parametrize("name", NAMES)
def test_elsewhere_they_are_unknown(endpoint, name):
    with endpoint.client() as http:
        body = {"model": endpoint.model, "prompt": FRANCE, name: 1}
        error = http.post("/completions", json=body).json()["error"]
    assert (error["param"], error["code"]) == (name, "unknown_parameter")


@pytest.mark.parametrize(
    "fields",
    [
        {"min_p": 2},
        {"top_k": -2},
        {"min_tokens": 17},
        {"prompt_logprobs": 1, "stream": True},
        {"prompt_logprobs": 20, "prompt": ["word " * 3000] * 8},
    ],
)
def test_what_is_wrong_is_refused_by_name(post, fields):
    response = post(**fields)
    assert response.status_code == 400
    assert response.json()["error"]["param"] == next(iter(fields))


def test_cuts_act(post):
    free = post(temperature=2, max_tokens=1, n=20, seed=1).json()["choices"]
    assert len({choice["text"] for choice in free}) > 4
    for cut in ({"top_k": 2}, {"min_p": 0.9}):
        cut_off = post(temperature=2, max_tokens=1, n=20, seed=1, **cut).json()["choices"]
        assert len({choice["text"] for choice in cut_off}) <= 2


def test_prompt_logprobs_stand_in_each_choice_and_are_those_of_echo(post):
    prompts = [FRANCE, "One, two, three"]
    fields = {"echo": True, "logprobs": 1, "prompt_logprobs": 1, "n": 2}
    choices = post(prompt=prompts, **GREEDY, **fields).json()["choices"]
    assert len(choices) == 4
    for choice in choices:
        places = choice["prompt_logprobs"]
        assert places[0] is None
        own = [next(iter(place.values())) for place in places[1:]]
        echoed = choice["logprobs"]["token_logprobs"][1 : len(places)]
        assert [each["logprob"] for each in own] == pytest.approx(echoed, abs=1e-6)
        tokens = choice["logprobs"]["tokens"][1 : len(places)]
        assert [each["decoded_token"] for each in own] == tokens
    assert choices[0]["prompt_logprobs"] != choices[2]["prompt_logprobs"]


def test_tokens_are_named_by_id(extended, post):
    ids = extended.tokenize(FRANCE)
    fields = {"echo": True, "logprobs": 2, "return_tokens_as_token_ids": True}
    logprobs = post(max_tokens=0, **fields).json()["choices"][0]["logprobs"]
    assert logprobs["tokens"] == [f"token_id:{i}" for i in ids]
    top = logprobs["top_logprobs"][1]
    assert set(map(type, top)) == {str}
    assert all(name.startswith("token_id:") for name in top)
    assert f"token_id:{ids[1]}" in top


@pytest.mark.parametrize("stream", [False, True])
def test_what_ends_an_answer_and_what_does_not(extended, post, stream):
    text = post(**GREEDY).json()["choices"][0]["text"]
    first, second, *_ = extended.tokenize(text)
    stopped = post(**GREEDY, stop_token_ids=[second], stream=stream)
    if stream:
        assert '"finish_reason":"stop"' in stopped.text
        return
    choice = stopped.json()["choices"][0]
    assert choice["finish_reason"] == "stop"
    assert extended.tokenize(choice["text"]) == [first]
    longer = post(**GREEDY, stop_token_ids=[second], min_tokens=6).json()
    assert longer["usage"]["completion_tokens"] == 6
    ends = {"logit_bias": {"2": 100}, "max_tokens": 6}  # <|im_end|>, which ends a turn, at once
    for lasts, more in {1: {}, 6: {"ignore_eos": True}, 4: {"min_tokens": 3}}.items():
        assert post(**ends, **more).json()["usage"]["completion_tokens"] == lasts
