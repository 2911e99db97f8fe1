"""Responses that go on from others: what they inherit, and what is left after a DELETE."""

import json

import openai
import pytest
from responses_door import WEATHER, text_of
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

SPAIN = "And of Spain?"


@pytest.fixture
def two(responses) -> tuple[dict, dict]:
    """A response, and one that goes on from it."""
    first = responses.response(instructions="Answer in French.", input=system("Be brief."))
    return first, responses.response(previous_response_id=first["id"], input=SPAIN)


def system(text: str) -> list[dict]:
    """A system message before a user's."""
    return [{"role": "system", "content": text}, {"role": "user", "content": "Hello"}]


def by_hand(responses, response: dict) -> list[dict]:
    """The items that a response's model read, in order."""
    query = {"order": "asc", "limit": 100}
    return responses.http.get(f"/responses/{response['id']}/input_items", params=query).json()[
        "data"
    ]


def test_a_response_comes_back_as_it_was(responses):
    for made in (responses.response(), responses.events()[-1]["response"]):
        assert responses.http.get(f"/responses/{made['id']}").json() == made
        assert responses.sdk.responses.retrieve(made["id"]).output_text == text_of(made)


def test_usage_is_that_of_the_same_items_sent_by_hand(responses):
    """RE3: instructions are not inherited, system messages are; it grows linearly."""
    made = responses.response(instructions="Answer in French.", input=system("Be brief."))
    for number in range(4):
        made = responses.response(previous_response_id=made["id"], input=f"And {number}?")
        assert made["instructions"] is None
        alone = responses.count(input=by_hand(responses, made))
        assert made["usage"]["input_tokens"] == alone
    roles = [item["role"] for item in by_hand(responses, made)]
    assert roles == ["system", "user", *["assistant", "user"] * 4]


def test_calls_are_inherited_with_their_outputs(responses):
    call = {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "call_1", "output": "12 °C"}
    items = [{"role": "user", "content": "The weather?"}, call, output]
    first = responses.response(input=items, tools=[WEATHER], tool_choice="none")
    then = responses.response(previous_response_id=first["id"], input="And now?")
    read = by_hand(responses, then)
    kinds = ["message", "function_call", "function_call_output", "message", "message"]
    assert [item["type"] for item in read] == kinds
    assert then["usage"]["input_tokens"] == responses.count(input=read)


def test_after_delete(responses, two):
    """RE5: later ones stay readable, and going on from them still knows everything."""
    first, second = two
    before = responses.response(previous_response_id=second["id"], input="And?")
    responses.sdk.responses.delete(first["id"])
    for call in (responses.http.get, responses.http.delete):
        answer = call(f"/responses/{first['id']}")
        message = f"Response with id '{first['id']}' not found."
        assert answer.status_code == 404
        assert answer.json()["error"]["message"] == message

    error = responses.refused(previous_response_id=first["id"])
    assert error == {
        "message": f"Previous response with id '{first['id']}' not found.",
        "type": "invalid_request_error",
        "param": "previous_response_id",
        "code": "previous_response_not_found",
    }
    assert responses.http.get(f"/responses/{second['id']}").json() == second
    after = responses.response(previous_response_id=second["id"], input="And?")
    assert after["usage"]["input_tokens"] == before["usage"]["input_tokens"]
    assert by_hand(responses, after)[:-1] == by_hand(responses, before)[:-1]


@pytest.mark.parametrize("odd", ["..%2F..%2Fx", "resp_x", "%00", "a" * 5000, "..", "é", "' OR 1"])
def test_odd_ids(responses, odd):
    for path in (f"/responses/{odd}", f"/responses/{odd}/input_items"):
        assert responses.http.get(path).status_code == 404
    assert responses.http.delete(f"/responses/{odd}").status_code in (404, 405)
    assert responses.http.post(f"/responses/{odd}/cancel").status_code == 404


