"""DeepSeek's request for a chat: checked where it differs from OpenAI's, and turned into that.

While the model thinks, which it does by default at the effort "high", its sampling is its own:
temperature, top_p and the penalties are accepted without effect, and logprobs are refused (so said
DeepSeek's page for its older reasoning model; nothing newer was found). `max` thinks longest.

A field of the body that DeepSeek does not know is ignored, as a third party saw (`temp`, in issue 7
of deepseek-ai/DeepSeek-R1, 2025-01); here the header IGNORED of the answer names it. So `n` has no
effect. `seed`, which DeepSeek does not have either, is ours: the same one gives the same thoughts
as at /v1, and lessons can be repeated.
"""

from math import inf

from samplers.local.dialects.chat_form import ANY_JSON, THOUGHTS, given, plain_history
from samplers.local.dialects.read import chat_request
from samplers.local.engine.model import ServedModel, named
from samplers.local.request.chat import ChatRequest
from samplers.local.request.checks import array, boolean, decimal, integer, only_fields, string
from samplers.local.request.errors import (
    ApiError,
    bad_request,
    short,
    wrong_body,
    wrong_type,
)

IGNORED = "x-samplers-ignored"  # a header
# Passed on as they are, and checked there.
SAME = ("model", "max_tokens", "stream", "tools", "tool_choice", "seed")
# Their range; 0 itself is outside that of top_p.
SAMPLING = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "frequency_penalty": (-2, 2),
    "presence_penalty": (-2, 2),
}
LOGPROBS = ("logprobs", "top_logprobs")
OTHERS = (
    *("messages", "thinking", "reasoning_effort", "response_format", "stop", "stream_options"),
    "user_id",  # without effect; DeepSeek's page "Rate Limit & Isolation", autumn 2026
)
KNOWN = {*SAME, *SAMPLING, *LOGPROBS, *OTHERS}
ROLES = ("system", "user", "assistant", "tool")
MOST_STOPS = 16
MOST_TOP_LOGPROBS = 20
LONGEST_USER = 512  # bytes of user_id
DEFAULT_EFFORT = "high"
# How DeepSeek reads an effort, and what ours is: its "max" is our longest.
EFFORTS = {
    "minimal": "low",
    "low": "low",
    "medium": "high",
    "high": "high",
    "xhigh": "high",
    "max": "xhigh",
    "ultra": "xhigh",
}

NO_MODEL = "Model Not Exist"
FORCED = "Thinking mode does not support this tool_choice"
NO_SCHEMA = "This response_format type is unavailable now"
NO_JSON = (
    "Prompt must contain the word 'json' in some form to use 'response_format' of type "
    "'json_object'."
)
# Recorded by many third parties, 2026-04 to 2026-09: any turn with calls must have its thoughts,
# in all later requests. DeepSeek's guide of autumn 2026 has the same rule.
NOT_PASSED_BACK = "The `reasoning_content` in the thinking mode must be passed back to the API."
ONLY_STREAMED = "stream_options should be set along with stream = true"


async def read(models: tuple[ServedModel, ...], body, is_long: bool) -> ChatRequest:
    """The request that a body's JSON is. ApiError (400) for the first wrong thing."""
    if not isinstance(body, dict):
        raise wrong_body(body)
    fields = given(body)
    for name in ("model", "messages"):
        if name not in fields:
            raise _wrong(f"missing field `{name}`")
    if named(models, string()("model", fields["model"])) is None:
        raise bad_request(NO_MODEL)

    effort = _effort(fields)
    _check_messages(fields["messages"], effort != "none")
    made = {name: fields[name] for name in SAME if name in fields}
    made["messages"] = plain_history(fields["messages"])
    made |= _sampling(fields, effort != "none")
    _take_choice(made, effort != "none")
    if _include_usage(fields):
        made["stream_options"] = {"include_usage": True}
    _check_others(fields)

    own = {"stop": _stop(fields.get("stop", [])), "effort": effort, "shows_thoughts": True}
    if _is_json(fields):
        own["response_format"] = ANY_JSON
    request = await chat_request(models, made, is_long, **own)
    if request.response_format is not None:
        _check_mentions_json(request.messages)
    return request


def ignored(body: dict) -> list[str]:
    """The fields of a body that have no effect, because DeepSeek does not know them."""
    return [name for name in given(body) if name not in KNOWN]


def _wrong(what: str) -> ApiError:
    """A body that is not what DeepSeek's types expect."""
    return bad_request(what, code="invalid_type")


def _variant(name: str, value, allowed: tuple[str, ...]) -> ApiError:
    expected = ", ".join(f"`{each}`" for each in allowed)
    return _wrong(f"{name}: unknown variant `{short(value)}`, expected one of {expected}")


