"""The input of a request: its items, checked, in the form in which they are kept and listed.

Source: the types of OpenAI's SDK (openai 3.57.0); its sentences for a wrong item are those that the
API answered with on 2026-08-31 (gpt-5.6-terra, third-party). An item is also what the SDK makes of
one of an earlier response, with nulls and with its own Python names.
"""

import re

from samplers.local.dialects.responses.ids import BEGINNINGS, new_id
from samplers.local.dialects.responses.request import parts
from samplers.local.dialects.responses.request.records import SUMMARY, THOUGHT
from samplers.local.dialects.responses.sealed import check_sealed
from samplers.local.request.checks import array, one_of, only_fields, pattern, required, string
from samplers.local.request.errors import (
    bad_request,
    missing,
    unknown,
    unsupported,
    wrong_type,
    wrong_value,
)
from samplers.local.request.images.part import check_number
from samplers.local.request.response_format import NAME

LONGEST_ID = 64  # characters of an item's id and of a call's
LONGEST_NAME = 128  # of a function
ROLES = ("assistant", "system", "developer", "user")  # as OpenAI lists them
STATUSES = ("in_progress", "completed", "incomplete")
PHASES = ("commentary", "final_answer")
INPUT = "one of a string or array of input items"
TYPES = (  # as OpenAI lists them
    *("additional_tools", "agent_message", "apply_patch_call", "apply_patch_call_output"),
    *("code_interpreter_call", "compaction", "compaction_trigger", "computer_call"),
    *("computer_call_output", "custom_tool_call", "custom_tool_call_output", "file_search_call"),
    *("function_call", "function_call_output", "image_generation_call", "item_reference"),
    *("local_shell_call", "local_shell_call_output", "mcp_approval_request"),
    *("mcp_approval_response", "mcp_call", "mcp_list_tools", "message", "multi_agent_call"),
    *("multi_agent_call_output", "program", "program_output", "reasoning", "shell_call"),
    *("shell_call_output", "tool_search_call", "tool_search_output", "web_search_call"),
)


def input_items(name: str, value) -> tuple[dict, ...]:
    """The items of an input, each with its type and an id. A text is short for a user's message.

    An empty text and an empty array are the same: nothing.
    """
    if value is None:
        # OpenAI's words for null: a failed string, and an object
        message = f"Invalid type for '{name}': expected a string, but got an object instead."
        raise bad_request(message, name, "invalid_type")
    if isinstance(value, str):
        return (_message(name, {"role": "user", "content": value}),) if value else ()
    if not isinstance(value, list):
        raise wrong_type(name, INPUT, value)
    items = array(_item, 0)(name, value)
    check_number(name, sum(_images(item) for item in items))
    return tuple(items)


def _images(item: dict) -> int:
    content = item.get("content") if item["type"] == "message" else item.get("output")
    if not isinstance(content, list):
        return 0
    return sum(part["type"] == "input_image" for part in content)


def _item(name: str, value) -> dict:
    if not isinstance(value, dict):
        raise wrong_type(name, "an input item", value)
    kind = value.get("type")
    if kind is None:
        is_reference = value.get("id") is not None and value.keys() <= {"type", "id"}
        kind = "item_reference" if is_reference else "message"
    if not isinstance(kind, str) or kind not in TYPES:
        raise wrong_value(name, kind if isinstance(kind, str) else "", TYPES)
    if kind not in CHECKS:
        # The sentence is ours, in the style of OpenAI's: what built-in, custom and remote tools
        # leave in a history, and compacted histories, are not for this endpoint.
        message = (
            f"Unsupported value: '{name}.type' does not support '{kind}' with this model. "
            f"This endpoint has no such items. {_supported()}"
        )
        raise bad_request(message, f"{name}.type", "unsupported_value")
    return CHECKS[kind](name, value)


def _supported() -> str:
    *others, last = [f"'{kind}'" for kind in CHECKS]
    return f"Supported values are: {', '.join(others)}, and {last}."


def _id(name: str, value: dict, kind: str) -> str:
    """An item's id, which begins as its kind's does; a new one if it has none."""
    given = value.get("id")
    if given is None:
        return new_id(BEGINNINGS[kind])
    place = f"{name}.id"
    checked = _any_id(place, given)
    beginning = BEGINNINGS[kind]
    # "fc" is the beginning of "fco", too
    is_output = kind == "function_call" and checked.startswith("fco_")
    if not checked.startswith(beginning) or is_output:
        message = f"Invalid '{place}': '{checked}'. Expected an ID that begins with '{beginning}'."
        raise bad_request(message, place, "invalid_value")
    return checked


