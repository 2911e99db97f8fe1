"""What the HTTP side refuses, always with OpenAI's error body; and the headers of every answer."""

import json

import httpx
import pytest

CHAT = "/chat/completions"
HI = [{"role": "user", "content": "Hi"}]
BODY = {"model": "smollm2-135m-instruct", "messages": HI, "max_tokens": 1}


@pytest.fixture(scope="module")
def client(endpoint):
    with endpoint.client() as client:
        yield client


def error(response: httpx.Response, status: int) -> dict:
    """The error in a response, which must have that status and OpenAI's error body."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert set(response.json()) == {"error"}
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    return error


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", "Basic x", "wrong"])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/models"), ("POST", CHAT), ("GET", "/nothing")]
)
def test_no_key_no_answer(endpoint, authorization, method, path):
    headers = {} if authorization is None else {"authorization": authorization}
    response = httpx.request(method, endpoint.base_url + path, headers=headers, trust_env=False)
    refused = error(response, 401)
    key = (authorization or "").partition(" ")[2]
    assert refused["code"] == ("invalid_api_key" if key else None)
    assert "auth=client.auth" in refused["message"]
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_another_host_name_is_refused(client, host):
    # a page at evil.example, whose name its owner points at 127.0.0.1
    assert error(client.get("/models", headers={"host": host}), 403)["code"] == "invalid_host"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/models/gpt-4o", 404),
        ("GET", "/models/a/b", 404),
        ("PUT", CHAT, 405),
        ("DELETE", "/models", 405),
        ("POST", "/engines", 404),
        ("POST", f"{CHAT}/", 404),
    ],
)
def test_paths_and_methods(client, method, path, status):
    refused = error(client.request(method, path), status)
    if path.startswith("/models/"):
        assert (refused["code"], refused["param"]) == ("model_not_found", "model")
    else:
        assert refused["param"] is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"[" * 100_000,
        b'{"a": ' + b"9" * 10_000 + b"}",
    ],
)
def test_what_is_not_json(client, content):
    refused = error(client.post(CHAT, content=content), 400)
    assert refused["code"] is None
    assert "JSON" in refused["message"]


@pytest.mark.parametrize("path", [CHAT, "/tokenize"])
def test_half_a_character_is_refused_by_its_place(client, path):
    messages = [{"role": "\ud800", "content": "Hi"}]
    refused = error(client.post(path, content=json.dumps(BODY | {"messages": messages})), 400)
    assert (refused["param"], refused["code"]) == ("messages[0].role", "invalid_value")


def test_a_body_that_is_too_big(client):
    assert error(client.post(CHAT, content=b" " * (5 << 20)), 413)["code"] == "request_too_large"


def test_a_prompt_that_is_too_long(client):
    messages = [{"role": "user", "content": "word " * 5000}]
    count = client.post("/tokenize", json={"messages": messages}).json()["count"]
    refused = error(client.post(CHAT, json=BODY | {"messages": messages}), 400)
    assert (refused["code"], refused["param"]) == ("context_length_exceeded", "messages")
    assert "4096 tokens" in refused["message"]
    assert f"{count} tokens" in refused["message"]


@pytest.mark.parametrize("stream", [False, True])
def test_prompt_and_answer_together_too_long(client, stream):
    body = BODY | {"max_tokens": 4096, "stream": stream}
    refused = error(client.post(CHAT, json=body), 400)
    assert refused["code"] == "context_length_exceeded"
    assert "4096 in the completion" in refused["message"]


def test_errors_come_as_json_in_a_stream_request_too(client):
    assert error(client.post(CHAT, json=BODY | {"stream": True, "n": 0}), 400)["param"] == "n"


def test_headers(client):
    responses = [client.get("/models"), client.post(CHAT, json=BODY), client.get("/nothing")]
    for response in responses:
        assert response.headers["x-request-id"].startswith("req_")
        assert int(response.headers["openai-processing-ms"]) >= 0
    assert len({response.headers["x-request-id"] for response in responses}) == 3
    assert not [name for name in responses[0].headers if name.startswith("access-control")]


def test_odd_texts_are_answered(client):
    for content in ("", "\x00", "\u202e", "<|im_end|>", "😊" * 9, json.dumps({"a": "\\"})):
        messages = [{"role": "user", "content": content}]
        response = client.post(CHAT, json=BODY | {"messages": messages})
        assert response.status_code == 200, response.text


def test_an_assistants_message_at_the_end_is_complete(client):
    """llama.cpp would continue it, and an empty one would leave nothing to continue."""
    prompts = []
    for content in ("", "x"):
        messages = [{"role": "assistant", "content": content}]
        response = client.post(CHAT, json=BODY | {"messages": messages})
        assert response.status_code == 200
        prompts.append(response.json()["usage"]["prompt_tokens"])
    # <|im_start|> assistant (2 tokens) ⏎ … <|im_end|> ⏎, and 4 that begin the answer
    assert prompts == [10, 11]


@pytest.mark.parametrize("path", [CHAT, f"{CHAT}/chatcmpl-1", f"{CHAT}/chatcmpl-1/messages"])
def test_no_chats_are_stored(client, path):
    refused = error(client.get(path), 404)
    assert refused["code"] == "unsupported_endpoint"
    assert "/v1/responses" in refused["message"]
