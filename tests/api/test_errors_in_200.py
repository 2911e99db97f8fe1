"""Errors that come with the status 200, and bodies that are no answer."""

import json

import httpx
import pytest
from fake_endpoint import fake

from samplers.api import (
    APIError,
    AuthenticationError,
    Completion,
    InternalServerError,
    RateLimitError,
)


def chat(body) -> Completion:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return fake(httpx.Response(200, content=content)).chat("x")


@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        ({"error": {"message": "boom", "code": "x"}}, "boom", "x"),
        ({"error": {"message": "boom"}, "choices": None}, "boom", None),
        ({"error": {"message": "boom"}, "choices": []}, "boom", None),
        ({"error": "boom"}, "boom", None),
        ({"error": ["boom", 1]}, "['boom', 1]", None),
        ({"error": {"code": 5}}, "no message", "5"),
        ({"object": "error", "message": "boom", "code": 400}, "boom", "400"),
        ({"message": "boom"}, "boom", None),
        ({"detail": "boom"}, "boom", None),
        ({"detail": [{"msg": "boom"}]}, "[{'msg': 'boom'}]", None),
        ([{"error": {"message": "boom", "code": 400}}], "boom", "400"),
    ],
)
def test_an_error_in_a_200_is_typed(body, message, code):
    for call in (lambda client: client.chat("x"), lambda client: client.models()):
        with pytest.raises(APIError) as caught:
            call(fake(httpx.Response(200, json=body)))
        assert (caught.value.status, caught.value.message, caught.value.code) == (
            200,
            message,
            code,
        )


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (401, AuthenticationError),
        ("429", RateLimitError),
        (500, InternalServerError),
        (None, APIError),
    ],
)
def test_a_200s_error_has_the_class_of_its_code(code, kind):
    with pytest.raises(APIError) as caught:
        chat({"error": {"message": "boom", "code": code}})
    assert type(caught.value) is kind


@pytest.mark.parametrize("error", [None, "", {}, {"code": None, "message": ""}])
def test_an_empty_error_is_none(error):
    assert chat({"error": error, "choices": [{"message": {"content": "hi"}}]}).text == "hi"


@pytest.mark.parametrize("more", [{"message": "success", "code": 0}, {"detail": None}])
def test_a_message_beside_an_answer_is_no_error(more):
    body = {"data": [{"id": "m"}]} | more
    assert fake(httpx.Response(200, json=body)).models() == ["m"]


def test_models_may_be_a_bare_list():
    assert fake(httpx.Response(200, json=[{"id": "m"}])).models() == ["m"]


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"", b"data: {}", b"\x80"])
def test_what_is_no_json_names_the_address_and_what_came(body):
    headers = {"content-type": "text/html; charset=utf-8"}
    answer = httpx.Response(200, content=body, headers=headers)
    expected = r"http://127\.0\.0\.1:9/v1 cannot be read \(not JSON but text/html.*address right"
    with pytest.raises(APIError, match=expected):
        fake(answer).chat("x")


def test_json_that_is_cut_says_so():
    headers = {"content-type": "application/json"}
    answer = httpx.Response(200, content=b'{"choices": [', headers=headers)
    with pytest.raises(APIError, match=r"127\.0\.0\.1:9/v1 cannot be read \(JSONDecodeError"):
        fake(answer).chat("x")
