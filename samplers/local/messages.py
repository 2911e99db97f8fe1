"""The messages of a chat request: checked, and reduced to what the model's chat template takes."""

from samplers.local.checks import array, string, wrong_type, wrong_value
from samplers.local.errors import bad_request

ROLES = ("system", "developer", "user", "assistant")
NOT_HERE = ("tool", "function")  # OpenAI's other roles
PARTS = {"text": "text", "refusal": "refusal"}  # content part -> the field with its text
OTHER_PARTS = ("image_url", "input_audio", "file")
FIELDS = {"role", "content", "name", "refusal", "audio", "tool_calls", "function_call", "tool_call_id"}


def message(name: str, value) -> dict:
    """One message -> {"role", "content"}: the parts of a content joined, developer as system, `name` left out."""
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    if "role" not in value:
        raise missing(f"{name}.role")
    role = value["role"]
    if role in NOT_HERE:
        raise bad_request(
            f"Unsupported value: '{name}.role' does not support '{role}' with this model.",
            f"{name}.role",
            "unsupported_value",
        )
    if role not in ROLES:
        raise wrong_value(f"{name}.role", role, ROLES)
    for field, content in value.items():
        if field not in FIELDS:
            raise bad_request(
                f"Unrecognized message argument supplied: {field}", f"{name}.{field}", "unknown_parameter"
            )
        if field in ("audio", "tool_calls", "function_call", "tool_call_id") and content is not None:
            raise unsupported(f"{name}.{field}")
    if value.get("name") is not None:
        string()(f"{name}.name", value["name"])
    content = value.get("content")
    if content is None and role == "assistant":
        content = value.get("refusal")
    if content is None:
        if "content" in value:
            raise wrong_type(f"{name}.content", "a string", None)
        raise missing(f"{name}.content")
    text = content_text(f"{name}.content", content, role)
    return {"role": "system" if role == "developer" else role, "content": text}


def content_text(name: str, value, role: str) -> str:
    """A content, a string or an array of parts -> its text."""
    if isinstance(value, str):
        return string()(name, value)
    if not isinstance(value, list):
        raise wrong_type(name, "a string or an array of parts", value)
    return "".join(array(lambda part_name, part: _part(part_name, part, role), 1)(name, value))


def _part(name: str, value, role: str) -> str:
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    if "type" not in value:
        raise missing(f"{name}.type")
    kind = value["type"]
    if kind in OTHER_PARTS:
        raise bad_request(
            f"Invalid content type. {kind} is not supported by this model.", f"{name}.type", "unsupported_value"
        )
    allowed = [part for part in PARTS if part == "text" or role == "assistant"]
    if kind not in allowed:
        raise wrong_value(f"{name}.type", kind, allowed)
    if PARTS[kind] not in value:
        raise missing(f"{name}.{PARTS[kind]}")
    return string()(f"{name}.{PARTS[kind]}", value[PARTS[kind]])


def missing(name: str):
    """A required field is not there."""
    return bad_request(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")


def unsupported(name: str):
    """OpenAI has this, this endpoint does not."""
    return bad_request(
        f"Unsupported parameter: '{name}' is not supported with this model.", name, "unsupported_parameter"
    )


messages = array(message, 1, of=" of objects")
