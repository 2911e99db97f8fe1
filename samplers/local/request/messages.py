"""The messages of a chat request: checked, and reduced to what the model's chat template takes."""

from samplers.local.request import tool_text
from samplers.local.request.checks import array, one_of, only_fields, required, string
from samplers.local.request.content import content_parts, no_content
from samplers.local.request.errors import (
    bad_request,
    missing,
    unknown,
    unsupported,
    wrong_type,
    wrong_value,
)
from samplers.local.request.images.part import ImagePart, check_number

ROLES = ("system", "assistant", "user", "function", "tool", "developer")  # as OpenAI lists them
# annotations: OpenAI's API file does not list them here, but its SDK sends an answer's message back
# with all its fields.
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
LONGEST_ID = 40  # characters of a call's id, as at OpenAI
UNSUPPORTED = ("audio", "function_call")
# fields that only one role has
OWNERS = {"tool_calls": "assistant", "annotations": "assistant", "tool_call_id": "tool"}


def messages(name: str, value) -> list[dict]:
    """The messages -> [{"role", "content"}, …]. ApiError for the first wrong one.

    Calls are written into the content, as the model writes them. A message with images also has
    "parts", its texts and images in order.
    """
    checked = array(message, 1, of=" of objects")(name, value)
    check_number(name, sum(_images(item) for item in checked))
    _check_sequence(name, value)
    return checked


def text_messages(name: str, value) -> list[dict]:
    """The messages for a path that reads no images. ApiError as above, and for an image."""
    checked = messages(name, value)
    for message in checked:
        for part in message.get("parts", ()):
            if isinstance(part, ImagePart):
                told = "Images are not supported here: only /v1/chat/completions reads them."
                raise bad_request(f"Invalid '{part.place}'. {told}", part.place, "invalid_value")
    return checked


def message(name: str, value) -> dict:
    """One message -> {"role", "content"}, and its "parts" if one is an image.

    The texts of a content are joined, developer becomes system, and `name` is left out.
    """
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    role = _role(name, value)
    _check_fields(name, value, role)
    calls = ""
    if value.get("tool_calls") is not None:
        checked = array(_call, 1, of=" of objects")(f"{name}.tool_calls", value["tool_calls"])
        _check_ids_differ(name, value["tool_calls"])
        calls = tool_text.calls_text(checked)
    if role == "tool":
        string()(f"{name}.tool_call_id", required(name, value, "tool_call_id"))

    content = value.get("content")
    if content is None and role == "assistant":
        content = value.get("refusal")
    if content is None and calls:
        content = ""
    if content is None:
        raise no_content(name, value)
    parts = content_parts(f"{name}.content", content, role)
    texts = [part for part in parts if isinstance(part, str)]
    role = "system" if role == "developer" else role
    has_images = {"parts": parts} if len(texts) < len(parts) else {}
    return {"role": role, "content": "".join(texts) + calls} | has_images


def _images(message: dict) -> int:
    return sum(isinstance(part, ImagePart) for part in message.get("parts", ()))


def _role(name: str, value: dict) -> str:
    if "role" not in value:
        raise missing(f"{name}.role")

    role = value["role"]
    if role == "function":
        message = (
            f"Unsupported value: '{name}.role' does not support 'function' with this model. "
            "Use 'tool' instead."
        )
        raise bad_request(message, f"{name}.role", "unsupported_value")
    if role not in ROLES:
        raise wrong_value(f"{name}.role", role, ROLES)

    return role


def _check_fields(name: str, value: dict, role: str) -> None:
    for field, content in value.items():
        if field not in FIELDS:
            raise unknown(f"{name}.{field}")
        if content is None:
            continue
        if field in UNSUPPORTED:
            raise unsupported(f"{name}.{field}")
        if role != OWNERS.get(field, role):
            raise unknown(f"{name}.{field}")
    if value.get("name") is not None:
        string()(f"{name}.name", value["name"])


def _call(name: str, value) -> tuple[str, str]:
    """One of an assistant's calls -> (name, arguments)."""
    only_fields(name, value, "id", "type", "function")
    string(LONGEST_ID)(f"{name}.id", required(name, value, "id"))
    one_of("function")(f"{name}.type", required(name, value, "type"))
    place = f"{name}.function"
    function = only_fields(place, required(name, value, "function"), "name", "arguments")
    title = string()(f"{place}.name", required(place, function, "name"))
    arguments = string()(f"{place}.arguments", required(place, function, "arguments"))
    return title, arguments


def _check_ids_differ(name: str, calls: list[dict]) -> None:
    """The calls of one message have different ids."""
    seen: set[str] = set()
    for i, call in enumerate(calls):
        if call["id"] in seen:
            # The sentence is ours, in the style of OpenAI's for two results: it refuses such
            # calls, too, but no example of its answer was found.
            message = f"Invalid parameter: Duplicate value for 'id' of '{call['id'][:80]}'."
            raise bad_request(message, f"{name}.tool_calls[{i}].id")
        seen.add(call["id"])


def _check_sequence(name: str, value: list[dict]) -> None:
    """OpenAI's rule: an assistant's calls are followed by their results, one for each call.

    Nothing comes between them.
    """
    caller = 0  # the place of the last message that is not a result
    call_ids: set[str] = set()  # of that message
    results: dict[str, int] = {}  # those with a result, and its place

    for i, item in enumerate(value):
        if item["role"] == "tool":
            call_id = item["tool_call_id"]
            _check_result(f"{name}.[{i}]", call_id, call_ids)
            if call_id in results:
                raise _second_result(name, call_id, results[call_id], i)
            results[call_id] = i
            continue
        _check_answered(f"{name}.[{caller}]", call_ids - results.keys())
        caller = i
        call_ids = {call["id"] for call in item.get("tool_calls") or ()}
        results = {}

    _check_answered(f"{name}.[{caller}]", call_ids - results.keys())


def _check_result(place: str, call_id: str, call_ids: set[str]) -> None:
    if not call_ids:
        message = (
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding "
            "message with 'tool_calls'."
        )
        raise bad_request(message, f"{place}.role")
    if call_id not in call_ids:
        message = (
            f"Invalid parameter: 'tool_call_id' of '{call_id[:80]}' not found in 'tool_calls' of "
            "previous message."
        )
        raise bad_request(message, f"{place}.tool_call_id")


def _second_result(name: str, call_id: str, first: int, second: int):
    message = (
        f"Invalid parameter: Duplicate value for 'tool_call_id' of '{call_id[:80]}', "
        f"in {name}[{first}] and {name}[{second}]."
    )
    return bad_request(message, f"{name}.[{second}].tool_call_id")


def _check_answered(place: str, waiting: set[str]) -> None:
    if waiting:
        message = (
            "An assistant message with 'tool_calls' must be followed by tool messages responding "
            "to each 'tool_call_id'. The following tool_call_ids did not have response messages: "
        )
        raise bad_request(message + ", ".join(sorted(waiting))[:400], f"{place}.role")
