"""OpenAI's own form where another provider speaks it with differences: DeepSeek, GLM."""

import copy

from samplers.api.deviations import arguments_of, count_of, dict_of, dicts_of, string_of
from samplers.api.dialects.checks import (
    arguments_at,
    dict_at,
    list_at,
    one_of,
    tell_rest,
    text_at,
)
from samplers.wire.secret import shown

ROLES = ("system", "developer", "user", "assistant", "tool")
PARTS = ("text", "image_url", "refusal")
FIELDS = ("role", "content", "tool_calls", "tool_call_id", "reasoning_content")
CALL = ("id", "type", "function")
FINISHES = ("stop", "length", "tool_calls", "content_filter", "function_call")


def plain_messages(messages, provider: str, lost: list[str]) -> list[dict]:
    """OpenAI's messages as these providers take them; what they do not know is named in `lost`.

    developer becomes system, a refusal becomes text. `reasoning_content` stays where it is, a field
    of its own. ValueError for other roles and kinds of parts, for arguments that are no JSON
    object, and for a result without its call.
    """
    calls: set[str] = set()
    made = [
        _message(message, f"messages[{i}]", provider, calls, lost)
        for i, message in enumerate(list_at(messages, "messages"))
    ]
    if not made:
        raise ValueError("messages must hold at least one message, got []")
    return made


def _message(message, place: str, provider: str, calls: set[str], lost: list[str]) -> dict:
    made = dict(dict_at(message, place))
    role = one_of(made.get("role"), ROLES, f"{place}.role")
    if role == "developer":
        made["role"] = "system"
        lost.append(f"{place}.role: {provider} has no developer; it is system there.")
    for name in ("audio", "function_call"):
        if made.get(name) is not None:
            raise ValueError(
                f"{place}.{name} has no counterpart at {provider}, got {shown(made[name])}"
            )
    made["content"] = _content(made, place, provider, lost)
    tell_rest(made, FIELDS, place, f"{provider}'s messages have no such field.", lost)
    made = {
        name: made[name]
        for name in made
        if name == "content" or (name in FIELDS and made[name] is not None)
    }

    if made.get("tool_calls"):
        made["tool_calls"] = [
            _call(call, f"{place}.tool_calls[{i}]", provider, lost)
            for i, call in enumerate(list_at(made["tool_calls"], f"{place}.tool_calls"))
        ]
        calls.update(call["id"] for call in made["tool_calls"])
    if role == "tool":
        here = f"{place}.tool_call_id"
        if text_at(made.get("tool_call_id"), here) not in calls:
            got = shown(made["tool_call_id"])
            raise ValueError(f"{here} must be the id of a call before it, got {got}")
    return made


def _content(message: dict, place: str, provider: str, lost: list[str]):
    """The content with a refusal as text. ValueError for parts that are neither text nor image."""
    content = message.get("content")
    refusal = message.pop("refusal", None)
    if content is None and message["role"] == "assistant":
        parts = []
    elif isinstance(content, str):
        parts = [{"type": "text", "text": content}] if content else []
    elif isinstance(content, list):
        parts = content
    else:
        raise ValueError(f"{place}.content must be a text or parts, got {shown(content)}")

    for i, part in enumerate(parts):
        one_of(
            dict_at(part, f"{place}.content[{i}]").get("type"), PARTS, f"{place}.content[{i}].type"
        )
    if refusal:
        parts = [*parts, {"type": "refusal", "refusal": refusal}]
    refused = [part for part in parts if part["type"] == "refusal"]
    if not refused:
        return content

    lost.append(f"{place}.refusal: {provider} has no refusal; it is text there.")
    texts = [_as_text_part(part) for part in parts]
    return texts[0]["text"] if len(texts) == 1 else texts


def _as_text_part(part: dict) -> dict:
    is_refusal = part["type"] == "refusal"
    return {"type": "text", "text": part.get("refusal")} if is_refusal else part


def _call(call, place: str, provider: str, lost: list[str]) -> dict:
    """A call, if it is whole, with the fields that these providers know."""
    if dict_at(call, place).get("type", "function") != "function":
        raise ValueError(f"{place}.type must be 'function', got {shown(call['type'])}")
    function = dict_at(call.get("function"), f"{place}.function")
    text_at(function.get("name"), f"{place}.function.name")
    arguments_at(function.get("arguments"), f"{place}.function.arguments")
    text_at(call.get("id"), f"{place}.id")
    known = (*CALL, "index")
    tell_rest(call, known, place, f"{provider}'s calls have no such field.", lost)
    return {name: call[name] for name in CALL if name in call}


