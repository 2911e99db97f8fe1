"""The endpoint's Responses API through OpenAI's SDK and through plain HTTP.

Whatever comes must fit the SDK's types, strictly and with no field besides.
"""

import json
from functools import partial

import httpx
import openai
import sdk_types
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

FRANCE = "What is the capital of France?"
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string", "enum": ["Oslo"]}},
    "required": ["city"],
    "additionalProperties": False,
}
WEATHER = {
    "type": "function",
    "name": "weather",
    "description": "The weather in a city",
    "parameters": CITY,
}
FORCED = {"type": "function", "name": "weather"}
EVENT = TypeAdapter(ResponseStreamEvent)
# Fields of ours, and those that OpenAI sends and its SDK does not know (2026-08-31, third-party).
OURS = {"samplers_cached_tokens", "samplers_images"}
OURS |= {"store", "presence_penalty", "frequency_penalty", "mode", "obfuscation"}
strict = partial(sdk_types.strict, ours=OURS)
no_others = partial(sdk_types.no_others, ours=OURS)


class Door:
    """Requests to an endpoint. Fields of its methods are a body's, over a short question."""

    def __init__(self, endpoint):
        self.model = endpoint.model.removesuffix("-reasoning")
        self.reasoning = f"{self.model}-reasoning"
        self.key = endpoint.key
        self.sdk = openai.OpenAI(
            api_key=endpoint.key,
            base_url=endpoint.base_url,
            max_retries=0,
            timeout=120,
            _strict_response_validation=True,
        )
        headers = {"Authorization": f"Bearer {endpoint.key}"}
        root = endpoint.base_url
        self.http = httpx.Client(base_url=root, headers=headers, timeout=120, trust_env=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sdk.close()
        self.http.close()

    def body(self, **fields) -> dict:
        return {"model": self.model, "input": FRANCE, "max_output_tokens": 16} | fields

    def post(self, path="/responses", **fields) -> httpx.Response:
        return self.http.post(path, json=self.body(**fields))

    def response(self, **fields) -> dict:
        """A whole answer."""
        response = self.post(**fields)
        assert response.status_code == 200, response.text
        strict(Response, response.text)
        return response.json()

    def events(self, **fields) -> list[dict]:
        """A stream's events."""
        response = self.post(stream=True, **fields)
        assert response.status_code == 200, response.text
        return events_of(response)

    def count(self, **fields) -> int:
        """The input tokens of a request."""
        body = {"model": self.model, "input": FRANCE} | fields
        response = self.http.post("/responses/input_tokens", json=body)
        assert response.status_code == 200, response.text
        return response.json()["input_tokens"]

    def refused(self, status=400, **fields) -> dict:
        """The error that a request gets: message, type, param, code."""
        response = self.post(**fields)
        assert response.status_code == status, response.text
        error = response.json()["error"]
        assert error.keys() == {"message", "type", "param", "code"}
        return error


def text_of(response: dict) -> str:
    """The text of a response's messages."""
    messages = [item for item in response["output"] if item["type"] == "message"]
    return "".join(part["text"] for message in messages for part in message["content"])


def events_of(response: httpx.Response) -> list[dict]:
    """The events of a stream whose lines are as OpenAI writes them, numbered from 0."""
    events = []
    for number, block in enumerate(response.text.removesuffix("\n\n").split("\n\n")):
        name, data = block.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        assert event["sequence_number"] == number
        no_others(EVENT.validate_json(json.dumps(event), strict=True))
        events.append(event)
    return events


def check_life(made: list[dict]) -> None:
    """Fails unless every item begins, gets its pieces, ends, and is in the last response so."""
    assert [event["type"] for event in made[:2]] == ["response.created", "response.in_progress"]
    for event in made[:2]:
        response = event["response"]
        assert (response["status"], response["output"]) == ("in_progress", [])
        assert response["usage"] is None
    items: dict[int, dict] = {}
    for event in made[2:-1]:
        index = event["output_index"]
        if event["type"] == "response.output_item.added":
            assert index == len(items)
            assert event["item"]["status"] == "in_progress"
            assert not event["item"].get("arguments")
            items[index] = event["item"]
            pieces: dict[str, str] = {}
            continue
        assert index == len(items) - 1
        if event["type"] == "response.output_item.done":
            assert event["item"]["id"] == items[index]["id"]
            items[index] = event["item"]
            continue
        assert event["item_id"] == items[index]["id"]
        assert event.get("content_index", event.get("summary_index", 0)) == 0
        kind, _, step = event["type"].rpartition(".")
        if step == "delta":
            pieces[kind] = pieces.get(kind, "") + event["delta"]
        elif step == "done" and not kind.endswith("part"):
            assert event.get("text", event.get("arguments")) == pieces.get(kind, "")
    assert made[-1]["response"]["output"] == list(items.values())
    assert made[-1]["type"] == f"response.{made[-1]['response']['status']}"
