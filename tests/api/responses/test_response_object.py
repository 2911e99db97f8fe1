"""A response's JSON as dataclasses: OpenAI's own, and what other servers make of it."""

import dataclasses
import json

import httpx
import pytest
from fake_endpoint import fake
from fake_responses import answer, body, function_call, message, reasoning

from samplers.api import (
    APIError,
    FunctionCallItem,
    InternalServerError,
    Item,
    MessageItem,
    ReasoningItem,
    Response,
    ToolCall,
    Usage,
)

# llama.cpp's own server of 2026-11-30 (b11549), an answer to "Say hi"
LLAMA_CPP = {
    "completed_at": 1796079257,
    "created_at": 1796079257,
    "id": "resp_pkl",
    "model": "smollm2",
    "object": "response",
    "output": [
        {
            "content": [
                {"type": "output_text", "annotations": [], "logprobs": [], "text": "Oh, great!"}
            ],
            "id": "msg_Ybm",
            "role": "assistant",
            "status": "completed",
            "type": "message",
        }
    ],
    "status": "completed",
    "usage": {
        "input_tokens": 32,
        "output_tokens": 16,
        "total_tokens": 48,
        "input_tokens_details": {"cached_tokens": 31},
    },
}


def responded(**fields) -> Response:
    return fake(httpx.Response(200, json=body(**fields))).respond("x")


def cut(reason: str) -> dict:
    """The fields of a response that is incomplete."""
    return {"status": "incomplete", "incomplete_details": {"reason": reason}}


def test_all_that_a_response_says():
    web = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {}}
    thought = reasoning("I think.", encrypted_content="opaque")
    sent = body(thought, message("Yes, "), function_call(), web, message("it is."))
    response = fake(httpx.Response(200, json=sent)).respond("x")

    assert (response.text, response.status, response.reason) == ("Yes, it is.", "completed", None)
    assert (response.id, response.model, response.previous) == ("resp_1", "m", None)
    assert response.usage == Usage(10, 5, 15, 4, 2, 3, 4)
    assert response.tool_calls == (ToolCall("call_0", "weather", '{"city": "Paris"}'),)
    assert (response.refusal, response.logprobs) == (None, None)
    assert response.finish_reason == "tool_calls"
    assert response.raw == sent

    kinds = [ReasoningItem, MessageItem, FunctionCallItem, Item, MessageItem]
    assert [type(item) for item in response.items] == kinds
    thought, said, call, other, _ = response.items
    assert (thought.summary, thought.encrypted) == ("I think.", "opaque")
    assert (said.role, said.text, said.id, said.status) == (
        "assistant",
        "Yes, ",
        "msg_1",
        "completed",
    )
    assert (call.id, call.call_id) == ("fc_0", "call_0")
    assert (other.type, other.raw) == ("web_search_call", web)
    assert "opaque" not in repr(response.items)
    for part in (response, said):
        with pytest.raises(dataclasses.FrozenInstanceError):
            part.text = ""


@pytest.mark.parametrize(
    ("fields", "reason", "finish"),
    [
        (cut("max_output_tokens"), "max_output_tokens", "length"),
        (cut("content_filter"), "content_filter", "content_filter"),
        (cut("steered"), "steered", "length"),
        ({"status": "incomplete"}, None, "length"),
        ({"status": "queued", "output": []}, None, None),
        ({"status": "cancelled"}, None, None),
    ],
)
def test_why_it_is_not_complete(fields, reason, finish):
    response = responded(**fields)
    assert (response.reason, response.finish_reason) == (reason, finish)
    assert response.status == fields["status"]
    assert response.is_finished == (response.status != "queued")


def test_a_response_that_failed_is_an_error_and_one_that_is_looked_up_says_why():
    error = {"code": "server_error", "message": "It broke."}
    failed = answer(status="failed", error=error, output=[])
    with pytest.raises(APIError, match=r"It broke\.") as caught:
        fake(failed).respond("x")
    assert caught.value.code == "server_error"

    response = fake(failed).response("resp_1")
    assert (response.status, response.reason) == ("failed", "It broke.")
    assert response.finish_reason is None


