"""The parameters of an OpenAI request beside its messages and tools, as Anthropic's."""

from samplers.api.dialects.anthropic.version import VERSION
from samplers.api.dialects.checks import dict_at, is_default, list_at, one_of, text_at

# The limit of a request that names none: Anthropic needs one, and all its models take this.
MAX_TOKENS = 4096

EFFORTS = ("low", "medium", "high", "xhigh", "max")
TIERS = {"auto": "auto", "default": "standard_only"}  # service_tier, of OpenAI and of Anthropic

_TRANSLATED = {
    "max_tokens",
    "max_completion_tokens",
    "temperature",
    "top_p",
    "top_k",
    "stop",
    "stream",
    "stream_options",
    "response_format",
    "reasoning_effort",
    "safety_identifier",
    "user",
    "service_tier",
}
# OpenAI's parameters that Anthropic's API (reference of 2026-11-28) has nothing for.
_WITHOUT_COUNTERPART = {
    "n": "Anthropic gives one answer per request; ask again for more.",
    "logprobs": "Anthropic gives no log-probabilities.",
    "top_logprobs": "Anthropic gives no log-probabilities.",
    "frequency_penalty": "Anthropic has no penalties.",
    "presence_penalty": "Anthropic has no penalties.",
    "logit_bias": "Anthropic has no bias of tokens.",
    "seed": "Anthropic has no seed; an answer cannot be drawn again.",
    "store": "Anthropic keeps no answers to be read later.",
    "metadata": "Anthropic's metadata holds a user's id and nothing else.",
    "prediction": "Anthropic takes no predicted output.",
    "modalities": "Anthropic answers with text only.",
    "audio": "Anthropic answers with text only.",
    "verbosity": "Anthropic has no such parameter; ask for it in the prompt.",
    "web_search_options": "Anthropic's search is a tool of its own.",
    "prompt_cache_key": "Anthropic finds its cache by the prompt alone.",
    "prompt_cache_retention": "Anthropic sets the cache's time at its blocks.",
}


def parameters(body: dict, version: str, lost: list[str]) -> dict:
    """Anthropic's parameters for those of `body`, which has no nulls; the rest are in `lost`."""
    found = _max_tokens(body, lost) | _sampling(body, version, lost) | _stop(body, lost)
    found |= _stream(body, lost) | _user(body, lost) | _tier(body, lost)

    config, thinking = _effort(body, lost)
    config |= _format(body, lost)
    if config:
        found["output_config"] = config

    _say_the_rest(body, lost)
    return found | thinking


def _max_tokens(body: dict, lost: list[str]) -> dict:
    given = [body[name] for name in ("max_completion_tokens", "max_tokens") if name in body]
    if not given:
        lost.append(f"max_tokens: none was given, and Anthropic needs one; {MAX_TOKENS} is sent.")
        return {"max_tokens": MAX_TOKENS}
    if given[0] != given[-1]:
        lost.append(
            f"max_tokens: max_completion_tokens ({given[0]!r:.40}) is the one that is sent."
        )
    return {"max_tokens": given[0]}


def _sampling(body: dict, version: str, lost: list[str]) -> dict:
    given = {name: body[name] for name in ("temperature", "top_p", "top_k") if name in body}
    if version == VERSION:
        for name in given:
            lost.append(f"{name}: Anthropic's API of {version} takes none; left out.")
        return {}

    temperature = given.get("temperature", 0)
    if isinstance(temperature, int | float) and temperature > 1:
        lost.append(f"temperature: Anthropic takes at most 1; {temperature} is sent as 1.")
        given["temperature"] = 1
    return given


def _stop(body: dict, lost: list[str]) -> dict:
    stop = body.get("stop", [])
    if isinstance(stop, str):
        stop = [stop]

    sent = []
    for i, text in enumerate(list_at(stop, "stop")):
        if text_at(text, f"stop[{i}]").strip():
            sent.append(text)
        else:
            lost.append(f"stop: Anthropic takes no blank text; {text!r:.40} is left out.")
    return {"stop_sequences": sent} if sent else {}


def _stream(body: dict, lost: list[str]) -> dict:
    """`stream`. The usage comes in every stream, so asking for it loses nothing."""
    options = dict_at(body.get("stream_options", {}), "stream_options")
    for name, value in options.items():
        if name != "include_usage" and value:
            lost.append(f"stream_options.{name}: Anthropic has no such option; left out.")
    return {"stream": body["stream"]} if "stream" in body else {}


def _user(body: dict, lost: list[str]) -> dict:
    given = [body[name] for name in ("safety_identifier", "user") if name in body]
    if not given:
        return {}
    if given[0] != given[-1]:
        lost.append("user: Anthropic takes one id of a user; safety_identifier is the one sent.")
    return {"metadata": {"user_id": given[0]}}


def _tier(body: dict, lost: list[str]) -> dict:
    tier = body.get("service_tier")
    if tier is None:
        return {}
    if not isinstance(tier, str) or tier not in TIERS:
        lost.append(f"service_tier: Anthropic has no {tier!r:.40}; left out.")
        return {}
    return {"service_tier": TIERS[tier]}


def _effort(body: dict, lost: list[str]) -> tuple[dict, dict]:
    """The effort in `output_config`, and `thinking` where the request wants no reasoning at all.

    Otherwise `thinking` is left out: whether a model then thinks differs between models.
    """
    effort = body.get("reasoning_effort")
    if effort is None:
        return {}, {}
    if effort == "none":
        return {}, {"thinking": {"type": "disabled"}}
    if effort == "minimal":
        lost.append("reasoning_effort: Anthropic has no 'minimal'; 'low' is sent.")
        return {"effort": "low"}, {}
    if effort not in EFFORTS:
        lost.append(f"reasoning_effort: Anthropic has no {effort!r:.40}; left out.")
        return {}, {}
    return {"effort": effort}, {}


def _format(body: dict, lost: list[str]) -> dict:
    form = dict_at(body.get("response_format", {"type": "text"}), "response_format")
    kinds = ("text", "json_object", "json_schema")
    kind = one_of(form.get("type"), kinds, "response_format.type")
    if kind == "text":
        return {}
    if kind == "json_object":
        lost.append(
            "response_format: Anthropic gives JSON only with a schema; ask for it in the prompt."
        )
        return {}

    place = "response_format.json_schema"
    named = dict_at(form.get("json_schema"), place)
    for name in ("name", "description"):
        if named.get(name):
            lost.append(f"{place}.{name}: an Anthropic schema has none; left out.")
    if not named.get("strict"):
        lost.append(f"{place}.strict: Anthropic always enforces the schema.")
    schema = dict_at(named.get("schema"), f"{place}.schema")
    return {"format": {"type": "json_schema", "schema": schema}}


def _say_the_rest(body: dict, lost: list[str]) -> None:
    for name, value in body.items():
        if name in ("functions", "function_call"):
            raise ValueError(f"{name} is OpenAI's old form: use tools and tool_choice")
        if name in _WITHOUT_COUNTERPART:
            if not is_default(name, value):
                lost.append(f"{name}: {_WITHOUT_COUNTERPART[name]}")
        elif name not in _TRANSLATED:
            lost.append(f"{name}: Anthropic has no such parameter; left out.")
