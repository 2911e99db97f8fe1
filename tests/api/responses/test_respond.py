"""client.respond: what it sends, what it refuses, and the endpoints that have no Responses."""

import dataclasses

import httpx
import numpy as np
import pytest
from fake_endpoint import Recorded, fake, sse
from fake_responses import answer, body, event, message, text_events

from samplers.api import (
    BadRequestError,
    Limiter,
    NotFoundError,
    Response,
    StreamBroken,
    accumulate,
)
from samplers.api.abilities import TRANSFORMERS


def sent(given="x", **params) -> dict:
    """The body that respond() sends."""
    endpoint = Recorded(answer())
    fake(endpoint).respond(given, **params)
    request = endpoint.requests[-1]
    assert (request.method, request.url.path) == ("POST", "/v1/responses")
    (found,) = endpoint.bodies
    return found


def without(id: str | None) -> Response:
    """An empty response with this id."""
    return Response("", "completed", None, None, None, id, None, (), {})


def test_what_goes_out():
    plain = {"model": "m", "input": "x", "stream": False}
    assert sent() == plain
    assert sent(instructions=None, max_output_tokens=16) == plain | {"max_output_tokens": 16}
    assert sent(temperature=np.float32(0.5))["temperature"] == 0.5
    items = [{"type": "message", "role": "user", "content": "好"}]
    items += [{"type": "item_reference", "id": "msg_1"}]
    assert sent(items)["input"] == items
    assert sent(tuple(items))["input"] == items
    assert sent(model="other")["model"] == "other"


def test_previous_is_a_response_or_its_id():
    response = without("resp_9")
    assert sent(previous=response)["previous_response_id"] == "resp_9"
    assert sent(previous="resp_8")["previous_response_id"] == "resp_8"
    assert sent(previous_response_id="resp_7")["previous_response_id"] == "resp_7"
    endpoint = Recorded(sse(*text_events("a")))
    list(fake(endpoint).respond_stream("x", previous=response))
    assert endpoint.bodies[0]["previous_response_id"] == "resp_9"
    assert endpoint.bodies[0]["stream"] is True


@pytest.mark.parametrize(
    ("given", "params", "says"),
    [
        (3, {}, "input must be a str or a list of items, got 3"),
        (["a"], {}, "input must be a str or a list of items"),
        (b"a", {}, "input must be a str or a list of items"),
        ("x", {"previous": 5}, "previous must be a Response with an id, or the id, got 5"),
        ("x", {"previous": ""}, "previous must be a Response"),
        ("x", {"previous": "a", "previous_response_id": "b"}, "previous_response_id must be left"),
        ("x", {"stream": True}, r"client\.respond_stream streams"),
        ("x", {"model": 3}, "model must be a model's name"),
        ("x", {"metadata": {"a": {1}}}, "metadata must be something that JSON can hold"),
        ("x", {"max_tokens": 16}, "Responses take max_output_tokens"),
        ("x", {"messages": []}, "Responses take input"),
        ("x", {"stop": ["a"]}, "Responses have none; cut the text yourself"),
        ([{"role": "user", "content": [{"type": "input_audio"}]}], {}, "must be text or images"),
    ],
)
def test_what_is_not_sent(given, params, says):
    endpoint = Recorded(answer())
    with pytest.raises(ValueError, match=says):
        fake(endpoint).respond(given, **params)
    assert endpoint.requests == []


@pytest.mark.parametrize("method", ["respond", "respond_stream"])
def test_previous_is_refused_where_an_engine_keeps_nothing(method):
    """Some, such as transformers serve, would ignore it without a word."""
    endpoint = Recorded(answer())
    client = fake(endpoint)
    client.endpoint.calls(None).kept["abilities"] = TRANSFORMERS
    with pytest.raises(ValueError, match="transformers keeps no responses"):
        getattr(client, method)("x", previous="resp_1")
    assert endpoint.requests == []


def test_chats_messages_become_items():
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}
    part = {"type": "input_image", "image_url": "data:image/png;base64,AA"}
    (item,) = sent([{"role": "user", "content": [image]}])["input"]
    assert item == {"type": "message", "role": "user", "content": [part]}


@dataclasses.dataclass
class City:
    name: str


def test_what_parse_refuses():
    client = fake(Recorded(answer()))
    for params, says in (
        ({"text": "x"}, "text must be an object without a format"),
        ({"text": {"format": {"type": "text"}}}, "text must be an object without a format"),
        ({"background": True}, "background must be left out of parse"),
    ):
        with pytest.raises(ValueError, match=says):
            client.parse("x", City, api="responses", **params)


@pytest.mark.parametrize("value", [None, "", "..", 3, without(None)])
def test_what_is_no_id(value):
    client = fake(Recorded(answer()))
    for method in (client.response, client.delete_response, client.cancel_response):
        with pytest.raises(ValueError, match="id must be"):
            method(value)


def test_a_kept_response_is_got_deleted_and_cancelled():
    endpoint = Recorded(answer(status="cancelled"))
    client = fake(endpoint)
    response = client.response("resp_1")
    assert client.cancel_response(response).status == "cancelled"
    assert client.delete_response("resp/../1") is None
    assert [(r.method, r.url.raw_path) for r in endpoint.requests] == [
        ("GET", b"/v1/responses/resp_1"),
        ("POST", b"/v1/responses/resp_1/cancel"),
        ("DELETE", b"/v1/responses/resp%2F..%2F1"),
    ]
    assert endpoint.bodies == []


