"""Zhipu's GLM (Z.ai): OpenAI's form, with a temperature from 0 to 1 and a switch for sampling.

Sources: zai-sdk 0.2.3 (read 2026-11-28); that tool_choice is "auto" alone says an older reference
of Zhipu's, and that newer models cannot be kept from thinking say third parties (2026-08).
"""

import copy

from samplers.api.dialects.chat_form import (
    json_format,
    plain_answer,
    plain_headers,
    plain_messages,
    plain_path,
    plain_tools,
    take_limit,
)
from samplers.api.dialects.checks import dict_at, given, text_at
from samplers.api.dialects.chunks import whole
from samplers.api.dialects.dialect import Dialect, Translated
from samplers.wire.secret import shown

__all__ = ["DIALECT", "answer", "openai_request", "request", "whole"]

NAME = "GLM"
KEPT = (
    *("model", "stream", "seed", "reasoning_effort"),
    *("do_sample", "thinking", "user_id", "request_id", "tool_stream"),  # GLM's own
)
LEAST = 0.01  # top_p must be above 0 and below 1; the SDK sends these instead
MOST = 0.99
SHORTEST_USER, LONGEST_USER = 6, 128  # characters of user_id
REASONS = {
    "n": "GLM gives one answer per request; ask again for more.",
    "logprobs": "GLM gives none.",
    "top_logprobs": "GLM gives none.",
    "frequency_penalty": "GLM has no penalties.",
    "presence_penalty": "GLM has no penalties.",
    "logit_bias": "GLM has none; token ids differ from OpenAI's, too.",
    "parallel_tool_calls": "GLM may always call several functions at once.",
}
# GLM's own endings; an answer that was cut off must not look whole.
FINISHED = {
    "sensitive": "content_filter",
    "network_error": "length",
    "model_context_window_exceeded": "length",
}


def request(body: dict) -> Translated:
    """OpenAI's request as GLM's.

    Temperature 0 turns sampling off (`do_sample` false), one above 1 becomes 1. tool_choice "none"
    leaves the tools out; a forced one becomes "auto", the only one there is, and `lost` says so.
    `reasoning_effort` "none" turns thinking off in both ways that GLM's models know.
    """
    lost: list[str] = []
    rest = given(body)
    messages = plain_messages(rest.pop("messages", None), NAME, lost)
    kept = {name: rest.pop(name) for name in KEPT if name in rest}
    made = kept | {"messages": messages}

    _take_tools(rest, made, lost)
    _take_sampling(rest, made, lost)
    if made.get("reasoning_effort") == "none":
        made.setdefault("thinking", {"type": "disabled"})
    if "response_format" in rest:
        made["response_format"] = json_format(rest.pop("response_format"), NAME, lost)
    take_limit(rest, made, NAME, lost)
    _take_stop(rest, made, lost)
    _take_user(rest, made, lost)

    options = rest.pop("stream_options", {})  # the usage always comes
    lost += [
        f"stream_options.{name}: GLM has no such option."
        for name in dict_at(options, "stream_options")
        if name != "include_usage"
    ]
    lost += [f"{name}: {REASONS.get(name, 'GLM has no such parameter.')}" for name in rest]
    return Translated(made, tuple(lost))


def _take_tools(rest: dict, made: dict, lost: list[str]) -> None:
    tools = plain_tools(rest.pop("tools", []), NAME, lost)
    choice = rest.pop("tool_choice", None)
    if tools and choice == "none":
        lost.append("tools: left out, since GLM cannot be told to call none of them.")
        return
    if tools:
        made["tools"] = tools
    if choice not in (None, "none"):
        made["tool_choice"] = "auto"
    if choice not in (None, "auto", "none"):
        lost.append("tool_choice: GLM has auto alone, so the model may also answer in text.")


def _take_sampling(rest: dict, made: dict, lost: list[str]) -> None:
    temperature = _number(rest.pop("temperature", None), "temperature")
    if temperature is not None and temperature <= 0:
        made["do_sample"] = False
    elif temperature is not None:
        made["temperature"] = min(temperature, 1)
        if temperature > 1:
            lost.append(f"temperature: GLM's greatest is 1, got {temperature}.")

    top_p = _number(rest.pop("top_p", None), "top_p")
    if top_p is not None:
        made["top_p"] = max(LEAST, min(top_p, MOST))
        if made["top_p"] != top_p:
            lost.append(f"top_p: GLM's is between 0 and 1, so {top_p} became {made['top_p']}.")


def _take_stop(rest: dict, made: dict, lost: list[str]) -> None:
    """One stop string at most, as Zhipu's reference of mid 2026 has it."""
    stop = rest.pop("stop", None)
    if stop is None:
        return
    stops = [text_at(stop, "stop")] if not isinstance(stop, list) else stop
    made["stop"] = stops[:1]
    if len(stops) > 1:
        lost.append(f"stop: GLM takes one; {stops[0]!r} was sent.")


def _take_user(rest: dict, made: dict, lost: list[str]) -> None:
    """`user` as user_id, if it has the length that zai-sdk's reference gives."""
    user = rest.pop("user", None)
    if user is None:
        return
    if SHORTEST_USER <= len(text_at(user, "user")) <= LONGEST_USER:
        made.setdefault("user_id", user)
    else:
        lost.append(f"user: GLM's user_id has {SHORTEST_USER} to {LONGEST_USER} characters.")


def _number(value, name: str) -> float | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError(f"{name} must be a number, got {shown(value)}")
    return value


def openai_request(body: dict) -> Translated:
    """GLM's request as OpenAI's: `do_sample` false is temperature 0, `user_id` is `user`."""
    lost = []
    made = copy.deepcopy(body)
    if made.pop("do_sample", True) is False:
        made["temperature"] = 0
    thinking = made.pop("thinking", None)
    if thinking is not None and dict_at(thinking, "thinking").get("type") == "disabled":
        made["reasoning_effort"] = "none"
    elif thinking is not None:
        lost.append("thinking: OpenAI's chat has an effort alone.")

    if "user_id" in made:
        made["user"] = made.pop("user_id")
    for name in ("request_id", "tool_stream"):
        if made.pop(name, None) is not None:
            lost.append(f"{name}: OpenAI's chat has no such parameter.")
    return Translated(made, tuple(lost))


def answer(body: dict) -> Translated:
    """GLM's answer as a chat.completion; its thoughts stay beside the text.

    ValueError for an error's body.
    """
    lost: list[str] = []
    made = plain_answer(body, FINISHED, lost)
    return Translated(made, tuple(lost))


DIALECT = Dialect(
    name="glm",
    provider="Z.ai (Zhipu)",
    address="https://api.z.ai/api/paas/v4",  # in China: https://open.bigmodel.cn/api/paas/v4
    path=plain_path,
    headers=plain_headers,
    request=request,
    answer=answer,
    whole=whole,
)
