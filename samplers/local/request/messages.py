"""The messages of a chat request: checked, and reduced to what the model's chat template takes."""

from samplers.local.request import tool_text
from samplers.local.request.checks import (
    array,
    known,
    missing,
    needed,
    one_of,
    string,
    unknown,
    unsupported,
    wrong_type,
    wrong_value,
)
from samplers.local.request.errors import bad_request

ROLES = ("system", "assistant", "user", "function", "tool", "developer")  # as OpenAI lists them
CONTENT = "one of a string or array of objects"
PARTS = {"text": "text", "refusal": "refusal"}  # content part -> the field with its text
OTHER_PARTS = ("image_url", "input_audio", "file")
# annotations: OpenAI's file leaves them out here, but its SDK sends an answer's message back with
# all that was in it
FIELDS = {
    "role",
    "content",
    "name",
    "refusal",
    "annotations",
    "audio",
    "tool_calls",
    "function_call",
    "tool_call_id",
}
CALL = ("name", "arguments")
# fields of one role only
OWNERS = {"tool_calls": "assistant", "annotations": "assistant", "tool_call_id": "tool"}


def messages(name: str, value) -> list[dict]:
    """The messages -> [{"role", "content"}, …]; calls as the model writes them. ApiError for the
    first wrong one.
    """
    checked = array(message, 1, of=" of objects")(name, value)
    _sequence(name, value)
    return checked


def message(name: str, value) -> dict:
    """One message -> {"role", "content"}: the parts of a content joined, developer as system,
    `name` left out.
    """
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    if "role" not in value:
        raise missing(f"{name}.role")
    role = value["role"]
    if role == "function":
        raise bad_request(
            f"Unsupported value: '{name}.role' does not support 'function' with this model. Use 'tool' instead.",
            f"{name}.role",
            "unsupported_value",
        )
    if role not in ROLES:
        raise wrong_value(f"{name}.role", role, ROLES)
    for field, content in value.items():
        if field not in FIELDS:
            raise unknown(f"{name}.{field}")
        if field in ("audio", "function_call") and content is not None:
            raise unsupported(f"{name}.{field}")
        if content is not None and role != OWNERS.get(field, role):
            raise unknown(f"{name}.{field}")
    if value.get("name") is not None:
        string()(f"{name}.name", value["name"])
    made = value.get("tool_calls")
    calls = (
        ""
        if made is None
        else tool_text.calls(array(_call, 1, of=" of objects")(f"{name}.tool_calls", made))
    )
    if role == "tool":
        string()(f"{name}.tool_call_id", needed(name, value, "tool_call_id"))
    content = value.get("content")
    if content is None and role == "assistant":
        content = value.get("refusal")
    if content is None and calls:
        content = ""
    if content is None:
        raise _no_content(name, value)
    text = content_text(f"{name}.content", content, role)
    return {"role": "system" if role == "developer" else role, "content": text + calls}


def _no_content(name: str, value: dict):
    """OpenAI has one answer for a developer message, and for all others another, which names the
    place otherwise.
    """
    if value["role"] != "developer":
        place = name.replace("[", ".[") + ".content"
        return bad_request("Invalid value for 'content': expected a string, got null.", place)
    return (
        wrong_type(f"{name}.content", CONTENT, None)
        if "content" in value
        else missing(f"{name}.content")
    )


def content_text(name: str, value, role: str) -> str:
    """A content, a string or an array of parts -> its text."""
    if isinstance(value, str):
        return string()(name, value)
    if not isinstance(value, list):
        raise wrong_type(name, CONTENT, value)
    return "".join(array(lambda part_name, part: _part(part_name, part, role), 0)(name, value))


def _part(name: str, value, role: str) -> str:
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    if "type" not in value:
        raise missing(f"{name}.type")
    kind = value["type"]
    if kind in OTHER_PARTS:
        raise bad_request(
            f"Invalid content type. {kind} is not supported by this model.",
            f"{name}.type",
            "unsupported_value",
        )
    allowed = [part for part in PARTS if part == "text" or role == "assistant"]
    if kind not in allowed:
        raise wrong_value(f"{name}.type", kind, allowed)
    if PARTS[kind] not in value:
        raise missing(f"{name}.{PARTS[kind]}")
    return string()(f"{name}.{PARTS[kind]}", value[PARTS[kind]])


def _call(name: str, value) -> tuple[str, str]:
    known(name, value, "id", "type", "function")
    string()(f"{name}.id", needed(name, value, "id"))
    one_of("function")(f"{name}.type", needed(name, value, "type"))
    function = known(f"{name}.function", needed(name, value, "function"), "name", "arguments")
    texts = (
        string()(f"{name}.function.{field}", needed(f"{name}.function", function, field))
        for field in CALL
    )
    return tuple(texts)


def _sequence(name: str, value: list[dict]) -> None:
    """OpenAI's rule: the results of an assistant's calls follow it, one for each, and nothing comes
    between.
    """
    waiting: dict[str, None] = {}  # ids in the order of the calls
    asked: set[str] = set()
    caller = 0
    for i, item in enumerate(value):
        if item["role"] == "tool":
            call = item["tool_call_id"]
            if not asked:
                text = "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
                raise bad_request(text + "'tool_calls'.", f"{name}.[{i}].role")
            if call not in asked:
                text = f"Invalid parameter: 'tool_call_id' of '{call[:80]}' not found in 'tool_calls' of previous "
                raise bad_request(text + "message.", f"{name}.[{i}].tool_call_id")
            waiting.pop(call, None)
            continue
        _answered(name, caller, waiting)
        asked = {call["id"] for call in item.get("tool_calls") or ()}
        waiting, caller = dict.fromkeys(asked), i
    _answered(name, caller, waiting)


def _answered(name: str, caller: int, waiting: dict[str, None]) -> None:
    if waiting:
        text = "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
        text += "'tool_call_id'. The following tool_call_ids did not have response messages: "
        raise bad_request(text + ", ".join(sorted(waiting))[:400], f"{name}.[{caller}].role")
