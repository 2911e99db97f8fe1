"""GLM's request for a chat: checked where it differs from OpenAI's, and turned into that.

`temperature` is in [0, 1] and `top_p` in (0, 1), as zai-sdk has it (Zhipu's reference has [0.01, 1]
for top_p). Temperature 0 turns `do_sample` off, and without that neither has an effect: the most
probable token is taken. The defaults are the reference's for GLM-4.6 and later.

What GLM does with a field that it does not know was not found; here it is refused. So are the
penalties, logprobs and `n`, and what the SDK has for other models than chat's. JSON mode has no
condition: that the prompt should ask for JSON is only advice. `clear_thinking` is accepted, and so
are the thoughts of earlier turns; the local model reads none.
"""

from dataclasses import dataclass

from samplers.local.dialects.chat_form import ANY_JSON, given, plain_history
from samplers.local.dialects.glm.errors import MODEL
from samplers.local.dialects.read import chat_request
from samplers.local.engine.model import ServedModel, named
from samplers.local.request.chat import ChatRequest
from samplers.local.request.checks import (
    array,
    boolean,
    decimal,
    one_of,
    only_fields,
    string,
)
from samplers.local.request.errors import bad_request, missing, unknown, wrong_body, wrong_type

# Passed on as they are, and checked there.
SAME = ("model", "max_tokens", "seed", "stream", "tools")
CHECKED = (
    *("messages", "do_sample", "temperature", "top_p", "stop", "tool_choice", "response_format"),
    *("thinking", "reasoning_effort", "request_id", "user_id", "tool_stream"),
)
KNOWN = {*SAME, *CHECKED}
ROLES = ("system", "user", "assistant", "tool")
ASKING = ("user", "tool")  # a conversation needs one
SHORTEST_USER, LONGEST_USER = 6, 128  # characters of user_id
LONGEST_REQUEST = 256  # characters of request_id, which every chunk repeats; our own limit
MOST_STOPS = 1
DEFAULT_TOP_P = 0.95
# The efforts of zai-sdk, and what ours are. Which is GLM's default was not found.
EFFORTS = {
    "none": "none",
    "minimal": "low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "xhigh",
    "max": "xhigh",
}
DEFAULT_EFFORT = "medium"
NO_MODEL = "Unknown Model, please check the model code."


@dataclass(frozen=True)
class Own:
    """What only GLM's answers need of a request: its own id, and whether calls come in pieces."""

    request_id: str | None
    tool_stream: bool


async def read(models: tuple[ServedModel, ...], body, is_long: bool) -> tuple[ChatRequest, Own]:
    """The request that a body's JSON is. ApiError (400) for the first wrong thing."""
    if not isinstance(body, dict):
        raise wrong_body(body)
    fields = given(body)
    for name in ("model", "messages"):
        if name not in fields:
            raise missing(name)
    for name in fields:
        if name not in KNOWN:
            raise unknown(name, KNOWN - fields.keys())
    if named(models, string()("model", fields["model"])) is None:
        raise bad_request(NO_MODEL, "model", MODEL)

    _check_messages(fields["messages"])
    made = {name: fields[name] for name in SAME if name in fields}
    made["messages"] = plain_history(fields["messages"])
    made |= _sampling(fields)
    one_of("auto")("tool_choice", fields.get("tool_choice", "auto"))

    own = {"stop": _stop(fields), "effort": _effort(fields), "shows_thoughts": True}
    if _is_json(fields):
        own["response_format"] = ANY_JSON
    of_answer = _own(fields)
    return await chat_request(models, made, is_long, **own), of_answer


def _check_messages(messages) -> None:
    if not isinstance(messages, list):
        raise wrong_type("messages", "an array of objects", messages)
    roles = []
    for i, message in enumerate(messages):
        if isinstance(message, dict) and "role" in message:  # else the checker of messages says so
            roles.append(one_of(*ROLES)(f"messages[{i}].role", message["role"]))
    if len(roles) == len(messages) > 0 and not any(role in ASKING for role in roles):
        message = "Messages of the system or the assistant alone are not supported."
        raise bad_request(message, "messages", "invalid_value")


def _sampling(fields: dict) -> dict:
    samples = boolean("do_sample", fields.get("do_sample", True))
    temperature = decimal(0, 1)("temperature", fields.get("temperature", 1.0))
    top_p = decimal(0, 1)("top_p", fields.get("top_p", DEFAULT_TOP_P))
    if top_p in (0, 1):
        message = "Expected a value between 0 and 1, but neither of them."
        raise bad_request(f"Invalid 'top_p': {message}", "top_p", "invalid_value")
    if not samples or temperature == 0:
        return {"temperature": 0}
    return {"temperature": temperature, "top_p": top_p}


def _stop(fields: dict) -> tuple[str, ...]:
    """The stop string. The reference has a list of one, the SDK also takes a string."""
    value = fields.get("stop", [])
    stops = [value] if isinstance(value, str) else value
    if not isinstance(stops, list):
        raise wrong_type("stop", "one of a string or array of strings", value)
    stops = tuple(array(string(), 0, MOST_STOPS)("stop", stops))
    if "" in stops:
        message = "Invalid 'stop': empty string. Expected a string with minimum length 1."
        raise bad_request(message, "stop", "empty_string")
    return stops


def _effort(fields: dict) -> str:
    """How much the model thinks; "none" if it does not."""
    effort = one_of(*EFFORTS)("reasoning_effort", fields.get("reasoning_effort", DEFAULT_EFFORT))
    thinking = only_fields(
        "thinking", fields.get("thinking", {"type": "enabled"}), "type", "clear_thinking"
    )
    kind = one_of("enabled", "disabled")("thinking.type", thinking.get("type", "enabled"))
    if thinking.get("clear_thinking") is not None:
        boolean("thinking.clear_thinking", thinking["clear_thinking"])
    return EFFORTS[effort] if kind == "enabled" else "none"


def _is_json(fields: dict) -> bool:
    """Whether the answer is to be JSON."""
    value = only_fields("response_format", fields.get("response_format", {"type": "text"}), "type")
    kind = one_of("text", "json_object")("response_format.type", value.get("type"))
    return kind == "json_object"


def _own(fields: dict) -> Own:
    request_id = fields.get("request_id")
    if request_id is not None:
        string(LONGEST_REQUEST)("request_id", request_id)
    user = fields.get("user_id")
    if user is not None and len(string(LONGEST_USER)("user_id", user)) < SHORTEST_USER:
        message = f"Expected a string with at least {SHORTEST_USER} characters."
        raise bad_request(f"Invalid 'user_id': {message}", "user_id", "invalid_value")
    return Own(request_id, boolean("tool_stream", fields.get("tool_stream", False)))