NO_PATH = [
    httpx.Response(404, json={"detail": "Not Found"}),
    httpx.Response(404, json={"error": {"message": "File Not Found", "type": "not_found_error"}}),
    httpx.Response(404, text="404 page not found"),
    httpx.Response(404, json={"error": {"message": "Invalid URL (POST /v1/responses)"}}),
    httpx.Response(405, json={"detail": "Method Not Allowed"}),
    httpx.Response(501, json={"error": {"message": "not here"}}),
]


@pytest.mark.parametrize("refusal", NO_PATH)
def test_an_endpoint_without_responses_says_so(refusal):
    client = fake(refusal, max_retries=0)
    says = r"this endpoint has no /v1/responses; client\.chat asks it by Chat Completions"
    with pytest.raises(NotFoundError, match=says) as caught:
        client.respond("x")
    assert caught.value.code == "unsupported"
    with pytest.raises(NotFoundError, match=says):
        next(client.respond_stream("x"))


@pytest.mark.parametrize(
    "error",
    [
        {"message": "The model 'm' does not exist", "param": "model", "code": "model_not_found"},
        {"message": "model 'm' not found, try pulling it first"},
        {"message": "Conversation with id 'conv_x' not found.", "param": None, "code": None},
        {"message": "Response with id 'resp_x' not found.", "param": "response_id"},
    ],
)
def test_another_404_stays_what_it_is(error):
    with pytest.raises(NotFoundError) as caught:
        fake(httpx.Response(404, json={"error": error})).respond("x")
    assert caught.value.message == error["message"]


def test_a_missing_object_is_no_missing_path():
    error = {"message": "Response with id 'resp_x' not found.", "type": "invalid_request_error"}
    with pytest.raises(NotFoundError, match="not found") as caught:
        fake(httpx.Response(404, json={"error": error})).response("resp_x")
    assert caught.value.code is None
    assert "path" not in str(caught.value)


@pytest.mark.parametrize("refusal", [NO_PATH[0], NO_PATH[4]])
def test_an_endpoint_that_keeps_none_says_so(refusal):
    client = fake(refusal, max_retries=0)
    for method, name in (
        (client.response, "GET /v1/responses/…"),
        (client.cancel_response, "POST /v1/responses/…/cancel"),
        (client.delete_response, "DELETE /v1/responses/…"),
    ):
        with pytest.raises(NotFoundError, match=f"this endpoint has no {name}"):
            method("resp_1")


def test_the_seconds_that_a_look_up_may_take():
    endpoint = Recorded(answer())
    client = fake(endpoint)
    for method in (client.response, client.cancel_response, client.delete_response):
        method("resp_1", timeout=3)
        assert 0 < endpoint.requests[-1].extensions["timeout"]["read"] <= 3
        with pytest.raises(ValueError, match="timeout"):
            method("resp_1", timeout=-1)


def test_the_fallback_answers():
    answers = iter([httpx.Response(500), answer(model="other")])
    client = fake(lambda request: next(answers), fallback="other", max_retries=0)
    assert client.respond("x").model == "other"
    answers = iter([httpx.Response(500), sse(*text_events("hi"))])
    client = fake(lambda request: next(answers), fallback="other", max_retries=0)
    assert accumulate(client.respond_stream("x")).read().text == "hi"


def test_what_fails_is_tried_again_and_a_wrong_request_is_not():
    answers = iter([httpx.Response(503), answer()])
    assert fake(lambda request: next(answers)).respond("x").text == "hello"
    endpoint = Recorded(httpx.Response(400, json={"error": {"message": "no"}}))
    with pytest.raises(BadRequestError):
        fake(endpoint).respond("x")
    assert len(endpoint.requests) == 1


def test_a_limiter_counts_what_a_chained_call_inherits():
    seen = []

    class Watched(Limiter):
        def acquire(self, tokens, deadline):
            seen.append(tokens)
            return super().acquire(tokens, deadline)

    usage = {"input_tokens": 1000, "output_tokens": 500, "total_tokens": 1500}
    client = fake(answer(usage=usage), limiter=Watched(tpm=100_000))
    first = client.respond("x", max_output_tokens=16)
    client.respond("x", previous=first, max_output_tokens=16)
    client.respond("x", previous="resp_of_another", max_output_tokens=16)
    assert 1500 < seen[1] - seen[0] < 1700
    assert seen[2] - seen[0] < 100


def test_no_key_in_what_breaks():
    key = "a-key-of-nobody"
    failure = event("error", message=f"the key {key} is odd", code="x")
    with pytest.raises(StreamBroken) as caught:
        list(fake(sse(failure), key=key).respond_stream("x"))
    assert key not in str(caught.value)
    failed = body(message(), status="failed", error={"message": f"{key} no", "code": "x"})
    with pytest.raises(Exception, match="no") as caught:
        fake(httpx.Response(200, json=failed), key=key).respond("x")
    assert key not in str(caught.value)
