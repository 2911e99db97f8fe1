"""How tests ask the endpoint in Gemini's form: by Google's SDK, and raw."""

import json
from functools import cache

import httpx
from google import genai
from google.genai import types


def client(endpoint, key=None, **options) -> genai.Client:
    """Google's SDK, which asks the endpoint at its root."""
    http_options = types.HttpOptions(base_url=root(endpoint), **options)
    return genai.Client(api_key=key or endpoint.key, http_options=http_options)


def root(endpoint) -> str:
    return endpoint.base_url.removesuffix("/v1")


@cache
def http() -> httpx.Client:
    """One client for all: to make one takes longer than most requests here."""
    return httpx.Client(timeout=60, trust_env=False, verify=False)


def post(endpoint, body, method="generateContent", headers=None, model=None) -> httpx.Response:
    """The response to a raw request, whose address may end in a query."""
    address = f"{root(endpoint)}/v1beta/models/{model or endpoint.model}:{method}"
    headers = {"x-goog-api-key": endpoint.key} if headers is None else headers
    return http().post(address, json=body, headers=headers)


def answer(endpoint, contents="Hello!", model=None, **fields) -> types.GenerateContentResponse:
    """The whole answer, read by the SDK's types, which forbid fields that they do not have."""
    response = post(endpoint, body_of(contents, **fields), model=model)
    assert response.status_code == 200, response.text
    return types.GenerateContentResponse.model_validate(response.json())


def chunks(endpoint, contents="Hello!", model=None, **fields):
    """A streamed answer's chunks, read likewise."""
    body = body_of(contents, **fields)
    response = post(endpoint, body, "streamGenerateContent?alt=sse", model=model)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in response.text.split("\n\n") if line]
    assert all(line.startswith("data: ") for line in lines)
    events = [json.loads(line.removeprefix("data: ")) for line in lines]
    return [types.GenerateContentResponse.model_validate(event) for event in events]


def tokens(endpoint, body: dict) -> int:
    """countTokens' totalTokens."""
    response = post(endpoint, body, "countTokens")
    assert response.status_code == 200, response.text
    return types.CountTokensResponse.model_validate(response.json()).total_tokens


def refusal(endpoint, body, status=400, name="INVALID_ARGUMENT", **options) -> str:
    """The sentence of an error in Google's body, which must have this status."""
    response = post(endpoint, body, **options)
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert (error["code"], error["status"]) == (status, name)
    return error["message"]


def body_of(contents, **fields) -> dict:
    """A body; a text is the user's one content."""
    if isinstance(contents, str):
        contents = [user(contents)]
    return {"contents": contents, **fields}


def user(*parts) -> dict:
    return content("user", *parts)


def model_turn(*parts) -> dict:
    return content("model", *parts)


def content(role: str, *parts) -> dict:
    """A content; a part that is a text stands for itself."""
    made = [{"text": part} if isinstance(part, str) else part for part in parts]
    return {"role": role, "parts": made}


def call(city: str, **fields) -> dict:
    return {"functionCall": {"name": "weather", "args": {"city": city}, **fields}}


def result(text: str, name="weather", **fields) -> dict:
    return {"functionResponse": {"name": name, "response": {"output": text}, **fields}}


CITY = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]}
WEATHER = {"name": "weather", "description": "The weather of a city.", "parameters": CITY}
TOOLS = [{"functionDeclarations": [WEATHER]}]
