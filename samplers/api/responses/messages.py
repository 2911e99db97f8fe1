"""Chat's messages, tools and formats as Responses have them."""

from collections.abc import Mapping, Sequence

from samplers.api.request import as_messages
from samplers.api.responses.parts import content_of, output_of

ROLES = ("user", "assistant", "system", "developer")
# What a message of an item's form has beside its content; it stays.
KEPT = ("id", "status", "phase")


def as_items(messages: str | Sequence[Mapping]) -> list[dict]:
    """A conversation as items; what are items already stay as they are.

    ValueError for what Responses have no place for, such as sound or a message's name.
    """
    if isinstance(messages, str):
        messages = as_messages(messages)
    is_list = isinstance(messages, Sequence) and len(messages) > 0
    if not is_list or not all(isinstance(m, Mapping) for m in messages):
        raise ValueError(f"messages must be a str or a list of messages, got {messages!r:.200}")
    return [item for message in messages for item in _items(dict(message))]


def flat(tool: dict) -> dict:
    """A tool's definition, or a tool_choice, without Chat's object around what it says."""
    allowed = tool.get("allowed_tools")
    if isinstance(allowed, dict):
        tools = allowed.get("tools")
        tools = [flat(one) for one in tools] if isinstance(tools, list) else tools
        return {"type": "allowed_tools", **allowed, "tools": tools}
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
        return [_result(message)]
    if role not in ROLES:
        raise ValueError(f"messages must have a role of {', '.join(ROLES)} or tool, got {role!r}")
    _check_names(message, ("role", "content", "refusal", "tool_calls", *KEPT))

    calls = [_call(call) for call in _list_of(message.get("tool_calls"))]
    content = content_of(role, message)
    if not content and calls:
        return calls
    kept = {name: message[name] for name in KEPT if name in message}
    return [{"type": "message", "role": role, "content": content, **kept}, *calls]


def _result(message: dict) -> dict:
    """The result of a function call."""
    _check_names(message, ("role", "content", "tool_call_id"))
    call_id = message.get("tool_call_id")
    if not isinstance(call_id, str):
        raise ValueError(f"messages of a tool must have a tool_call_id, a str, got {call_id!r:.80}")
    return {"type": "function_call_output", "call_id": call_id, "output": output_of(message)}


def _call(call) -> dict:
    """A function call that the model has asked for."""
    function = call.get("function") if isinstance(call, Mapping) else None
    if not isinstance(function, Mapping):
        raise ValueError(f"messages must have tool_calls of functions alone, got {call!r:.80}")
    return {"type": "function_call", "call_id": call.get("id"), **function}


def _list_of(calls) -> list:
    if calls is not None and not isinstance(calls, list | tuple):
        raise ValueError(f"messages must have a list of tool_calls, got {calls!r:.80}")
    return list(calls or ())


def _check_names(message: dict, names: tuple[str, ...]) -> None:
    """ValueError for a field that says something and has no place in an item."""
    for name, value in message.items():
        if name not in names and value not in (None, "", [], ()):
            raise ValueError(f"messages must have no {name}: Responses have no place for it")
