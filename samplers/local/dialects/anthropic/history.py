"""A conversation as OpenAI's messages, which the one checker of chats takes.

Texts that follow each other are set apart by an empty line, so that no two words grow together;
how Anthropic joins them is not known. Thinking is left out: the local model would take it for an
answer. A result that is an error begins with "Error:", so that the model sees it.
"""

import json

from samplers.local.dialects.anthropic.checks import wrong
from samplers.local.dialects.anthropic.messages import Turn

BETWEEN = "\n\n"


def openai_messages(system: list[str], turns: list[Turn]) -> list[dict]:
    """OpenAI's messages for a system prompt and a conversation.

    The calls get ids of our own, c0, c1, …: Anthropic's may be longer than OpenAI allows.
    """
    names: dict[str, str] = {}
    messages = [{"role": "system", "content": BETWEEN.join(system)}] if system else []
    for turn in turns:
        if turn.role == "assistant":
            messages.append(_assistant(turn, names))
        else:
            messages += _results(turn, names)
            messages += _rest(turn)
    return messages


def _assistant(turn: Turn, names: dict[str, str]) -> dict:
    texts = [block["text"] for _, block in turn.blocks if block["type"] == "text"]
    calls = []
    for place, block in turn.blocks:
        if block["type"] == "tool_use":
            names[block["id"]] = f"c{len(names)}"
            function = {"name": block["name"], "arguments": _arguments(place, block["input"])}
            calls.append({"id": names[block["id"]], "type": "function", "function": function})
    message = {"role": "assistant", "content": BETWEEN.join(texts)}
    return message | ({"tool_calls": calls} if calls else {})


def _arguments(place: str, value: dict) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        raise wrong(f"{place}.tool_use.input", "it is nested too deep") from None


def _results(turn: Turn, names: dict[str, str]) -> list[dict]:
    messages = []
    for _, block in turn.blocks:
        if block["type"] == "tool_result":
            text = BETWEEN.join(part["text"] for part in block.get("content", []))
            if block.get("is_error"):
                text = f"Error: {text}"
            name = names[block["tool_use_id"]]
            messages.append({"role": "tool", "tool_call_id": name, "content": text})
    return messages


def _rest(turn: Turn) -> list[dict]:
    """The message with what are no results, if there is anything."""
    parts: list[dict] = []
    for _, block in turn.blocks:
        if block["type"] == "text" and parts and parts[-1]["type"] == "text":
            parts[-1]["text"] += BETWEEN + block["text"]
        elif block["type"] == "text":
            parts.append({"type": "text", "text": block["text"]})
        elif block["type"] == "image":
            parts.append(_image(block["source"]))
    return [{"role": turn.role, "content": parts}] if parts else []


def _image(source: dict) -> dict:
    url = f"data:{source['media_type']};base64,{source['data']}"
    return {"type": "image_url", "image_url": {"url": url}}
