"""Messages of OpenAI's and contents of Gemini's, for the tests of the dialect between them."""

import json

from samplers.api.dialects.gemini import openai_request, request

OSLO = {"city": "Oslo"}
BERGEN = {"city": "Bergen"}


def user(text: str) -> dict:
    return {"role": "user", "content": text}


def calls(*ids_and_arguments, **more) -> dict:
    """An assistant's message with calls of weather."""
    made = [
        {"id": id, "type": "function", "function": {"name": "weather", "arguments": arguments}}
        for id, arguments in ids_and_arguments
    ]
    return {"role": "assistant", "content": None, "tool_calls": made, **more}


def result(id: str, content="rain") -> dict:
    return {"role": "tool", "tool_call_id": id, "content": content}


def contents(*messages: dict, lost=()) -> list[dict]:
    """The contents of these messages; `lost` must be these."""
    made = request({"model": "gemini-4-argon", "messages": list(messages)})
    assert made.lost == tuple(lost)
    return made.body["contents"]


def messages(*turns: dict, **more) -> list[dict]:
    made = openai_request({"contents": list(turns), **more})
    assert made.lost == ()
    return made.body["messages"]


def call_part(args: dict, **more) -> dict:
    return {"functionCall": {"name": "weather", "args": args, **more}}


def response_part(response: dict, **more) -> dict:
    return {"functionResponse": {"name": "weather", "response": response, **more}}


def by_city(made: list[dict]) -> dict:
    """Each city's result, by the ids of calls and results."""
    cities = {
        call["id"]: json.loads(call["function"]["arguments"])["city"]
        for message in made
        for call in message.get("tool_calls", ())
    }
    return {cities[m["tool_call_id"]]: m["content"] for m in made if m["role"] == "tool"}
