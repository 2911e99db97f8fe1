"""DeepSeek: OpenAI's form, with thinking that is on unless a request turns it off.

Sources: DeepSeek's page on thinking (a copy without a date, read 2026-11-30) and third parties'
requests (2026-09). While thinking, temperature and the penalties are taken but have no effect, nor
has top_p (third parties; one says that deepseek-flash keeps it within 0.95 to 1), and a forced
tool_choice is a 400.

A turn that called tools must come back with its `reasoning_content`, else DeepSeek answers 400
invalid_request_error ("The reasoning_content in the thinking mode must be passed back to the API",
the rule of 2026-11); on other turns it does no harm, so it stays wherever it is.
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
from samplers.api.dialects.checks import dict_at, given, one_of
from samplers.api.dialects.chunks import whole
from samplers.api.dialects.dialect import Dialect, Translated
from samplers.wire.secret import shown

__all__ = ["DIALECT", "answer", "openai_request", "request", "whole"]

NAME = "DeepSeek"
KEPT = ("model", "stream", "stream_options", "stop", "tool_choice")
# Kept, too, unless the model thinks.
SAMPLING = (
    *("temperature", "top_p", "frequency_penalty", "presence_penalty"),
    *("logprobs", "top_logprobs"),
)
# How DeepSeek reads an effort, by its own page.
EFFORTS = {
    "minimal": "low",
    "low": "low",
    "medium": "high",
    "high": "high",
    "xhigh": "high",
    "max": "max",
}
REASONS = {
    "n": "DeepSeek gives one answer per request; ask again for more.",
    "seed": "DeepSeek has no seed; temperature 0 without thinking is the nearest.",
    "logit_bias": "DeepSeek has none; token ids differ from OpenAI's, too.",
    "parallel_tool_calls": "DeepSeek may always call several functions at once.",
}
FINISHED = {"insufficient_system_resource": "length"}  # cut off: "stop" would say it is whole


def request(body: dict) -> Translated:
    """OpenAI's request as DeepSeek's.

    `reasoning_effort` "none" turns thinking off, as does DeepSeek's own `thinking`; without either
    the model thinks, and what has no effect then is left out and named.

    A forced tool_choice while thinking is a ValueError, not a loss: it is a 400 at DeepSeek, a
    choice of "auto" would break the program that counts on the call, and there is a way to have it.
    A response_format with a schema, which DeepSeek takes in no mode, becomes json_object.
    """
    lost: list[str] = []
    rest = given(body)
    made: dict = {}
    messages = plain_messages(rest.pop("messages", None), NAME, lost)
    tools = plain_tools(rest.pop("tools", []), NAME, lost)
    thinks = _take_thinking(rest, made, lost)
    _check_choice(rest.get("tool_choice"), thinks)

    kept = {name: rest.pop(name) for name in KEPT if name in rest}
    if not thinks:
        kept |= {name: rest.pop(name) for name in SAMPLING if name in rest}
    made = kept | {"messages": messages} | made
    if tools:
        made["tools"] = tools
    if "response_format" in rest:
        made["response_format"] = json_format(rest.pop("response_format"), NAME, lost)
    take_limit(rest, made, NAME, lost)
    lost += [f"{name}: {_reason(name)}" for name in rest]
    return Translated(made, tuple(lost))


def _take_thinking(rest: dict, made: dict, lost: list[str]) -> bool:
    """Whether the model thinks; the request gets what says so."""
    effort = rest.pop("reasoning_effort", None)
    thinking = rest.pop("thinking", None)
    if thinking is not None:
        made["thinking"] = dict_at(thinking, "thinking")
    elif effort == "none":
        made["thinking"] = {"type": "disabled"}

    if made.get("thinking", {}).get("type") == "disabled":
        return False
    if effort is not None and effort != "none":
        one_of(effort, ("none", *EFFORTS), "reasoning_effort")
        made["reasoning_effort"] = EFFORTS[effort]
        if EFFORTS[effort] != effort:
            lost.append(f"reasoning_effort: DeepSeek reads {effort} as {EFFORTS[effort]}.")
    return True


def _check_choice(choice, thinks: bool) -> None:
    if thinks and choice not in (None, "auto", "none"):
        raise ValueError(
            "tool_choice must be 'auto' or 'none' while DeepSeek thinks; reasoning_effort 'none' "
            f"turns thinking off: got {shown(choice)}"
        )


def _reason(name: str) -> str:
    if name in ("logprobs", "top_logprobs"):
        return "DeepSeek gives them without thinking alone; reasoning_effort 'none' turns it off."
    if name in SAMPLING:
        return "without effect while DeepSeek thinks; reasoning_effort 'none' turns that off."
    return REASONS.get(name, "DeepSeek has no such parameter.")


def openai_request(body: dict) -> Translated:
    """DeepSeek's request as OpenAI's: `thinking` becomes reasoning_effort, the rest is the same.

    Its messages keep `reasoning_content`, which other servers leave unread, so that they can go to
    DeepSeek again.
    """
    made = copy.deepcopy(body)
    thinking = made.pop("thinking", None)
    lost = []
    if thinking is not None and dict_at(thinking, "thinking").get("type") == "disabled":
        made["reasoning_effort"] = "none"
    elif thinking is not None and "reasoning_effort" not in made:
        lost.append("thinking: OpenAI's chat has an effort alone; DeepSeek thinks by default.")
    return Translated(made, tuple(lost))


def answer(body: dict) -> Translated:
    """DeepSeek's answer as a chat.completion.

    The thoughts stay beside the text, in `reasoning_content`, and are never part of it. ValueError
    for an error's body.
    """
    lost: list[str] = []
    made = plain_answer(body, FINISHED, lost)
    return Translated(made, tuple(lost))


DIALECT = Dialect(
    name="deepseek",
    provider="DeepSeek",
    address="https://api.deepseek.com",
    path=plain_path,
    headers=plain_headers,
    request=request,
    answer=answer,
    whole=whole,
)
