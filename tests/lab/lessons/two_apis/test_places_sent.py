"""A table of places is judged by what the real endpoint says to each field, in both APIs."""

import pytest

from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.two_apis.places import PLACES


def said(answer, client) -> str:
    return " ".join(verdict("16-where", answer, client=client).split())


def test_the_right_places_in_any_dress_are_right(client):
    dressed = dict(PLACES)
    dressed["response_format"] = 'text["format"]'
    dressed["verbosity"] = "text={'verbosity': …}"
    dressed["logprobs"] = 'include=["message.output_text.logprobs"]'
    assert said(dressed, client).startswith("Correct.")


@pytest.mark.parametrize(
    ("name", "place", "message"),
    [
        ("messages", "messages", "Missing required parameter: 'input'."),
        ("max_completion_tokens", "max_completion_tokens", "Unknown parameter"),
        ("response_format", "response_format", "moved to 'text.format'"),
        ("response_format", None, "moved to 'text.format'"),
        ("verbosity", None, "Unknown parameter: 'verbosity'."),
        ("reasoning_effort", "reasoning", "reasoning_effort: sent as reasoning"),
        ("metadata", None, "it has the same name there"),
        ("logprobs", "logprobs", "Unknown parameter: 'logprobs'."),
        ("logprobs", "nowhere", "Unknown parameter: 'logprobs'."),
        ("tools", None, "tools[0]"),
    ],
)
def test_a_wrong_place_is_sent_and_the_endpoint_says_why(client, name, place, message):
    assert message in said(PLACES | {name: place}, client)


def test_an_endpoint_that_is_gone_is_no_mistake_of_the_learners(client):
    gone = type("Gone", (), {"base_url": "http://127.0.0.1:9/v1", "auth": None, "model": "m"})
    assert "The endpoint did not answer" in said(PLACES, gone)
