"""What a page of a named origin can do, and a page of another one cannot."""

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

HI = [{"role": "user", "content": "Hi"}]
OURS = "https://class.example"
SECOND = "http://localhost:5173"
OTHERS = ("https://evil.example", "http://class.example", "https://class.example:8443", "null")
ALLOW = "access-control-allow-origin"


def asked(endpoint, origin: str, path: str = "/chat/completions", **headers) -> httpx.Response:
    """The answer to a browser's question, which never has a key."""
    question = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-stainless-lang",
    }
    url = endpoint.base_url + path
    return httpx.options(url, headers=question | headers, trust_env=False)


def posted(endpoint, origin: str | None, key: str | None = None, **fields) -> httpx.Response:
    headers = {"authorization": f"Bearer {key or endpoint.key}"}
    if origin is not None:
        headers["origin"] = origin
    url = endpoint.base_url + "/chat/completions"
    body = endpoint.body(HI, max_tokens=1, **fields)
    return httpx.post(url, json=body, headers=headers, timeout=60, trust_env=False)


@pytest.mark.parametrize("origin", [OURS, SECOND])
@pytest.mark.parametrize("path", ["/chat/completions", "/models", "/nothing", "/messages"])
def test_the_question_is_answered_before_a_key_is_asked_for(paged, origin, path):
    answer = asked(paged, origin, path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers[ALLOW] == origin
    assert answer.headers["vary"] == "Origin"
    assert "POST" in answer.headers["access-control-allow-methods"]
    wanted = "authorization,content-type,x-stainless-lang"
    assert answer.headers["access-control-allow-headers"] == wanted
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", OTHERS)
def test_others_get_no_leave(paged, origin):
    answer = asked(paged, origin)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "invalid_origin"
    assert ALLOW not in answer.headers
    assert answer.headers["vary"] == "Origin"
    assert ALLOW not in posted(paged, origin).headers


def test_a_page_reads_answers_streams_and_errors(paged):
    whole = posted(paged, OURS)
    assert whole.json()["choices"]
    stream = posted(paged, OURS, stream=True)
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.text.endswith("data: [DONE]\n\n")
    no_key = posted(paged, OURS, key="wrong")
    assert no_key.status_code == 401
    wrong = posted(paged, OURS, n=0)
    assert wrong.status_code == 400
    fault = {"x-samplers-fault": "429", "authorization": f"Bearer {paged.key}", "origin": OURS}
    url = paged.base_url + "/chat/completions"
    faulty = httpx.post(url, json=paged.body(HI), headers=fault, trust_env=False)
    assert faulty.status_code == 429
    health = httpx.get(url.replace("/v1/chat/completions", "/health"), headers={"origin": OURS})
    for answer in (whole, stream, no_key, wrong, faulty, health):
        assert answer.headers[ALLOW] == OURS
        assert answer.headers["access-control-expose-headers"] == "*"
        assert answer.headers["vary"] == "Origin"


def test_an_error_in_another_providers_form(paged):
    headers = {"origin": OURS, "x-api-key": "wrong"}
    answer = httpx.post(f"{paged.base_url}/messages", json={}, headers=headers, trust_env=False)
    assert answer.json()["type"] == "error"
    assert answer.headers[ALLOW] == OURS


def test_without_an_origin_only_the_cache_is_told(paged):
    answer = posted(paged, None)
    assert answer.headers["vary"] == "Origin"
    assert ALLOW not in answer.headers


def test_another_host_is_refused_before_the_question(paged):
    """A page at evil.example, whose name its owner points at 127.0.0.1."""
    answer = asked(paged, OURS, host="evil.example")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "invalid_host")


def test_options_without_a_question_need_a_key(paged):
    url = paged.base_url + "/models"
    assert httpx.options(url, headers={"origin": OURS}, trust_env=False).status_code == 401


def test_without_the_flag_no_page_is_answered(endpoint):
    assert asked(endpoint, OURS).status_code == 401
    for answer in (asked(endpoint, OURS), posted(endpoint, OURS)):
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "vary" not in answer.headers


@pytest.mark.parametrize("origin", [OURS, SECOND])
def test_a_page_may_open_a_session(paged, origin):
    with connect(session(paged), additional_headers=key_of(paged), origin=origin) as socket:
        assert "session.created" in socket.recv()


@pytest.mark.parametrize("origin", OTHERS)
def test_a_page_of_another_origin_may_not(paged, origin):
    with pytest.raises(InvalidStatus) as caught:
        connect(session(paged), additional_headers=key_of(paged), origin=origin)
    assert caught.value.response.status_code == 403


def session(endpoint) -> str:
    return f"{endpoint.base_url.replace('http', 'ws', 1)}/realtime?model={endpoint.model}"


def key_of(endpoint) -> dict[str, str]:
    return {"Authorization": f"Bearer {endpoint.key}"}
