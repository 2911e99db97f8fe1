"""The client and our endpoint's profile of a reasoning model: no request gets a 400."""

import pytest

from samplers.api import APIError
from samplers.wire.models import PROFILE

QUESTION = "What is the capital of France?"


@pytest.fixture
def model(client):
    if PROFILE not in client.models():
        pytest.skip("this endpoint serves no profile of a reasoning model")
    return PROFILE


def test_a_plain_chat_says_something(client, model):
    answer = client.chat(QUESTION, model=model, max_tokens=8, temperature=0)
    assert answer.text
    assert answer.usage.reasoning_tokens == 0
    assert answer.model == model


def test_an_effort_is_thought_and_billed(client, model):
    answer = client.chat(QUESTION, model=model, max_tokens=12, reasoning_effort="low", seed=1)
    assert 0 < answer.usage.reasoning_tokens <= answer.usage.completion_tokens


def test_the_parameters_of_each_request(client, model):
    sampling = {"temperature": 0.5, "top_p": 0.5, "presence_penalty": 1, "frequency_penalty": 1}
    client.chat(QUESTION, model=model, max_tokens=1, **sampling, logprobs=True, top_logprobs=20)
    answer = client.chat(QUESTION, model=model, max_tokens=1, n=9, seed=3)
    assert [choice.index for choice in answer.choices] == list(range(9))
    assert "".join(c.text for c in client.stream(QUESTION, model=model, max_tokens=4, seed=1))
    with pytest.raises(ValueError, match="takes no stop; smollm2-135m-instruct does"):
        client.chat(QUESTION, model=model, stop="x")


def test_what_is_not_in_the_form_gets_the_400(client, model):
    with pytest.raises(APIError, match="top_logprobs"):
        client.chat(QUESTION, model=model, top_logprobs=3)
