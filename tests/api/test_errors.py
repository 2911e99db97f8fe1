"""Every bad answer becomes a typed error that says what to do next."""

import httpx
import pytest
from fake_endpoint import fake

from samplers.api import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConnectionFailed,
    EndpointError,
    InternalServerError,
    NotFoundError,
    QuotaError,
    RateLimitError,
)

OPENAI = {
    "error": {
        "message": "Bad temperature.",
        "type": "invalid_request_error",
        "param": "temperature",
        "code": "decimal_above",
    }
}
# OpenAI's of an account without credit, in the autumn of 2026
NO_CREDIT = {"type": "insufficient_quota", "code": "credit_balance_exhausted"}


def error_of(status=400, base_url="http://127.0.0.1:9/v1", **response) -> EndpointError:
    with pytest.raises(EndpointError) as caught:
        fake(httpx.Response(status, **response), base_url=base_url).chat("x")
    return caught.value


def test_openais_error_body_is_whole():
    error = error_of(json=OPENAI, headers={"x-request-id": "req_7"})
    assert type(error) is BadRequestError
    assert error.status == 400
    assert error.message == "Bad temperature."
    assert error.type == "invalid_request_error"
    assert error.param == "temperature"
    assert error.code == "decimal_above"
    assert error.request_id == "req_7"
    text = "HTTP 400, code decimal_above, param temperature: Bad temperature. [request req_7]"
    assert str(error) == text


@pytest.mark.parametrize(
    ("response", "message"),
    [
        ({"json": {"object": "error", "message": "vLLM's old way", "code": 400}}, "vLLM's old way"),
        ({"json": {"detail": "FastAPI's way"}}, "FastAPI's way"),
        ({"json": {"error": "a string"}}, "a string"),
        ({"json": {"error": {"message": None}}}, "no message"),
        ({"json": ["a", "list"]}, "['a', 'list']"),
        ({"json": [{"error": {"message": "Gemini's way", "code": 400}}]}, "Gemini's way"),
        ({"json": {"errors": ["another way"]}}, "{'errors': ['another way']}"),
        ({"content": b"<html>502</html>"}, "<html>502</html>"),
        ({"content": b"\xff\xfe"}, "\ufffd\ufffd"),
        ({"content": b""}, "no message"),
    ],
)
def test_other_servers_errors_are_read_too(response, message):
    assert error_of(**response).message == message


def test_a_long_page_is_cut():
    assert len(str(error_of(content=b"x" * 100_000))) < 700


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind", "advice"),
    [
        (401, {}, {}, AuthenticationError, "SAMPLERS_API_KEY"),
        (429, {}, {"retry-after": "7"}, RateLimitError, "Wait 7 s"),
        (429, {}, {"retry-after": "0.5"}, RateLimitError, "Wait 0.5 s"),
        (429, {}, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, RateLimitError, "Wait, then"),
        (429, {}, {"retry-after": "0"}, RateLimitError, "Wait, then"),
        (429, {}, {"retry-after": "9" * 400}, RateLimitError, "Wait 1000000000 s"),
        (429, {}, {"retry-after": f"{'9' * 400}.5"}, RateLimitError, "Wait 1000000000 s"),
        (429, {}, {"retry-after": "1e400"}, RateLimitError, "Wait, then"),
        (429, {}, {"retry-after": "inf"}, RateLimitError, "Wait, then"),
        (429, {}, {"retry-after": "nan"}, RateLimitError, "Wait, then"),
        (429, {}, {"retry-after": "-5"}, RateLimitError, "Wait, then"),
        (429, {}, {"retry-after": "2814, 2"}, RateLimitError, "Wait, then"),
        (429, {}, {"retry-after": ""}, RateLimitError, "Wait, then"),
        (429, {}, {"retry-after": "411000"}, RateLimitError, "Wait 411000 s"),
        (429, {"code": "insufficient_quota"}, {}, QuotaError, "add credit"),
        (429, NO_CREDIT, {}, QuotaError, "add credit"),
        (404, {"code": "model_not_found"}, {}, NotFoundError, "client.models()"),
        (404, {"code": 404, "param": "model"}, {}, NotFoundError, "client.models()"),
        (404, {}, {}, NotFoundError, "Does this endpoint have this path?"),
        (308, {}, {"location": "https://x/v1"}, APIError, "often https:// for http://"),
        (503, {}, {}, InternalServerError, "try again in a moment"),
    ],
)
def test_the_message_says_what_to_do(status, body, headers, kind, advice):
    error = error_of(status, json={"error": {"message": "no", **body}}, headers=headers)
    assert type(error) is kind
    assert advice in str(error)