def _effort(fields: dict) -> str:
    """How much the model thinks; "none" if it does not."""
    effort = fields.get("reasoning_effort", DEFAULT_EFFORT)
    if string()("reasoning_effort", effort) not in EFFORTS:
        raise _variant("reasoning_effort", effort, tuple(EFFORTS))
    thinking = only_fields("thinking", fields.get("thinking", {"type": "enabled"}), "type")
    kind = string()("thinking.type", thinking.get("type"))
    if kind not in ("enabled", "disabled"):
        raise _variant("thinking.type", kind, ("enabled", "disabled"))
    return EFFORTS[effort] if kind == "enabled" else "none"


def _check_messages(messages, thinks: bool) -> None:
    if not isinstance(messages, list):
        raise wrong_type("messages", "an array of objects", messages)
    for i, message in enumerate(messages):
        if not isinstance(message, dict):
            continue  # the checker of messages refuses it
        role = message.get("role")
        if isinstance(role, str) and role not in ROLES:
            raise _variant(f"messages[{i}].role", role, ROLES)
        if thinks and message.get("tool_calls") and message.get(THOUGHTS) is None:
            raise bad_request(NOT_PASSED_BACK)


def _sampling(fields: dict, thinks: bool) -> dict:
    """The parameters of sampling that have an effect. All are checked."""
    made = {name: decimal(-inf, inf)(name, fields[name]) for name in SAMPLING if name in fields}
    for name, value in made.items():
        _check_range(name, value, *SAMPLING[name])
    if "logprobs" in fields:
        boolean("logprobs", fields["logprobs"])
    if "top_logprobs" in fields:
        top = integer()("top_logprobs", fields["top_logprobs"])
        _check_range("top_logprobs", top, 0, MOST_TOP_LOGPROBS)
    if not thinks:
        return made | {name: fields[name] for name in LOGPROBS if name in fields}

    for name in LOGPROBS:
        if fields.get(name, False) is not False:
            raise bad_request(f"Thinking mode does not support the parameter `{name}`")
    return {}


def _check_range(name: str, value: float, low: float, high: float | None) -> None:
    opening = "(" if name == "top_p" else "["
    is_low = value < low or (name == "top_p" and value == low)
    if is_low or (high is not None and value > high):
        rest = "∞)" if high is None else f"{high}]"
        valid = f"{opening}{low}, {rest}"
        raise bad_request(f"Invalid {name} value, the valid range of {name} is {valid}")


def _check_others(fields: dict) -> None:
    if "max_tokens" in fields:
        limit = integer()("max_tokens", fields["max_tokens"])
        _check_range("max_tokens", limit, 1, None)
    user = string()("user_id", fields.get("user_id", ""))
    if len(user.encode()) > LONGEST_USER:
        raise bad_request(f"Invalid user_id value, it must have at most {LONGEST_USER} bytes")


def _take_choice(made: dict, thinks: bool) -> None:
    """Checks `tool_choice`. Without tools the reference's own example sends "none"."""
    choice = made.get("tool_choice")
    if isinstance(choice, dict) and choice.get("type") not in (None, "function"):
        raise _variant("tool_choice.type", choice["type"], ("function",))
    if thinks and choice not in (None, "auto", "none"):
        raise bad_request(FORCED)
    if "tools" not in made and choice in ("auto", "none"):
        del made["tool_choice"]


def _include_usage(fields: dict) -> bool:
    if "stream_options" not in fields:
        return False
    options = only_fields("stream_options", fields["stream_options"], "include_usage")
    include = boolean("stream_options.include_usage", options.get("include_usage", False))
    if not fields.get("stream"):
        raise bad_request(ONLY_STREAMED)
    return include


def _stop(value) -> tuple[str, ...]:
    stops = [value] if isinstance(value, str) else value
    if not isinstance(stops, list):
        raise wrong_type("stop", "one of a string or array of strings", value)
    stops = tuple(array(string(), 0, MOST_STOPS)("stop", stops))
    if "" in stops:
        raise bad_request("Invalid stop value, a stop string must not be empty")
    return stops


def _is_json(fields: dict) -> bool:
    """Whether the answer is to be JSON."""
    value = only_fields(
        "response_format", fields.get("response_format", {"type": "text"}), "type", "json_schema"
    )
    kind = string()("response_format.type", value.get("type"))
    if kind == "json_schema":
        raise bad_request(NO_SCHEMA)
    if kind not in ("text", "json_object"):
        raise _variant("response_format.type", kind, ("text", "json_object"))
    return kind == "json_object"


def _check_mentions_json(messages: list[dict]) -> None:
    if not any("json" in message["content"].lower() for message in messages):
        raise bad_request(NO_JSON)
