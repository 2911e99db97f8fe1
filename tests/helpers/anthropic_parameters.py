"""Requests with some parameters, in Anthropic's form and back."""

from copy import deepcopy

from samplers.api.dialects.anthropic import openai_request, request

ASK = [{"role": "user", "content": "Hi"}]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {
    "type": "function",
    "function": {"name": "weather", "description": "d", "parameters": SCHEMA, "strict": True},
}
OTHER = {"type": "function", "function": {"name": "time", "parameters": SCHEMA}}
WEATHER = {"name": "weather", "description": "d", "strict": True, "input_schema": SCHEMA}


def made(version="2026-10-21", **fields):
    body = {"model": "m", "max_tokens": 9, "messages": ASK, **fields}
    before = deepcopy(body)
    translated = request(body, version)
    assert body == before
    return translated


def added(**fields):
    """What the fields add to the plain request; nothing may be lost."""
    translated = made(**fields)
    assert translated.lost == ()
    plain = {"model": "m", "max_tokens": 9, "messages": ASK}
    return {name: value for name, value in translated.body.items() if plain.get(name) != value}


def names_lost(**fields):
    return [line.split(":")[0] for line in made(**fields).lost]


def back(**fields):
    """What OpenAI's request has beside the messages for Anthropic's with these fields."""
    translated = openai_request({"messages": ASK, **fields})
    rest = {name: value for name, value in translated.body.items() if name != "messages"}
    return rest, [line.split(":")[0] for line in translated.lost]