@pytest.mark.parametrize("status", [501, 503])
def test_what_stays_so_is_not_to_be_tried_again(status):
    headers = {} if status == 501 else {"x-should-retry": "false"}
    error = error_of(status, json={"error": {"message": "Run it."}}, headers=headers)
    assert str(error) == f"HTTP {status}: Run it."


@pytest.mark.parametrize("code", [None, 404, "deployment_not_found"])
def test_a_404_asks_for_v1_only_where_the_address_has_none(code):
    body = {"error": {"message": "File Not Found", "code": code}}
    assert "ends in /v1" in str(error_of(404, "http://127.0.0.1:9", json=body))
    assert "/v1" not in str(error_of(404, json=body))


@pytest.mark.parametrize("depth", [100, 900, 5_000, 100_000])
@pytest.mark.parametrize(
    "around", ["%s", '{"error": %s}', '{"error": {"message": %s, "code": %s}}', '{"detail": %s}']
)
def test_a_body_nested_without_end_is_an_error_like_any_other(around, depth):
    for opened, closed in (("[", "]"), ('{"a":', "}")):
        body = around.replace("%s", opened * depth + "1" + closed * depth)
        error = error_of(503, content=body.encode())
        assert type(error) is InternalServerError
        assert error.status == 503
        assert len(str(error)) < 1000


def test_a_redirect_is_not_followed():
    error = error_of(307, headers={"location": "https://elsewhere.example/v1"})
    assert error.status == 307


@pytest.mark.parametrize(
    ("failure", "sent"),
    [
        (httpx.ConnectError("refused"), False),
        (httpx.ConnectTimeout("timed out"), False),
        (httpx.ReadTimeout("timed out"), True),
        (httpx.ProxyError("407"), True),
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.chat("x"),
        lambda client: list(client.stream("x")),
        lambda client: client.models(),
        lambda client: client.tokenize("x"),
    ],
)
def test_no_answer_says_what_was_tried_and_what_to_do(call, failure, sent):
    message = r"127.0.0.1:9/v1 does not answer .*Is the server running"
    with pytest.raises(ConnectionFailed, match=message) as caught:
        call(fake(failure))
    assert caught.value.sent is sent


@pytest.mark.parametrize(
    ("failure", "hint"),
    [
        (httpx.RemoteProtocolError("Server disconnected"), "made and then lost"),
        (httpx.ReadError("reset by peer"), "made and then lost"),
        (httpx.WriteError("broken pipe"), "made and then lost"),
        (httpx.ReadTimeout("timed out"), "wait longer"),
        (httpx.PoolTimeout("timed out"), "connections of this client are in use"),
        (httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong version number"), "http://"),
    ],
)
def test_the_hint_fits_the_failure(failure, hint):
    with pytest.raises(ConnectionFailed) as caught:
        fake(failure).chat("x")
    assert hint in str(caught.value)
    assert "address (SAMPLERS_BASE_URL) right" not in str(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.tokenize("x"),
        lambda client: client.next_token("x", after=[1]),
        lambda client: client.next_token("x", "all", after=[1]),
        lambda client: client.as_model("x"),
    ],
)
def test_an_endpoint_without_tokenize_says_which_one_has_it(call):
    body = {"error": {"message": "File Not Found", "code": 404}}
    with pytest.raises(APIError, match=r"connect\('local'\)") as caught:
        call(fake(httpx.Response(404, json=body)))
    assert caught.value.code == "unsupported"


def test_an_endpoint_without_models_says_how_to_name_one():
    with pytest.raises(APIError, match="SAMPLERS_MODEL_NAME"):
        fake(httpx.Response(200, json={"data": []}), model=None).chat("x")