def plain_tools(tools, provider: str, lost: list[str]) -> list[dict]:
    """The tools without `strict`, which these providers' chats do not have."""
    made = copy.deepcopy(list_at(tools, "tools"))
    for i, tool in enumerate(made):
        place = f"tools[{i}]"
        if dict_at(tool, place).get("type", "function") != "function":
            raise ValueError(f"{place}.type must be 'function', got {shown(tool['type'])}")
        function = dict_at(tool.get("function"), f"{place}.function")
        if function.pop("strict", None):
            lost.append(f"{place}.function.strict: {provider}'s chat has no strict functions.")
    return made


def json_format(wanted, provider: str, lost: list[str]) -> dict:
    """response_format; one with a schema becomes json_object, and `lost` says so."""
    kinds = ("text", "json_object", "json_schema")
    kind = one_of(dict_at(wanted, "response_format").get("type"), kinds, "response_format.type")
    if kind == "json_schema":
        lost.append(
            f"response_format: {provider} takes no json_schema, so it is json_object: put the "
            "schema and the word JSON into the prompt, and check the answer."
        )
        return {"type": "json_object"}
    return {"type": kind}


def take_limit(rest: dict, made: dict, provider: str, lost: list[str]) -> None:
    """max_completion_tokens under the older name, which these providers have."""
    limits = [rest.pop(name, None) for name in ("max_completion_tokens", "max_tokens")]
    limits = [limit for limit in limits if limit is not None]
    if limits:
        made["max_tokens"] = limits[0]
    if len(limits) > 1 and limits[0] != limits[1]:
        lost.append(f"max_tokens: {provider} has one limit; max_completion_tokens was taken.")


def plain_answer(body: dict, finished: dict[str, str], lost: list[str]) -> dict:
    """The provider's answer as OpenAI has it.

    `finished` are the provider's own finish_reasons and OpenAI's nearest; a new one is "stop".
    Arguments become text, and an answer that calls finishes with tool_calls. `reasoning_content`
    stays, a field beside the text. ValueError for an error's body.
    """
    if "error" in body:
        raise ValueError(f"body must be an answer, got an error: {shown(body['error'])}")
    made = {"id": "", "object": "chat.completion", "created": 0, "model": ""} | copy.deepcopy(body)

    made["choices"] = dicts_of(made.get("choices"))
    for i, choice in enumerate(made["choices"]):
        choice.setdefault("index", i)
        message = choice["message"] = {"role": "assistant"} | dict_of(choice.get("message"))
        calls = dicts_of(message.get("tool_calls"))
        for call in calls:
            call["function"] = dict_of(call.get("function"))
            call["function"]["arguments"] = arguments_of(call["function"]) or "{}"
        message["content"] = message.get("content") or (None if calls else "")
        choice["finish_reason"] = _finish(choice, bool(calls), f"choices[{i}]", finished, lost)
    if isinstance(made.get("usage"), dict):
        made["usage"] = _usage(made["usage"])
    return made


def _finish(choice: dict, called: bool, place: str, finished: dict, lost: list[str]) -> str | None:
    reason = string_of(choice.get("finish_reason"))
    if reason is None:
        lost.append(f"{place}.finish_reason: none came; the answer has not finished.")
    elif reason not in FINISHES:
        finish = finished.get(reason, "stop")
        lost.append(f"{place}.finish_reason: {reason} became {finish}.")
        return finish
    return "tool_calls" if called and reason == "stop" else reason


def _usage(usage: dict) -> dict:
    """The usage with DeepSeek's count of cached tokens where OpenAI has it, too."""
    details = dict_of(usage.get("prompt_tokens_details"))
    cached = count_of(usage.get("prompt_cache_hit_tokens"))
    if cached is None or "cached_tokens" in details:
        return usage
    return usage | {"prompt_tokens_details": details | {"cached_tokens": cached}}


def plain_path(model: str, stream: bool) -> str:
    """Where a request goes: always the same place."""
    return "/chat/completions"


def plain_headers(key: str) -> dict[str, str]:
    """The header with the key."""
    return {"authorization": f"Bearer {key}"}