def test_a_response_that_failed_without_an_error_is_an_error_too():
    with pytest.raises(APIError, match="the response failed"):
        responded(status="failed", output=[])


def test_an_error_in_spite_of_its_status():
    with pytest.raises(InternalServerError):
        fake(httpx.Response(500, json={"error": {"message": "no"}}), max_retries=0).response("r")


def test_a_refusal_is_no_text():
    part = {"type": "refusal", "refusal": "I can't."}
    response = responded(output=[message(content=[part])])
    assert (response.text, response.refusal) == ("", "I can't.")


def test_logprobs_have_their_bytes_and_the_likeliest():
    entry = {"token": "é", "bytes": [195, 169], "logprob": -0.5}
    entry["top_logprobs"] = [{"token": "e", "bytes": [101], "logprob": -0.25}]
    part = {"type": "output_text", "text": "é", "annotations": [], "logprobs": [entry]}
    (token,) = responded(output=[message(content=[part])]).logprobs
    assert (token.token, token.bytes, token.logprob) == ("é", "é".encode(), -0.5)
    assert token.top[0].token == "e"


def test_llama_cpps_response():
    response = fake(httpx.Response(200, json=LLAMA_CPP)).respond("x")
    assert (response.text, response.status) == ("Oh, great!", "completed")
    assert response.usage == Usage(32, 16, 48, 31, engine_cached_tokens=31)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"output": [message(content="plain")]}, "plain"),
        ({"output": [message(content=None)]}, ""),
        ({"output": [message(content=[None])]}, ""),
        ({"output": [None, message("a")], "output_text": "a"}, "a"),
        ({"message": ""}, "hello"),
        ({"detail": "low"}, "hello"),
        ({"output": [{"role": "assistant", "content": "no type"}]}, "no type"),
        ({"output": None}, ""),
        ({"id": 7, "usage": None, "status": None, "model": ["m"]}, "hello"),
        ({"usage": {"prompt_tokens": 1, "completion_tokens": 2}, "error": {}}, "hello"),
        ({"incomplete_details": "odd", "error": {"code": None}}, "hello"),
        ({"output": [message(id=None, status=4, role=None)]}, "hello"),
    ],
)
def test_odd_data_does_not_break_it(fields, text):
    response = responded(**fields)
    assert (response.text, response.status) == (text, "completed")


def test_half_a_surrogate_pair():
    text = json.dumps(body(message("half \ud83d"), id="resp_好"))
    response = fake(httpx.Response(200, content=text.encode())).respond("x")
    assert response.text == "half \ufffd"


@pytest.mark.parametrize(
    ("item", "call"),
    [
        (function_call(call_id=None), ToolCall("fc_0", "weather", '{"city": "Paris"}')),
        (function_call(arguments={"city": "好"}), ToolCall("call_0", "weather", '{"city": "好"}')),
        (function_call(arguments=None, call_id=5), ToolCall("5", "weather", "")),
    ],
)
def test_odd_calls(item, call):
    assert responded(output=[item]).tool_calls == (call,)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        [],
        None,
        {"choices": [{"message": {"content": "a chat's"}}]},
        {"status": "completed", "output": "hi"},
        {"status": "completed", "output": message()},
        {"status": "completed", "output": [message(), 3]},
        {"status": "completed", "output_text": "hi"},
        {"status": "completed", "output_text": "hi", "output": []},
        body(message(content=3)),
        body(message(content=[{"type": "output_text", "text": 3}])),
        body(function_call(name=3)),
    ],
)
def test_what_the_model_said_is_never_left_out(sent):
    with pytest.raises(APIError, match="cannot be read"):
        fake(httpx.Response(200, json=sent)).respond("x")
