"""Anthropic's conversation as OpenAI's messages."""

from samplers.api.dialects.anthropic.leftovers import say_rest
from samplers.api.dialects.anthropic.openai_message import KINDS, message_of
from samplers.api.dialects.checks import dict_at, list_at, one_of, text_at
from samplers.wire.secret import shown


def openai_messages(body: dict, lost: list[str]) -> list[dict]:
    """The messages for `system` and `messages` of Anthropic's request.

    Each block of `system` is a message of its own, so that no two texts run together. A turn with
    tool results becomes a message for each of them, and one of the user's for the rest.
    """
    messages = _system(body.get("system"), "system", lost)
    for i, turn in enumerate(list_at(body.get("messages"), "messages")):
        place = f"messages[{i}]"
        role = dict_at(turn, place).get("role")
        say_rest(turn, ("role", "content"), place, lost, "OpenAI's message")
        if role == "system":
            messages += _system(turn.get("content"), f"{place}.content", lost)
            continue

        found = _blocks(turn.get("content"), f"{place}.content")
        if role == "user":
            messages += _user(found, f"{place}.content", lost)
        elif role == "assistant":
            for j, block in enumerate(found):
                one_of(block.get("type"), KINDS, f"{place}.content[{j}].type")
            messages.append(message_of(found, f"{place}.content", lost))
        else:
            raise ValueError(f"{place}.role must be user, assistant or system, got {shown(role)}")

    if messages and messages[-1]["role"] == "assistant" and "tool_calls" not in messages[-1]:
        lost.append(
            "messages: OpenAI's answer is a new message, where Anthropic continues the text of a "
            "last assistant message."
        )
    return messages


def _system(content, place: str, lost: list[str]) -> list[dict]:
    texts = []
    for i, block in enumerate(_blocks(content, place)):
        one_of(block.get("type"), ("text",), f"{place}[{i}].type")
        texts.append(_text(block, f"{place}[{i}]", lost))
    return [{"role": "system", "content": text} for text in texts if text]


def _user(found: list[dict], place: str, lost: list[str]) -> list[dict]:
    messages = []
    parts = []
    for i, block in enumerate(found):
        here = f"{place}[{i}]"
        if block.get("type") == "tool_result":
            messages.append(_result(block, here, lost))
        else:
            parts.append(_part(block, here, lost))
    if not parts and messages:
        return messages
    return [*messages, {"role": "user", "content": _short(parts)}]


def _result(block: dict, place: str, lost: list[str]) -> dict:
    known = ("type", "tool_use_id", "content", "is_error")
    say_rest(block, known, place, lost, "OpenAI's message")
    if block.get("is_error"):
        lost.append(f"{place}.is_error: OpenAI has no mark of an error; its text stays.")

    found = _blocks(block.get("content"), f"{place}.content")
    parts = [_part(part, f"{place}.content[{i}]", lost) for i, part in enumerate(found)]
    if any(part["type"] != "text" for part in parts):
        lost.append(f"{place}.content: OpenAI's own API takes only text as a tool's result.")
    call = text_at(block.get("tool_use_id"), f"{place}.tool_use_id")
    return {"role": "tool", "tool_call_id": call, "content": _short(parts)}


def _part(block: dict, place: str, lost: list[str]) -> dict:
    one_of(block.get("type"), ("text", "image", "document"), f"{place}.type")
    if block["type"] == "text":
        return {"type": "text", "text": _text(block, place, lost)}

    known = ("type", "source", "title") if block["type"] == "document" else ("type", "source")
    say_rest(block, known, place, lost, "OpenAI's part")
    place = f"{place}.source"
    source = dict_at(block.get("source"), place)
    kind = source.get("type")
    if kind == "base64":
        media = text_at(source.get("media_type"), f"{place}.media_type")
        url = f"data:{media};base64,{text_at(source.get('data'), f'{place}.data')}"
    elif kind == "url" and block["type"] == "image":
        url = text_at(source.get("url"), f"{place}.url")
    else:
        raise ValueError(f"{place}.type has no counterpart at OpenAI, got {shown(kind)}")
    if block["type"] == "image":
        return {"type": "image_url", "image_url": {"url": url}}
    name = {"filename": block["title"]} if block.get("title") else {}
    return {"type": "file", "file": {"file_data": url} | name}


def _text(block: dict, place: str, lost: list[str]) -> str:
    say_rest(block, ("type", "text"), place, lost, "OpenAI's part")
    return text_at(block.get("text"), f"{place}.text")


def _blocks(content, place: str) -> list[dict]:
    if content is None:
        return []
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    found = list_at(content, place)
    return [dict_at(block, f"{place}[{i}]") for i, block in enumerate(found)]


def _short(parts: list[dict]) -> str | list[dict]:
    """The parts; a single text alone, which means the same, and "" for none."""
    if not parts:
        return ""
    if len(parts) == 1 and parts[0]["type"] == "text":
        return parts[0]["text"]
    return parts
