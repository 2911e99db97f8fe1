"""Chat's messages, tools and formats as Responses have them."""

from collections.abc import Mapping, Sequence

from samplers.api.deviations import dicts_of
from samplers.api.request import as_messages

ROLES = ("user", "assistant", "system", "developer")


def as_items(messages: str | Sequence[Mapping]) -> list[dict]:
    """A conversation as items; what are items already stay as they are.

    ValueError for what Responses have no item for, such as sound.
    """
    if isinstance(messages, str):
        return as_messages(messages)
    is_list = isinstance(messages, Sequence) and len(messages) > 0
    if not is_list or not all(isinstance(m, Mapping) for m in messages):
        raise ValueError(f"messages must be a str or a list of messages, got {messages!r:.200}")
    return [item for message in messages for item in _items(dict(message))]


def flat(tool: dict) -> dict:
    """A tool's definition, or a tool_choice, without Chat's object around the function."""
    function = tool.get("function")
    return {"type": "function", **function} if isinstance(function, dict) else tool


def text_format(response_format: dict) -> dict:
    """A response_format with a schema as the `format` in Responses' `text`."""
    return {"type": "json_schema", **response_format["json_schema"]}


def _items(message: dict) -> list[dict]:
    """The items that one message of Chat's is."""
    if "type" in message:
        return [message]
    role = message.get("role")
    if role == "tool":
        call_id = message.get("tool_call_id")
        output = message.get("content")
        return [{"type": "function_call_output", "call_id": call_id, "output": output}]
    if role not in ROLES:
        raise ValueError(f"messages must have a role of {', '.join(ROLES)} or tool, got {role!r}")
    if message.get("audio") is not None:
        raise ValueError("messages must have no audio: Responses take none")

    items = []
    content = _content(role, message)
    if content:
        items.append({"role": role, "content": content})
    for call in dicts_of(message.get("tool_calls")):
        called = {"call_id": call.get("id"), **call.get("function", {})}
        items.append({"type": "function_call", **called})
    return items


def _content(role: str, message: dict):
    """A message's content; a refusal is a part of it here."""
    content = message.get("content")
    refusal = message.get("refusal")
    if isinstance(content, str) and not refusal:
        return content
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content or []
    if refusal:
        parts = [*parts, {"type": "refusal", "refusal": refusal}]
    return [_part(role, part) for part in parts]


def _part(role: str, part: dict) -> dict:
    kind = part.get("type")
    if kind == "text":
        name = "output_text" if role == "assistant" else "input_text"
        return {"type": name, "text": part.get("text")}
    if kind == "image_url":
        image = part["image_url"]
        detail = {"detail": image["detail"]} if image.get("detail") else {}
        return {"type": "input_image", "image_url": image["url"], **detail}
    if kind in ("refusal", "input_text", "output_text", "input_image", "input_file"):
        return part
    raise ValueError(f"messages must be text or images for Responses, got a part {part!r:.80}")
