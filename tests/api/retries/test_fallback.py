"""Another model answers where the first one stays down, and the answer says so."""

import json

import httpx
import pytest
from fake_endpoint import Body, Recorded, completion, delta, event, fake, sse

from samplers.api import (
    APITimeoutError,
    BadRequestError,
    ConnectionFailed,
    InternalServerError,
    QuotaError,
    StreamBroken,
)

DOWN = httpx.Response(503, json={})


class TwoModels(Recorded):
    """`first` answers as given; `second` answers, or fails, too."""

    def __init__(self, first, second=None):
        super().__init__(first)
        self.second = second

    def __call__(self, request):
        body = json.loads(request.content)
        answer = super().__call__(request)
        if body["model"] == "first":
            return answer
        if self.second is not None:
            return self.second
        if body.get("stream"):
            return sse(event(delta("hi") | {"model": body["model"]}), event("[DONE]"))
        answered = json.loads(completion("hi").content)
        return httpx.Response(200, json=answered | {"model": body["model"]})

    @property
    def models(self):
        return [body["model"] for body in self.bodies]


def client_of(endpoint, **options):
    return fake(endpoint, "first", fallback="second", **options)


@pytest.mark.parametrize(
    "failure",
    [DOWN, httpx.Response(429, json={}), httpx.ConnectError("no"), httpx.ReadError("gone")],
    ids=repr,
)
def test_it_answers_after_all_retries(failure):
    endpoint = TwoModels(failure)
    answer = client_of(endpoint).chat("x")
    assert (answer.text, answer.model) == ("hi", "second")
    assert endpoint.models == ["first"] * 3 + ["second"]


def test_a_stream_of_it():
    endpoint = TwoModels(DOWN)
    chunks = list(client_of(endpoint).stream("x"))
    assert "".join(chunk.text for chunk in chunks) == "hi"
    assert chunks[0].raw["model"] == "second"
    assert endpoint.models == ["first"] * 3 + ["second"]


def test_a_long_wait_is_not_waited_for():
    endpoint = TwoModels(httpx.Response(429, json={}, headers={"retry-after": "600"}))
    assert client_of(endpoint).chat("x").model == "second"
    assert endpoint.models == ["first", "second"]


def test_nobody_is_asked_where_the_first_one_answers():
    endpoint = TwoModels(completion("hello"))
    assert client_of(endpoint).chat("x").text == "hello"
    assert endpoint.models == ["first"]


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.Response(400, json={}), BadRequestError),
        (httpx.Response(429, json={"error": {"code": "insufficient_quota"}}), QuotaError),
    ],
)
@pytest.mark.parametrize("call", ["chat", "stream"])
def test_what_another_model_cannot_help_with_is_raised(failure, kind, call):
    endpoint = TwoModels(failure)
    with pytest.raises(kind):
        list(getattr(client_of(endpoint), call)("x"))
    assert endpoint.models == ["first"]


def test_a_stream_that_has_begun_is_not_begun_again():
    endpoint = TwoModels(sse(event(delta("a")), httpx.ReadError("gone")))
    with pytest.raises(StreamBroken) as caught:
        list(client_of(endpoint).stream("x"))
    assert caught.value.text == "a"
    assert endpoint.models == ["first"]


def test_its_stream_comes_as_it_is_asked_for_and_can_be_closed():
    body = Body(event(delta("a")), httpx.ReadError("never asked for"))
    stream = client_of(TwoModels(sse(body))).stream("x")
    next(stream)
    stream.close()
    assert body.closed


@pytest.mark.parametrize("call", ["chat", "stream"])
def test_its_own_error_is_raised_if_it_is_down_too(call):
    endpoint = TwoModels(httpx.Response(429, json={}), DOWN)
    with pytest.raises(InternalServerError) as caught:
        list(getattr(client_of(endpoint), call)("x"))
    assert endpoint.models == ["first"] * 3 + ["second"] * 3
    note = "This is the fallback's; the first model failed with RateLimitError, HTTP 429."
    assert caught.value.__notes__[-1] == note


def test_a_closed_client_asks_nobody():
    client = client_of(TwoModels(completion()))
    client.close()
    with pytest.raises(ConnectionFailed, match="is closed") as caught:
        client.chat("x")
    assert not hasattr(caught.value, "__notes__")


def test_it_does_not_stand_in_for_itself():
    endpoint = TwoModels(None, DOWN)
    with pytest.raises(InternalServerError):
        client_of(endpoint).chat("x", model="second")
    assert endpoint.models == ["second"] * 3


@pytest.mark.parametrize("call", ["chat", "stream"])
def test_a_request_that_it_does_not_take_is_refused_before_it_is_needed(call):
    endpoint = TwoModels(completion())
    client = fake(endpoint, "gpt-4.1", fallback="o3")
    with pytest.raises(ValueError, match="fallback must take the same request: o3 takes no temper"):
        getattr(client, call)("x", temperature=0.5)
    assert endpoint.models == []


def test_the_time_is_that_of_both_together():
    def late(request):
        deadline = request.extensions["timeout"]["read"]
        while deadline.allows(0):
            pass
        return httpx.ReadTimeout("late")

    endpoint = TwoModels(None)

    def answer(request):
        endpoint(request)
        return late(request)

    with pytest.raises(APITimeoutError):
        client_of(answer).chat("x", timeout=0.02)
    assert endpoint.models == ["first"]


@pytest.mark.parametrize("model", ["", 5, ["a"]])
def test_a_wrong_name_is_named(model):
    with pytest.raises(ValueError, match="fallback must be a model's name, a str, or None, got"):
        fake(completion(), fallback=model)
