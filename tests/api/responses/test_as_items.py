"""Chat's messages as items: nothing of them is lost on the way."""

import pytest

from samplers.api.responses.messages import as_items, flat


def calling(*calls, content=None) -> dict:
    return {"role": "assistant", "content": content, "tool_calls": list(calls)}


def a_call(**fields) -> dict:
    return {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}} | fields


def item(role: str, content, **fields) -> dict:
    return {"type": "message", "role": role, "content": content} | fields


ITEM = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
PICTURE = {"type": "image_url", "image_url": {"url": "data:,", "detail": "low"}}
SHOWN = {"type": "input_image", "image_url": "data:,", "detail": "low"}
TOOL = {"role": "tool", "tool_call_id": "c"}


@pytest.mark.parametrize(
    ("message", "items"),
    [
        ({"role": "user", "content": ""}, [item("user", "")]),
        ({"role": "assistant", "content": ""}, [item("assistant", "")]),
        ({"role": "assistant", "content": None, "refusal": None}, [item("assistant", "")]),
        (
            {"role": "assistant", "content": "x", "audio": None, "annotations": []},
            [item("assistant", "x")],
        ),
        (
            {"role": "assistant", "content": "x", "phase": "final_answer", "id": "m"},
            [item("assistant", "x", phase="final_answer", id="m")],
        ),
        (calling(a_call()), [ITEM]),
        (calling(a_call(), content=""), [ITEM]),
        (calling(a_call(), content="x"), [item("assistant", "x"), ITEM]),
        (
            TOOL | {"content": [{"type": "text", "text": "x"}, PICTURE]},
            [
                {
                    "type": "function_call_output",
                    "call_id": "c",
                    "output": [{"type": "input_text", "text": "x"}, SHOWN],
                }
            ],
        ),
        ({"type": "item_reference", "id": "m"}, [{"type": "item_reference", "id": "m"}]),
    ],
)
def test_a_message_is_these_items(message, items):
    assert as_items([message]) == items
    assert as_items(items) == items


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ({"role": "user", "content": "x", "name": "Ann"}, "no name"),
        ({"role": "assistant", "content": "x", "reasoning_content": "y"}, "no reasoning_content"),
        ({"role": "user", "content": 5}, "content"),
        ({"role": "user", "content": None}, "content"),
        ({"role": "user"}, "content"),
        ({"role": "user", "content": ["a"]}, "text or images"),
        ({"role": "user", "content": [{"type": "image_url", "image_url": None}]}, "image_url"),
        ({"role": "user", "content": [{"type": "input_audio"}]}, "text or images"),
        (calling(a_call(function=None)), "tool_calls of functions alone"),
        (calling({"id": "c", "type": "custom", "custom": {"name": "f"}}), "of functions alone"),
        (calling("f"), "of functions alone"),
        ({"role": "assistant", "content": None, "tool_calls": "f"}, "a list of tool_calls"),
        (TOOL, "content"),
        ({"role": "tool", "content": "x"}, "a tool_call_id"),
        (TOOL | {"content": "x", "name": "f"}, "no name"),
    ],
)
def test_what_has_no_place_is_refused(message, says):
    with pytest.raises(ValueError, match=f"messages .*{says}"):
        as_items([message])


def test_a_choice_of_several_tools_is_flat():
    function = {"type": "function", "function": {"name": "f"}}
    allowed = {"mode": "auto", "tools": [function]}
    assert flat({"type": "allowed_tools", "allowed_tools": allowed}) == {
        "type": "allowed_tools",
        "mode": "auto",
        "tools": [{"type": "function", "name": "f"}],
    }
