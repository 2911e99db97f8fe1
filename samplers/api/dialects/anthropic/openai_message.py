"""The assistant's blocks as OpenAI's message, where text, calls and thinking are fields."""

from itertools import pairwise

from samplers.api.dialects.anthropic.leftovers import say_rest
from samplers.api.dialects.anthropic.thinking import fields_of
from samplers.api.dialects.checks import as_text, dict_at, text_at
from samplers.wire.secret import shown

# The order in which OpenAI's message is read, and the fields of each kind that it has a place for.
_ORDER = {"thinking": 0, "redacted_thinking": 0, "text": 1, "tool_use": 2}
_FIELDS = {
    "text": ("text", "citations"),
    "tool_use": ("id", "name", "input", "caller"),
    "thinking": ("thinking", "signature"),
    "redacted_thinking": ("data",),
}
KINDS = tuple(_FIELDS)


def message_of(blocks: list[dict], place: str, lost: list[str]) -> dict:
    """The message of blocks of KINDS; others are lost. Several texts are a list of parts.

    Thinking is in two fields that OpenAI's own form does not have: `thinking_blocks`, which goes
    back to Anthropic as it came, and `reasoning_content`, its text.
    """
    known = []
    for i, block in enumerate(blocks):
        if block.get("type") in KINDS:
            _check(block, f"{place}[{i}]", lost)
            known.append(block)
        else:
            kind = shown(block.get("type"))
            lost.append(f"{place}[{i}]: OpenAI's message has nothing for {kind}; left out.")

    blocks = known
    ranks = [_ORDER[block["type"]] for block in blocks]
    if ranks != sorted(ranks):
        lost.append(
            f"{place}: OpenAI's message keeps no order between text, calls and thinking; the text "
            "is in content, the calls in tool_calls."
        )

    texts = [block["text"] for block in blocks if block["type"] == "text" and block["text"]]
    parts = [{"type": "text", "text": text} for text in texts]
    calls = [_call(block) for block in blocks if block["type"] == "tool_use"]
    nothing = None if calls else ""
    content = parts if len(parts) > 1 else "".join(texts) or nothing
    message = {"role": "assistant", "content": content} | ({"tool_calls": calls} if calls else {})
    return message | fields_of(blocks)


def joined_text(blocks: list[dict]) -> str:
    """All texts of an answer in one.

    Neighbours are joined as they are, since citations cut a sentence into blocks; where another
    block stood between two texts is a new line.
    """
    texts = [(i, block["text"]) for i, block in enumerate(blocks) if block.get("type") == "text"]
    texts = [(i, text) for i, text in texts if text]
    joined = "".join(text for _, text in texts[:1])
    for (before, _), (i, text) in pairwise(texts):
        between = {block.get("type") for block in blocks[before:i]}
        joined += text if between == {"text"} else "\n" + text
    return joined


def _check(block: dict, place: str, lost: list[str]) -> None:
    """ValueError for a block that lacks what its kind must have; the rest of it is lost."""
    kind = block["type"]
    if kind == "text":
        text_at(block.get("text"), f"{place}.text")
        if block.get("citations"):
            lost.append(f"{place}.citations: OpenAI's form has other ones; left out.")
    if kind == "thinking":
        text_at(block.get("thinking"), f"{place}.thinking")
    if kind == "tool_use":
        text_at(block.get("id"), f"{place}.id")
        text_at(block.get("name"), f"{place}.name")
        dict_at(block.get("input"), f"{place}.input")
    say_rest(block, ("type", *_FIELDS[kind]), place, lost, "OpenAI's message")


def _call(block: dict) -> dict:
    function = {"name": block["name"], "arguments": as_text(block["input"])}
    return {"id": block["id"], "type": "function", "function": function}
