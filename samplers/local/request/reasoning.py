"""What the simulated reasoning model takes: the rules of OpenAI's models of gpt-5.6 and later.

As OpenAI's API answered Chat requests on 2026-08-30 (gpt-5.6-terra) and 2026-09-24 (gpt-6-luna),
recorded by public projects. First come the checks of single fields, then what the model cannot do.
"""

from samplers.local.request.checks import integer, one_of, only_fields, string
from samplers.local.request.errors import ApiError, bad_request, listed, short, unsupported

EFFORTS = ("none", "low", "medium", "high", "xhigh")
DEFAULT_EFFORT = "medium"
MOST_TOP_LOGPROBS = 5


def _cache_options(name: str, value) -> dict:
    options = only_fields(name, value, "mode", "ttl")
    if options.get("mode") is not None:
        one_of("implicit", "explicit")(f"{name}.mode", options["mode"])
    if options.get("ttl") is not None:
        one_of("30m")(f"{name}.ttl", options["ttl"])
    return options


# What is different from the other model's tables in chat.py.
FIELDS = {"n": (integer(1, 8), 1)}
WITHOUT_EFFECT = {
    "prompt_cache_options": _cache_options,
    "prompt_cache_retention": one_of("in_memory", "24h"),
    "safety_identifier": string(128),
}
CHECKED_HERE = {"prediction", "reasoning_effort"}  # by `effort`
UNKNOWN = {"audio", "modalities", "web_search_options"}

# Refused at any effort, in this order; with what to use instead.
NEVER = {
    "max_tokens": " Use 'max_completion_tokens' instead.",
    "stop": "",
    "logit_bias": "",
    "prediction": "",
}
# Refused unless the effort is none, in this order. Their defaults are no request for anything.
WHILE_REASONING = {
    "temperature": 1,
    "top_p": 1,
    "frequency_penalty": 0,
    "presence_penalty": 0,
    "logprobs": False,
    "top_logprobs": None,
}


def effort(body: dict) -> str:
    """The effort of a request whose fields are right, each by itself; one of EFFORTS.

    ApiError (400) for what the model cannot do, at this effort or at any.
    """
    for name, instead in NEVER.items():
        if body.get(name) is not None:
            raise unsupported(name, instead)
    if body.get("prompt_cache_retention") == "in_memory":
        message = "This model is compatible only with 24h extended prompt caching"
        raise bad_request(message, "prompt_cache_retention")

    given = body.get("reasoning_effort")
    if given is None:
        given = DEFAULT_EFFORT
    if given not in EFFORTS:
        raise _unsupported_effort(given)
    if given != "none":
        _check_reasoning(body)
    return given


def _check_reasoning(body: dict) -> None:
    for name, default in WHILE_REASONING.items():
        value = body.get(name)
        if value is None or value == default:
            continue
        if name == "temperature":
            message = (
                f"Unsupported value: '{name}' does not support {short(value)} with this model. "
                f"Only the default ({default}) value is supported."
            )
            raise bad_request(message, name, "unsupported_value")
        raise unsupported(name)

    if body.get("tools") is not None:
        message = (
            f"Function tools with reasoning_effort are not supported for {body['model']} in "
            "/v1/chat/completions. To use function tools, use /v1/responses or set "
            "reasoning_effort to 'none'."
        )
        raise bad_request(message, "reasoning_effort")


def _unsupported_effort(value) -> ApiError:
    message = (
        f"Unsupported value: 'reasoning_effort' does not support {short(repr(value))} with this "
        f"model. Supported values are: {listed(EFFORTS, 'and')}."
    )
    return bad_request(message, "reasoning_effort", "unsupported_value")