def test_nothing_is_kept_if_store_is_false(responses):
    made = responses.response(store=False)
    assert responses.http.get(f"/responses/{made['id']}").status_code == 404
    error = responses.refused(previous_response_id=made["id"])
    assert error["code"] == "previous_response_not_found"
    item_id = made["output"][0]["id"]
    error = responses.refused(404, input=[{"type": "item_reference", "id": item_id}])
    assert error["message"].startswith(f"Item with id '{item_id}' not found. Items are not pers")
    assert (error["param"], error["code"]) == ("input", None)


def test_a_reference_is_the_item_itself(responses):
    made = responses.response()
    question = {"role": "user", "content": SPAIN}
    output = made["output"]
    references = [{"type": "item_reference", "id": item["id"]} for item in output]
    referred = responses.response(input=[*references, question])
    assert referred["usage"]["input_tokens"] == responses.count(input=[*output, question])
    assert by_hand(responses, referred)[:-1] == output


def test_a_client_that_goes_away_leaves_nothing(responses, endpoint):
    before = responses.response()
    with responses.http.stream("POST", "/responses", json=responses.body(stream=True)) as answer:
        lines = answer.iter_lines()
        assert next(lines) == "event: response.created"
        gone = json.loads(next(lines).removeprefix("data: "))["response"]["id"]
    after = responses.response()  # by now the endpoint has seen the other one go
    assert responses.http.get(f"/responses/{gone}").status_code == 404
    assert responses.http.get(f"/responses/{before['id']}").status_code == 200
    assert responses.http.get(f"/responses/{after['id']}").status_code == 200


def test_what_an_incomplete_one_said_is_known(responses):
    made = responses.response(input="Tell me a long story.", max_output_tokens=16, temperature=0)
    assert made["status"] == "incomplete"
    then = responses.response(previous_response_id=made["id"], input="Go on.")
    assert by_hand(responses, then)[1:-1] == made["output"]


def test_other_states_that_are_not_here(responses):
    error = responses.refused(404, conversation="conv_x")
    assert error["message"] == "Conversation with id 'conv_x' not found."
    error = responses.refused(404, prompt={"id": "pmpt_x"})
    assert error["message"] == "Prompt with id 'pmpt_x' not found."
    error = responses.refused(conversation="conv_x", previous_response_id="resp_x")
    assert error["code"] == "mutually_exclusive_parameters"
    for path in ("/responses/compact", "/conversations", "/conversations/conv_x/items"):
        answer = responses.http.post(path, json={})
        assert answer.status_code == 404
        assert answer.json()["error"]["message"].startswith("This endpoint does not offer")


def test_the_sdk_finds_nothing_strange(responses):
    """Strictly: create, previous_response_id, retrieve, input_items, cancel, delete."""
    sdk = responses.sdk.responses
    fields = {"model": responses.model, "max_output_tokens": 16}
    first = sdk.create(input="Hello", **fields)
    second = sdk.create(input=SPAIN, previous_response_id=first.id, **fields)
    assert second.previous_response_id == first.id
    assert sdk.retrieve(second.id) == second
    items = list(sdk.input_items.list(second.id))
    assert [item.role for item in items] == ["user", "assistant", "user"]
    assert items[1].id == first.output[0].id

    behind = sdk.create(input="Hello", background=True, **fields)
    assert behind.status == "queued"
    assert sdk.cancel(behind.id).status in ("cancelled", "completed", "incomplete")
    for made in (first, second, behind):
        sdk.delete(made.id)
        with pytest.raises(openai.NotFoundError):
            sdk.retrieve(made.id)


def test_no_web_socket(responses):
    address = str(responses.http.base_url.join("/v1/responses")).replace("http", "ws", 1)
    with pytest.raises(InvalidStatus) as caught:
        connect(address, additional_headers={"Authorization": f"Bearer {responses.key}"})
    answer = caught.value.response
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")
    assert json.loads(answer.body)["error"]["code"] == "unsupported_endpoint"
