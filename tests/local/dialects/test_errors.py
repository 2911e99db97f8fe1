"""What other parts of the endpoint refuse on a provider's path, in that provider's body."""

import json

import anthropic
import httpx
import pytest
from google.genai import errors as google_errors

PATHS = {
    "anthropic": "/v1/messages",
    "gemini": "/v1beta/models/m:generateContent",
    "deepseek": "/deepseek/chat/completions",
    "glm": "/api/paas/v4/chat/completions",
}
KEY = "a-key-of-these-tests"


@pytest.fixture(scope="module")
def client(serve, tmp_path_factory):
    """A client at the root of a gateway without a model."""
    served = serve(tmp_path_factory.mktemp("store"), KEY)
    root = served.base_url.removesuffix("/v1")
    with httpx.Client(base_url=root, trust_env=False, headers={"x-api-key": KEY}) as client:
        yield client


def message_of(dialect: str, response: httpx.Response) -> str:
    """The sentence in an error's body, which must have the provider's form."""
    body = response.json()
    if dialect == "anthropic":
        if response.status_code == 413:  # which the list on its page has, and its SDK's types not
            assert body["error"].pop("type") == "request_too_large"
            body["error"]["type"] = "invalid_request_error"
        error = anthropic.types.ErrorResponse.model_validate(body, strict=True).error
        assert body["type"] == "error"
        assert body["request_id"] == response.headers["request-id"]
        return error.message
    assert set(body) == {"error"}
    if dialect == "gemini":
        error = google_errors.APIError(response.status_code, body)
        assert error.code == body["error"]["code"]
        assert error.status.replace("_", "").isupper()
        return error.message
    if dialect == "deepseek":
        assert set(body["error"]) == {"message", "type", "param", "code"}
    else:
        assert set(body["error"]) == {"code", "message"}
        assert isinstance(body["error"]["code"], str)
    return body["error"]["message"]


@pytest.mark.parametrize("dialect", PATHS)
def test_a_wrong_key(client, dialect):
    wrong = client.post(PATHS[dialect], headers={"x-api-key": "wrong"}, json={})
    assert wrong.status_code == (400 if dialect == "gemini" else 401)  # as Google answers
    assert "auth=client.auth" in message_of(dialect, wrong)


@pytest.mark.parametrize("dialect", PATHS)
def test_another_host_name(client, dialect):
    refused = client.post(PATHS[dialect], headers={"host": "evil.example"}, json={})
    assert refused.status_code == 403
    assert "127.0.0.1" in message_of(dialect, refused)


@pytest.mark.parametrize("dialect", PATHS)
def test_a_path_that_does_not_exist(client, dialect):
    path = f"{PATHS[dialect]}/nothing"
    refused = client.post(path, json={})
    assert refused.status_code == 404
    assert path in message_of(dialect, refused)


@pytest.mark.parametrize("dialect", PATHS)
def test_a_body_that_is_too_big(client, dialect):
    refused = client.post(PATHS[dialect], content=b" " * (5 << 20))
    assert refused.status_code == 413
    assert "larger than" in message_of(dialect, refused)


@pytest.mark.parametrize("dialect", PATHS)
@pytest.mark.parametrize("fault", ["429", "500", "503"])
def test_a_simulated_fault(client, dialect, fault):
    refused = client.post(PATHS[dialect], headers={"x-samplers-fault": fault}, json={})
    assert refused.status_code == int(fault)
    assert refused.headers["x-samplers-simulated"] == f"fault={fault}"
    assert message_of(dialect, refused)


def test_a_limit_counts_all_dialects_together(client):
    requests = 3  # a minute of tier free
    client.post("/v1/samplers/conditions", json={"tier": "free"}).raise_for_status()
    try:
        paths = list(PATHS.values())
        statuses = [client.post(path, json={}).status_code for path in paths[:requests]]
        assert 429 not in statuses
        for dialect, path in PATHS.items():
            refused = client.post(path, json={})
            assert refused.status_code == 429
            assert "Rate limit" in message_of(dialect, refused)
            assert "retry-after" in refused.headers
    finally:
        client.post("/v1/samplers/conditions", json={"tier": None}).raise_for_status()


@pytest.mark.parametrize("dialect", PATHS)
def test_headers_are_the_providers(client, dialect):
    refused = client.post(PATHS[dialect], json={})
    assert not [name for name in refused.headers if name.startswith("openai-")]
    request_id = "request-id" if dialect == "anthropic" else "x-request-id"
    assert refused.headers[request_id].startswith("req_")
    assert int(refused.headers["content-length"]) == len(refused.content)


@pytest.mark.parametrize("header", ["x-api-key", "x-goog-api-key", "authorization"])
def test_each_header_that_a_provider_has_for_its_key(client, header):
    value = f"Bearer {KEY}" if header == "authorization" else KEY
    with httpx.Client(base_url=client.base_url, trust_env=False) as other:
        assert other.get("/v1/files", headers={header: value}).status_code == 200
        assert other.get("/v1/files", headers={header: f"{value}x"}).status_code == 401


def test_openais_own_path_keeps_openais_body(client):
    refused = client.post("/v1/chat/completions", headers={"x-api-key": "wrong"}, json={})
    assert refused.status_code == 401
    assert json.loads(refused.content)["error"]["code"] == "invalid_api_key"
    assert refused.headers["openai-version"]
