"""What goes out: the body as it was asked for. Bad input is stopped before it is sent."""

import numpy as np
import pytest
from fake_endpoint import Recorded, completion, fake

from samplers.api import Client


def sent(**params) -> dict:
    """The body of a chat request with these parameters."""
    endpoint = Recorded(completion())
    fake(endpoint).chat("Hi 好", **params)
    (body,) = endpoint.bodies
    return body


def test_a_str_is_one_user_message_and_nothing_is_added():
    assert sent() == {"model": "m", "messages": [{"role": "user", "content": "Hi 好"}]}


def test_parameters_go_as_they_are_and_none_is_left_out():
    params = {
        "model": "other",
        "temperature": 0,
        "top_k": 40,
        "min_p": 0.1,
        "stop": ["\n"],
        "logit_bias": {"5": -100},
    }
    body = sent(**params, seed=None)
    del body["messages"]
    assert body == params


def test_numpy_values_go_as_plain_numbers():
    body = sent(temperature=np.float32(0.5), n=np.int64(2), logit_bias={"1": np.float64(2)})
    assert body["n"] == 2


def test_next_token_asks_for_the_undisturbed_distribution():
    entry = {"token": "a", "bytes": [97], "logprob": -0.1}
    endpoint = Recorded(completion(logprobs={"content": [{"top_logprobs": [entry]}]}))
    fake(endpoint).next_token([{"role": "user", "content": "x"}], top=5)

    (body,) = endpoint.bodies
    expected = {"temperature": 1, "top_p": 1, "max_tokens": 1, "logprobs": True, "top_logprobs": 5}
    assert {name: body[name] for name in expected} == expected
    headers = endpoint.requests[-1].headers
    assert not [name for name in headers if name.startswith("x-samplers")]


@pytest.mark.parametrize(
    "messages",
    [[], None, 5, {"role": "user", "content": "x"}, ["text"], [{"content": "x"}], [None]],
)
@pytest.mark.parametrize("method", ["chat", "stream", "next_token", "as_model"])
def test_bad_messages(method, messages):
    call = getattr(fake(completion()), method)
    with pytest.raises(ValueError, match="messages must be"):
        call(messages)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), object(), {1, 2}, "\ud800", b"bytes"]
)
def test_what_json_cannot_hold_is_named(value):
    with pytest.raises(ValueError, match="stop must be something that JSON can hold"):
        fake(completion()).chat("x", temperature=1, stop=value)


def test_stream_is_not_a_parameter_of_chat():
    with pytest.raises(ValueError, match="stream"):
        fake(completion()).chat("x", stream=True)


@pytest.mark.parametrize("model", [5, ["m"], {"id": "m"}])
@pytest.mark.parametrize("method", ["chat", "stream", "stream_bytes"])
def test_a_models_name_is_a_str(method, model):
    call = getattr(fake(completion()), method)
    with pytest.raises(ValueError, match="model must be a model's name, a str, got"):
        call("x", model=model)


def test_stream_options_are_an_object():
    client = fake(completion(), "gpt-6-luna", "https://api.openai.com/v1")
    with pytest.raises(ValueError, match="stream_options must be an object, got 'usage'"):
        client.stream("x", stream_options="usage")


def test_a_request_says_that_it_is_json():
    endpoint = Recorded(completion())
    fake(endpoint).chat("x")
    (request,) = endpoint.requests
    assert request.headers["accept"] == request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("timeout", [0, -1, "5", True, float("nan"), float("inf")])
def test_bad_timeout(timeout):
    endpoint = Recorded(completion())
    with pytest.raises(ValueError, match="timeout must be a number of seconds > 0"):
        fake(endpoint).chat("x", timeout=timeout)
    assert endpoint.requests == []


@pytest.mark.parametrize("top", [0, -1, 2.0, True, "every", None])
def test_bad_top(top):
    with pytest.raises(ValueError, match=r"top must be an int >= 1 or 'all'"):
        fake(completion()).next_token("x", top=top)


@pytest.mark.parametrize("after", [5, ["a"], [1.5], [-1], "12", b"12"])
def test_bad_after(after):
    with pytest.raises(ValueError, match="after must be a sequence of token ids"):
        fake(completion()).next_token("x", after=after)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8000",
        "127.0.0.1/v1",
        "ftp://host/v1",
        "http://",
        "http:///v1",
        "http://[::",
        "http://host:0/v1",
        "http://host:65536/v1",
        "http://host:bad/v1",
        "http://xn--/v1",
        "http://a..b/v1",
        "http://" + "a" * 64,
        "http://999.1.1.1/v1",
        "http://host\n/v1",
        b"http://host",
        None,
        5,
    ],
)
def test_bad_address(url):
    with pytest.raises(ValueError, match="base_url must be an address"):
        Client(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://me:secret@host/v1",
        "http://:secret@host/v1",
        "https://host/v1?key=secret",
        "https://host/v1#secret",
        "https://host/v1?",
        "https://host/v1#",
    ],
)
def test_an_address_with_a_secret_is_refused_and_not_shown(url):
    with pytest.raises(ValueError, match="SAMPLERS_API_KEY") as caught:
        Client(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "base_url"),
    [
        ("http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1"),
        (" HTTP://Host/v1// ", "http://host/v1"),
        ("http://host:80", "http://host"),
        ("http://[::1]:9/v1", "http://[::1]:9/v1"),
        ("http://bücher.example/v1", "http://xn--bcher-kva.example/v1"),
        ("http://a_b:65535/v1", "http://a_b:65535/v1"),
    ],
)
def test_an_address_as_it_is_asked(url, base_url):
    assert Client(url).base_url == base_url
