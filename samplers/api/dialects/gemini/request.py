"""OpenAI's chat request as Gemini's generateContent request.

The form: google-genai 3.6.1 (read 2026-11-28). Whether an answer streams is said by the address,
not by the body: see the table's `path`. Google's guides for Gemini 3 advise against temperature,
top_p and top_k, some models answer 400 to penalties ("Penalty is not enabled for this model"), and
candidateCount is not supported on 3.x (third parties, 2026-09).
"""

import copy
import re

from samplers.api.deviations import dict_of
from samplers.api.dialects.checks import dict_at, given, one_of, text_at
from samplers.api.dialects.dialect import Translated
from samplers.api.dialects.gemini.history import contents
from samplers.api.dialects.gemini.tools import declarations, tool_config
from samplers.wire.secret import shown

# OpenAI's parameters, and top_k of other engines, that only have another name here.
RENAMED = {
    "temperature": "temperature",
    "top_p": "topP",
    "top_k": "topK",
    "seed": "seed",
    "presence_penalty": "presencePenalty",
    "frequency_penalty": "frequencyPenalty",
}
LEVELS = ("minimal", "low", "medium", "high", "xhigh")  # of thinking
LARGEST_SEED = 2**31 - 1  # the API's int32
ONE_ANSWER = re.compile(r"(models/)?gemini-(?!1\b|2\b)")
BUDGETED = re.compile(r"(models/)?gemini-2\b")  # its thinking has a budget, and no level

REASONS = {
    "logit_bias": "Gemini has none; token ids differ from OpenAI's, too.",
    "parallel_tool_calls": "Gemini may always call several functions at once.",
    "user": "Gemini's request names no user.",
}


def request(body: dict) -> Translated:
    """OpenAI's request as Gemini's; `model` is kept, for the address.

    A response_format with a schema goes out as `responseJsonSchema`, as it is, since every rule of
    it matters; a tool's schema as `parameters`, see tools.py. ValueError, which names the place,
    for messages and tools without a counterpart.
    """
    lost: list[str] = []
    rest = given(body)
    made: dict = {}
    if "model" in rest:
        made["model"] = rest.pop("model")

    turns, system = contents(rest.pop("messages", None), lost)
    made["contents"] = turns
    if system:
        made["systemInstruction"] = {"parts": system}
    _add_tools(made, rest, lost)

    model = str(made.get("model", ""))
    config: dict = {}
    _take_renamed(rest, config, lost)
    _take_limit(rest, config, lost)
    _take_count(rest, config, model, lost)
    _take_stop(rest, config)
    _take_logprobs(rest, config, lost)
    _take_format(rest, config, lost)
    _take_effort(rest, config, model, lost)
    if config:
        made["generationConfig"] = config

    _tell_rest(rest, lost)
    return Translated(made, tuple(lost))


def _add_tools(made: dict, rest: dict, lost: list[str]) -> None:
    tools = declarations(rest.pop("tools", []), lost)
    choice = rest.pop("tool_choice", None)
    if tools:
        made["tools"] = tools
    if choice is not None and (tools or choice not in ("auto", "none")):  # a 400 without tools
        made["toolConfig"] = tool_config(choice)


def _take_renamed(rest: dict, config: dict, lost: list[str]) -> None:
    seed = rest.get("seed")
    if isinstance(seed, int) and not -LARGEST_SEED <= seed <= LARGEST_SEED:
        lost.append(f"seed: Gemini's has 31 bits, got {shown(rest.pop('seed'))}.")
    for name, theirs in RENAMED.items():
        if name in rest:
            config[theirs] = rest.pop(name)


def _take_limit(rest: dict, config: dict, lost: list[str]) -> None:
    limits = [rest.pop(name, None) for name in ("max_completion_tokens", "max_tokens")]
    limits = [limit for limit in limits if limit is not None]
    if limits:
        config["maxOutputTokens"] = limits[0]
    if len(limits) > 1 and limits[0] != limits[1]:
        lost.append("max_tokens: Gemini has one limit; max_completion_tokens was taken.")


def _take_count(rest: dict, config: dict, model: str, lost: list[str]) -> None:
    n = rest.pop("n", 1)
    if n != 1 and ONE_ANSWER.match(model):
        lost.append("n: Gemini 3 and later give one answer per request; ask again for more.")
    elif n != 1:
        config["candidateCount"] = n


def _take_stop(rest: dict, config: dict) -> None:
    stop = rest.pop("stop", None)
    if stop:
        config["stopSequences"] = [stop] if isinstance(stop, str) else stop


def _take_logprobs(rest: dict, config: dict, lost: list[str]) -> None:
    wanted = rest.pop("logprobs", False)
    top = rest.pop("top_logprobs", None)
    if wanted:
        config["responseLogprobs"] = True
        if top is not None:
            config["logprobs"] = top
    elif top is not None:
        lost.append("top_logprobs: they come with logprobs, which were not asked for.")


def _take_format(rest: dict, config: dict, lost: list[str]) -> None:
    wanted = rest.pop("response_format", None)
    if wanted is None:
        return
    kinds = ("text", "json_object", "json_schema")
    kind = one_of(dict_at(wanted, "response_format").get("type"), kinds, "response_format.type")
    if kind != "text":
        config["responseMimeType"] = "application/json"
    if kind != "json_schema":
        return

    place = "response_format.json_schema"
    named = dict_at(wanted.get("json_schema"), place)
    if named.get("schema") is not None:
        config["responseJsonSchema"] = copy.deepcopy(named["schema"])
    for key in ("name", "description"):
        if named.get(key):
            lost.append(f"{place}.{key}: Gemini's answers have a schema alone.")


def _take_effort(rest: dict, config: dict, model: str, lost: list[str]) -> None:
    effort = rest.pop("reasoning_effort", None)
    if effort is None:
        return
    effort = text_at(effort, "reasoning_effort")
    if BUDGETED.match(model) and effort == "none":
        config["thinkingConfig"] = {"thinkingBudget": 0}
    elif BUDGETED.match(model):
        lost.append("reasoning_effort: Gemini 2 has a budget of thinking tokens instead.")
    elif effort == "none":
        config["thinkingConfig"] = {"thinkingLevel": "MINIMAL"}
        lost.append("reasoning_effort: Gemini cannot be kept from thinking; MINIMAL is the least.")
    elif effort in LEVELS:
        config["thinkingConfig"] = {"thinkingLevel": effort.upper()}
    else:
        lost.append(f"reasoning_effort: Gemini has no level {shown(effort)}.")


def _tell_rest(rest: dict, lost: list[str]) -> None:
    """Names what nothing took. A stream is asked for by the address, and its usage always comes."""
    rest.pop("stream", None)
    if dict_of(rest.get("stream_options")).keys() <= {"include_usage"}:
        rest.pop("stream_options", None)
    for name in rest:
        lost.append(f"{name}: {REASONS.get(name, 'Gemini has no such parameter.')}")