def _any_id(place: str, value) -> str:
    checked = string(LONGEST_ID)(place, value)
    if not re.fullmatch(r"[A-Za-z0-9_-]+", checked):
        message = (
            f"Invalid '{place}': '{checked}'. Expected an ID that contains letters, numbers, "
            "underscores, or dashes, but this value contained additional characters."
        )
        raise bad_request(message, place, "invalid_value")
    return checked


def _status(name: str, value: dict) -> str:
    status = value.get("status")
    return "completed" if status is None else one_of(*STATUSES)(f"{name}.status", status)


def _message(name: str, value: dict) -> dict:
    role = value.get("role")
    if not isinstance(role, str) or role not in ROLES:
        raise wrong_value(name, role if isinstance(role, str) else "", ROLES)
    is_assistant = role == "assistant"
    own = ("phase",) if is_assistant or value.get("phase") is None else ()
    only_fields(name, value, "type", "id", "role", "content", "status", *own)
    if "content" not in value:
        raise missing(f"{name}.content")

    check = parts.OUTPUT_CONTENT if is_assistant else parts.INPUT_CONTENT
    item = {
        "type": "message",
        "id": _id(name, value, "message"),
        "role": role,
        "content": check(f"{name}.content", value["content"]),
        "status": _status(name, value),
    }
    if value.get("phase") is not None:
        item["phase"] = one_of(*PHASES)(f"{name}.phase", value["phase"])
    return item


def _call_id(name: str, value: dict) -> str:
    place = f"{name}.call_id"
    call_id = string(LONGEST_ID)(place, required(name, value, "call_id"))
    if not call_id:
        message = f"Invalid '{place}': empty string. Expected a string with minimum length 1, "
        message += "but got an empty string instead."
        raise bad_request(message, place, "empty_string")
    return call_id


def _check_caller(name: str, value: dict) -> None:
    """Only the model itself calls functions here, and only functions without a namespace."""
    if value.get("caller") is not None:
        caller = only_fields(f"{name}.caller", value["caller"], "type", "caller_id")
        one_of("direct")(f"{name}.caller.type", caller.get("type"))
    if value.get("namespace") is not None:
        raise unsupported(f"{name}.namespace")
    if value.get("created_by") is not None:
        string()(f"{name}.created_by", value["created_by"])


def _function_call(name: str, value: dict) -> dict:
    fields = ("type", "id", "call_id", "name", "arguments", "status", "caller", "namespace")
    of_sdk = ("async_", "parsed_arguments")  # which it does not send
    only_fields(name, value, *fields, "created_by", "async", *of_sdk)
    for field in of_sdk:
        if value.get(field) is not None:
            raise unknown(f"{name}.{field}")
    if value.get("async"):
        raise unsupported(f"{name}.async")
    _check_caller(name, value)
    call_id = _call_id(name, value)
    title = required(name, value, "name")
    arguments = string()(f"{name}.arguments", required(name, value, "arguments"))
    return {
        "type": "function_call",
        "id": _id(name, value, "function_call"),
        "call_id": call_id,
        "name": pattern(NAME, LONGEST_NAME)(f"{name}.name", title),
        "arguments": arguments,
        "status": _status(name, value),
    }


def _function_call_output(name: str, value: dict) -> dict:
    fields = ("type", "id", "call_id", "output", "status", "caller", "namespace", "name")
    only_fields(name, value, *fields, "created_by")
    _check_caller(name, value)
    if value.get("name") is not None:
        string()(f"{name}.name", value["name"])
    return {
        "type": "function_call_output",
        "id": _id(name, value, "function_call_output"),
        "call_id": _call_id(name, value),
        "output": parts.result(f"{name}.output", required(name, value, "output")),
        "status": _status(name, value),
    }


def _reasoning(name: str, value: dict) -> dict:
    """Thoughts of an earlier turn: the model reads none of them, and nobody must send them."""
    fields = ("type", "id", "summary", "content", "encrypted_content", "status")
    only_fields(name, value, *fields)
    summary = array(SUMMARY, 0)(f"{name}.summary", required(name, value, "summary"))
    item = {"type": "reasoning", "id": _id(name, value, "reasoning"), "summary": summary}
    if value.get("content") is not None:
        item["content"] = array(THOUGHT, 0)(f"{name}.content", value["content"])
    if value.get("encrypted_content") is not None:
        place = f"{name}.encrypted_content"
        check_sealed(string()(place, value["encrypted_content"]))
        item["encrypted_content"] = value["encrypted_content"]
    return item | {"status": _status(name, value)}


def _reference(name: str, value: dict) -> dict:
    only_fields(name, value, "type", "id")
    return {"type": "item_reference", "id": _any_id(f"{name}.id", required(name, value, "id"))}


CHECKS = {
    "message": _message,
    "function_call": _function_call,
    "function_call_output": _function_call_output,
    "reasoning": _reasoning,
    "item_reference": _reference,
}
