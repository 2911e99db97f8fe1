"""Responses in the background: their states, their end, and an endpoint that ends before them."""

import time

import openai
import pytest
from openai.types.responses import Response
from responses_door import Door, strict, text_of

LONG = {"input": "Tell me a very long story.", "max_output_tokens": 500}
OVER = ("completed", "incomplete", "failed", "cancelled")


def ended(responses, response: dict, seconds: float = 60) -> dict:
    """The response when it has ended."""
    deadline = time.monotonic() + seconds
    while response["status"] not in OVER:
        assert time.monotonic() < deadline, response
        time.sleep(0.02)
        answer = responses.http.get(f"/responses/{response['id']}")
        strict(Response, answer.text)
        response = answer.json()
    return response


def begun(responses, **fields) -> dict:
    """A response in the background, when it is in progress."""
    made = responses.response(background=True, **LONG | fields)
    assert (made["status"], made["output"], made["background"]) == ("queued", [], True)
    while made["status"] == "queued":
        made = responses.http.get(f"/responses/{made['id']}").json()
    assert made["status"] == "in_progress"
    return made


def cancelled(responses, response: dict):
    return responses.http.post(f"/responses/{response['id']}/cancel")


def test_it_is_what_a_plain_one_is(responses):
    fields = {"temperature": 0, "input": "What is the capital of Norway?"}
    made = ended(responses, responses.response(background=True, **fields))
    plain = responses.response(**fields)
    assert text_of(made) == text_of(plain)
    for name in ("status", "usage", "model"):
        plainly = plain[name] if name != "usage" else plain[name]["total_tokens"]
        assert plainly == (made[name] if name != "usage" else made[name]["total_tokens"])
    then = responses.response(previous_response_id=made["id"], input="And?")
    assert then["usage"]["input_tokens"] > made["usage"]["input_tokens"]


def test_cancel(responses):
    made = begun(responses)
    first = cancelled(responses, made)
    strict(Response, first.text)
    assert first.json()["status"] == "cancelled"
    assert cancelled(responses, made).json() == first.json()  # as it is
    assert responses.sdk.responses.cancel(made["id"]).status == "cancelled"
    assert responses.http.get(f"/responses/{made['id']}").json() == first.json()

    done = ended(responses, responses.response(background=True))
    assert cancelled(responses, done).json() == done


def test_a_plain_one_cannot_be_cancelled(responses):
    answer = cancelled(responses, responses.response())
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "Cannot cancel a synchronous response."
    assert cancelled(responses, {"id": "resp_x"}).status_code == 404


def test_it_needs_store_and_polling(responses):
    assert responses.refused(background=True, store=False)["param"] == "background"
    assert responses.refused(background=True, stream=True)["param"] == "stream"


def test_one_that_is_not_there_yet_is_no_previous_one(responses):
    made = begun(responses)
    error = responses.refused(previous_response_id=made["id"])
    assert error["code"] == "previous_response_not_finished"
    responses.sdk.responses.delete(made["id"])
    assert responses.http.get(f"/responses/{made['id']}").status_code == 404


def test_so_many_at_a_time(responses):
    made = [responses.response(background=True, **LONG) for _ in range(16)]
    with pytest.raises(openai.RateLimitError):
        responses.sdk.responses.create(**responses.body(background=True))
    plain = responses.response()  # others do not wait for them
    assert plain["status"] in ("completed", "incomplete")
    for each in made:
        assert cancelled(responses, each).json()["status"] in OVER
    responses.response(background=True)


def test_after_an_endpoint_that_was_killed(start, two_layers, tmp_path):
    """Another one, with another key, fails what it had not finished, and keeps the rest (RE5)."""
    first, second = (start("--profile", "plain", data=tmp_path) for _ in range(2))
    assert second.key != first.key
    with Door(first) as one, Door(second) as other:
        made = [one.response()]
        for _ in range(2):
            made.append(one.response(previous_response_id=made[-1]["id"], input="And?"))
        one.sdk.responses.delete(made[0]["id"])
        then = {"previous_response_id": made[2]["id"], "input": "And?"}
        count = one.count(**then)

        behind = begun(one)
        # of another live endpoint: it is left alone
        assert other.http.get(f"/responses/{behind['id']}").json()["status"] == "in_progress"
        first.process.kill()
        first.process.wait()
        seen = ended(other, behind)
        assert (seen["status"], seen["error"]["code"]) == ("failed", "server_error")
        assert "The endpoint ended" in seen["error"]["message"]

        assert other.http.get(f"/responses/{made[0]['id']}").status_code == 404
        for each in made[1:]:
            assert other.http.get(f"/responses/{each['id']}").json() == each
        assert other.count(**then) == count
        after = other.response(**then)
        read = [item.id for item in other.sdk.responses.input_items.list(after["id"])]
        known = [item["id"] for each in made for item in each["output"]]
        assert [item_id for item_id in read[::-1] if item_id in known] == known
        assert len(read) == 7
