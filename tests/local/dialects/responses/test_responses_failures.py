"""A response that fails after its first event, and faults that are simulated."""

import openai
import pytest
from responses_drafts import answered, draft_of, kinds, streamed

from samplers.local.request.errors import ApiError

OURS = ApiError(500, "The grammar was given up.", kind="server_error", code="grammar_given_up")
BUSY = ApiError(503, "Too many wait.", code="server_is_overloaded")
BEGUN = ["created", "in_progress", "output_item.added"]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OURS, "The grammar was given up."),
        (BUSY, "Too many wait."),
        (ZeroDivisionError("secret"), "The server had an error while processing your request."),
    ],
)
def test_a_stream_that_fails(error, sentence):
    made = streamed(draft_of(["a", "b", error], chat={"stream": True}))
    assert kinds(made) == [*BEGUN, "content_part.added", "output_text.delta", "failed"]
    response = made[-1]["response"]
    assert response["error"] == {"code": "server_error", "message": sentence}
    assert (response["status"], response["output"]) == ("failed", [])
    assert response["usage"] is response["incomplete_details"] is None
    assert response["id"] == made[0]["response"]["id"]


def test_what_was_done_stays():
    """Thoughts that have ended are an item of the response that failed."""
    made = streamed(draft_of(["a", "END"], ["b", OURS], thinks=9, chat={"stream": True}))
    assert made[-1]["type"] == "response.failed"
    assert [item["type"] for item in made[-1]["response"]["output"]] == ["reasoning"]


@pytest.mark.parametrize("error", [OURS, ZeroDivisionError("secret")])
def test_a_whole_answer_that_fails_is_an_error(error):
    with pytest.raises(type(error)) as raised:
        answered(draft_of(["a", error]))
    assert raised.value is error


def asked(serve, **fields):
    """What OpenAI's SDK gets from a model that fails after two tokens."""
    served = serve(models=(draft_of(["a", "b", OURS]).job.model,))
    with served.sdk() as sdk:
        yield from sdk.responses.create(model="m", input="x", **fields)


def test_the_sdk_reads_the_failure_of_a_stream(serve):
    *_, last = asked(serve, stream=True)
    assert last.type == "response.failed"
    assert (last.response.status, last.response.error.code) == ("failed", "server_error")
    assert last.response.error.message == "The grammar was given up."


def test_a_whole_answers_failure_has_its_status(serve):
    with pytest.raises(openai.InternalServerError) as raised:
        list(asked(serve))
    assert raised.value.code == "grammar_given_up"
