"""The endpoint's Messages API through Anthropic's SDK and through plain HTTP.

Whatever comes must fit the SDK's types, strictly and with no field besides.
"""

import json

import anthropic
import httpx
from pydantic import TypeAdapter
from sdk_types import no_others, strict

OLD = "2023-06-01"
TODAY = "2026-10-21"
FRANCE = [{"role": "user", "content": "What is the capital of France?"}]
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string", "enum": ["Oslo"]}},
    "required": ["city"],
    "additionalProperties": False,
}
WEATHER = {"name": "weather", "description": "The weather in a city", "input_schema": CITY}
FORCED = {"type": "tool", "name": "weather"}
EVENT = TypeAdapter(anthropic.types.RawMessageStreamEvent)


class Door:
    """Requests to an endpoint. Fields of its methods are a body's, over a short question."""

    def __init__(self, endpoint):
        self.model = endpoint.model
        self.root = endpoint.base_url.removesuffix("/v1")
        options = {"api_key": endpoint.key, "max_retries": 0, "timeout": 120}
        self.options = options | {"base_url": self.root, "_strict_response_validation": True}
        self.sdk = anthropic.Anthropic(**self.options)
        headers = {"x-api-key": endpoint.key}
        self.http = httpx.Client(base_url=self.root, headers=headers, timeout=120, trust_env=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sdk.close()
        self.http.close()

    def body(self, **fields) -> dict:
        return {"model": self.model, "max_tokens": 8, "messages": FRANCE} | fields

    def post(self, version=OLD, path="/v1/messages", **fields) -> httpx.Response:
        headers = {} if version is None else {"anthropic-version": version}
        return self.http.post(path, json=self.body(**fields), headers=headers)

    def message(self, version=OLD, **fields) -> dict:
        """A whole answer."""
        response = self.post(version, **fields)
        assert response.status_code == 200, response.text
        strict(anthropic.types.Message, response.text)
        return response.json()

    def events(self, version=OLD, **fields) -> list[dict]:
        """A stream's events, without the ping."""
        response = self.post(version, stream=True, **fields)
        assert response.status_code == 200, response.text
        return events_of(response)

    def count(self, version=OLD, **fields) -> int:
        body = {"model": self.model, "messages": FRANCE} | fields
        headers = {"anthropic-version": version}
        response = self.http.post("/v1/messages/count_tokens", json=body, headers=headers)
        assert response.status_code == 200, response.text
        return strict(anthropic.types.MessageTokensCount, response.text).input_tokens

    def refused(self, version=OLD, status=400, **fields) -> str:
        """The sentence of an error."""
        return sentence_of(self.post(version, **fields), status)


def sentence_of(response: httpx.Response, status: int = 400) -> str:
    assert response.status_code == status, response.text
    error = strict(anthropic.types.ErrorResponse, response.text)
    assert error.request_id == response.headers["request-id"]
    return error.error.message


def events_of(response: httpx.Response) -> list[dict]:
    """The events of a stream whose lines are as Anthropic writes them."""
    events = []
    for block in response.text.removesuffix("\n\n").split("\n\n"):
        name, data = block.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        events.append(event)
    assert events.pop(1) == {"type": "ping"}
    for event in events:
        no_others(EVENT.validate_json(json.dumps(event), strict=True))
    return events


def joined(events: list[dict]) -> dict:
    """The message that a stream's events add up to: type, content, stop and usage."""
    start, *middle, delta, stop = events
    assert start["type"] == "message_start"
    assert stop == {"type": "message_stop"}
    message = start["message"] | delta["delta"]
    message["usage"] = message["usage"] | delta["usage"]
    message["content"] = []
    pieces: list[str] = []
    for event in middle:
        assert event["index"] == len(message["content"]) - (event["type"] != "content_block_start")
        if event["type"] == "content_block_start":
            message["content"].append(event["content_block"])
            pieces = []
        elif event["type"] == "content_block_delta":
            delta = event["delta"]
            pieces.append(delta["text"] if delta["type"] == "text_delta" else delta["partial_json"])
        else:
            block = message["content"][-1]
            if block["type"] == "text":
                block["text"] = "".join(pieces)
            else:
                assert pieces[0] == ""
                block["input"] = json.loads("".join(pieces))
    return message
