"""What others' programs send: each of these was once answered wrongly, or too late."""

import json

import httpx
import pytest

from samplers.local.dialects.gemini.calls import answered

HI = [{"role": "user", "content": "Hi"}]
SAYS_HI = [{"role": "user", "parts": [{"text": "Hi"}]}]


@pytest.fixture(scope="module")
def http(endpoint):
    headers = {"x-goog-api-key": endpoint.key}
    root = endpoint.base_url.removesuffix("/v1")
    with httpx.Client(base_url=root, headers=headers, timeout=60, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("ids", [True, False])
def test_very_many_calls_find_their_responses(ids):
    """With a search for each, 30,000 took minutes."""
    count = 30_000
    calls = [{"name": "f"} | ({"id": f"g{i}"} if ids else {}) for i in range(count)]
    places = [(f"contents[1].parts[{i}]", call | {"number": i}) for i, call in enumerate(calls)]
    given = places[::-1] if ids else places
    assert [each["number"] for each in answered(calls, given)] == list(range(count))


@pytest.mark.parametrize("value", [10**400, -(10**400)])
@pytest.mark.parametrize("name", ["temperature", "top_p", "presence_penalty"])
def test_a_number_that_no_float_can_hold(http, endpoint, name, value):
    body = {"model": endpoint.model, "messages": HI, "thinking": {"type": "disabled"}, name: value}
    refused = http.post("/deepseek/chat/completions", content=json.dumps(body))
    assert refused.status_code == 400
    assert name in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    "sentence", ["Incorrect API key provided.", "You didn't provide an API key."]
)
def test_a_path_that_looks_like_a_sentence_of_the_doors(http, sentence):
    refused = http.post(f"/v1beta/{sentence}:x", json={})
    assert refused.status_code == 404
    assert refused.json()["error"]["status"] == "NOT_FOUND"


@pytest.mark.parametrize("method", ["generateContent", "countTokens", "nonsense"])
@pytest.mark.parametrize("version", ["v1beta", "v1"])
def test_a_method_is_not_got(http, endpoint, method, version):
    refused = http.get(f"/{version}/models/{endpoint.model}:{method}")
    assert refused.status_code == 404
    assert refused.json()["error"]["status"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("name", "status"), [("models/other", 400), ("", 200), ("models/", 400), (None, 200)]
)
def test_the_model_in_a_body_is_that_of_the_path(http, endpoint, name, status):
    body = {"contents": SAYS_HI, "model": name}
    path = f"/v1beta/models/{endpoint.model}:countTokens"
    assert http.post(path, json=body).status_code == status


def test_a_mime_type_that_is_none_is_refused_by_its_own_place(http, endpoint):
    part = {"inlineData": {"mimeType": "image/svg+xml;x,y", "data": "AAAA"}}
    body = {"contents": [{"role": "user", "parts": [part]}]}
    refused = http.post(f"/v1beta/models/{endpoint.model}:generateContent", json=body)
    assert refused.status_code == 400
    assert "image_url" not in refused.text


def test_an_address_with_its_host_gets_the_providers_errors(http):
    """As a proxy sends it: RFC 9112, 3.2.2."""
    target = f"{http.base_url}/v1/messages".encode()
    extensions = {"target": target}
    refused = http.send(http.build_request("POST", "/x", json={}, extensions=extensions))
    assert refused.json()["type"] == "error"
    assert refused.headers["request-id"] == refused.json()["request_id"]


def test_the_header_of_what_is_ignored_stays_json(http, endpoint):
    names = {f"field_of_others_{i}": 1 for i in range(200)}
    body = {"model": endpoint.model, "messages": HI, "max_tokens": 1} | names
    response = http.post("/deepseek/chat/completions", json=body)
    *shown, more = json.loads(response.headers["x-samplers-ignored"])
    assert shown == list(names)[: len(shown)]
    assert more == f"… {len(names) - len(shown)} more"


def test_models_are_read_without_limits(http):
    http.post("/v1/samplers/conditions", json={"tier": "free"}).raise_for_status()
    try:
        for path in ("/v1/models", "/v1beta/models", "/deepseek/models", "/deepseek/v1/models"):
            assert {http.get(path).status_code for _ in range(5)} == {200}
    finally:
        http.post("/v1/samplers/conditions", json={"tier": None}).raise_for_status()
