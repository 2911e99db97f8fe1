"""Gemini's generateContent request as OpenAI's chat request."""

import copy

from samplers.api.dialects.checks import dict_at
from samplers.api.dialects.dialect import Translated
from samplers.api.dialects.gemini.messages import openai_messages
from samplers.api.dialects.gemini.schema import json_schema
from samplers.api.dialects.gemini.tools import openai_choice, openai_tools

NAMES = {
    "temperature": "temperature",
    "topP": "top_p",
    "maxOutputTokens": "max_tokens",
    "candidateCount": "n",
    "stopSequences": "stop",
    "seed": "seed",
    "presencePenalty": "presence_penalty",
    "frequencyPenalty": "frequency_penalty",
    "responseLogprobs": "logprobs",
    "logprobs": "top_logprobs",
}
JSON = "application/json"


def openai_request(body: dict) -> Translated:
    """Gemini's request as OpenAI's. ValueError, which names the place, for parts without one."""
    lost: list[str] = []
    rest = copy.deepcopy(body)
    made: dict = {}
    if "model" in rest:
        made["model"] = rest.pop("model")

    contents = rest.pop("contents", None)
    made["messages"] = openai_messages(contents, rest.pop("systemInstruction", None), lost)
    tools = openai_tools(rest.pop("tools", []), lost)
    if tools:
        made["tools"] = tools
    if "toolConfig" in rest:
        made["tool_choice"] = openai_choice(rest.pop("toolConfig"), lost)

    _add_settings(made, dict_at(rest.pop("generationConfig", {}), "generationConfig"), lost)
    lost += [f"{name}: OpenAI's chat has no such parameter." for name in rest]
    return Translated(made, tuple(lost))


def _add_settings(made: dict, config: dict, lost: list[str]) -> None:
    for name in NAMES:
        if name in config:
            made[NAMES[name]] = config.pop(name)

    place = "generationConfig"
    kind = config.pop("responseMimeType", "text/plain")
    schema = config.pop("responseJsonSchema", None)
    if schema is None and "responseSchema" in config:
        schema = json_schema(config.pop("responseSchema"), f"{place}.responseSchema", lost)
    if kind != JSON and schema is not None:
        lost.append(f"{place}: a schema without responseMimeType {JSON} says nothing at OpenAI.")
    if kind == JSON and schema is not None:
        named = {"name": "answer", "schema": schema}
        made["response_format"] = {"type": "json_schema", "json_schema": named}
    elif kind == JSON:
        made["response_format"] = {"type": "json_object"}
    elif kind != "text/plain":
        lost.append(f"{place}.responseMimeType: OpenAI's chat answers in text or JSON.")

    thinking = config.pop("thinkingConfig", None) or {}
    _add_effort(made, dict_at(thinking, f"{place}.thinkingConfig"), lost)
    lost += [f"{place}.{name}: OpenAI's chat has no such parameter." for name in config]


def _add_effort(made: dict, thinking: dict, lost: list[str]) -> None:
    for name, value in thinking.items():
        if name == "thinkingLevel":
            made["reasoning_effort"] = str(value).lower()
        elif name == "thinkingBudget" and value == 0:
            made["reasoning_effort"] = "none"
        else:
            lost.append(f"generationConfig.thinkingConfig.{name}: OpenAI has an effort alone.")
