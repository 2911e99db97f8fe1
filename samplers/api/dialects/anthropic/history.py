"""An OpenAI conversation as Anthropic's: `system` above, and turns of the user and the assistant.

- Every system and developer message goes into `system`, a block each, since only some models take
  one between the turns.
- Tool results are blocks of the user's turn, before its other blocks.
- Messages of one role in a row become one turn. Anthropic joins them anyway (API reference,
  2026-11-28), and other servers of its form want the roles to alternate.
- Whether the first turn is the user's is left to the API: no message is invented.
"""

from samplers.api.dialects.anthropic.ids import paired
from samplers.api.dialects.anthropic.leftovers import say_rest
from samplers.api.dialects.anthropic.parts import blocks, text_block
from samplers.api.dialects.anthropic.thinking import sendable
from samplers.api.dialects.checks import arguments_at, dict_at, list_at, one_of, text_at
from samplers.wire.secret import shown

_KINDS = {
    "system": ("text",),
    "developer": ("text",),
    "user": ("text", "image_url", "file"),
    "assistant": ("text", "refusal"),
    "tool": ("text", "image_url"),
}
_FIELDS = {
    "assistant": ("refusal", "tool_calls", "thinking_blocks", "reasoning_content"),
    "tool": ("tool_call_id",),
}


def conversation(messages, lost: list[str]) -> dict:
    """`system` (if there is any) and `messages` of Anthropic's request."""
    messages = [
        dict_at(message, f"messages[{i}]")
        for i, message in enumerate(list_at(messages, "messages"))
    ]
    ids = paired(messages, lost)

    system: list[dict] = []
    turns: list[dict] = []
    for i, message in enumerate(messages):
        place = f"messages[{i}]"
        role = message.get("role")
        found = _blocks(message, place, ids, lost)
        if role in ("system", "developer"):
            _say_place(role, place, bool(turns), lost)
            system += found
        elif found:
            _add("assistant" if role == "assistant" else "user", found, place, turns, lost)
        else:
            lost.append(f"{place}: Anthropic takes no message without content; left out.")

    if not turns:
        raise ValueError(
            "messages must hold one of the user's or the assistant's that has content, got "
            f"{len(messages)} without"
        )
    _check_end(turns[-1], lost)
    said = {"system": _short(system)} if system else {}
    return said | {"messages": [turn | {"content": _short(turn["content"])} for turn in turns]}


def _blocks(message: dict, place: str, ids: dict[str, str], lost: list[str]) -> list[dict]:
    role = message.get("role")
    one_of(role, _KINDS, f"{place}.role")
    if message.get("function_call"):
        raise ValueError(f"{place}.function_call is OpenAI's old form of tool_calls: use those")
    say_rest(message, ("role", "content", *_FIELDS.get(role, ())), place, lost, "Anthropic")

    found = blocks(message.get("content"), f"{place}.content", _KINDS[role], lost)
    if role == "tool":
        return [_result(found, ids[place])]
    if role != "assistant":
        return found

    calls = [
        _call(call, f"{place}.tool_calls[{j}]", ids, lost)
        for j, call in enumerate(message.get("tool_calls") or ())
    ]
    return sendable(message, place, lost) + found + _refusal(message, place, lost) + calls


def _result(found: list[dict], call: str) -> dict:
    result = {"type": "tool_result", "tool_use_id": call}
    return result | ({"content": _short(found)} if found else {})


def _refusal(message: dict, place: str, lost: list[str]) -> list[dict]:
    if not message.get("refusal"):
        return []
    place = f"{place}.refusal"
    lost.append(f"{place}: Anthropic has no field for a refusal; it is sent as text.")
    return text_block(text_at(message["refusal"], place), place, lost)


def _call(call: dict, place: str, ids: dict[str, str], lost: list[str]) -> dict:
    if call.get("type") not in (None, "function"):
        raise ValueError(f"{place}.type must be 'function', got {shown(call['type'])}")
    say_rest(call, ("id", "type", "function", "index"), place, lost, "Anthropic")
    function = dict_at(call.get("function"), f"{place}.function")
    arguments = "" if function.get("arguments") is None else function["arguments"]
    return {
        "type": "tool_use",
        "id": ids[place],
        "name": text_at(function.get("name"), f"{place}.function.name"),
        "input": arguments_at(arguments, f"{place}.function.arguments"),
    }


def _say_place(role: str, place: str, has_begun: bool, lost: list[str]) -> None:
    if has_begun:
        lost.append(f"{place}: this {role} message moves into `system`, before all turns.")
    elif role == "developer":
        lost.append(f"{place}.role: Anthropic has no developer; its message is in `system`.")


def _add(role: str, found: list[dict], place: str, turns: list[dict], lost: list[str]) -> None:
    """Adds a message's blocks to the last turn if that is of the same role, else a turn."""
    if not turns or turns[-1]["role"] != role:
        turns.append({"role": role, "content": found})
        return

    content = turns[-1]["content"]
    if found[0]["type"] != "tool_result":
        if content[-1]["type"] != "tool_result":
            lost.append(f"{place}: joined with the message before it, as one turn of the {role}.")
        content += found
        return

    results = sum(block["type"] == "tool_result" for block in content)
    if results < len(content):
        lost.append(f"{place}: a tool's result moves before what the user says in that turn.")
    content[results:results] = found


def _check_end(turn: dict, lost: list[str]) -> None:
    """Says what a last turn of the assistant means to Anthropic; its text must not end blank."""
    if turn["role"] != "assistant":
        return
    last = turn["content"][-1]
    if last["type"] == "tool_use":
        lost.append(
            "messages: the last calls have no results yet, and Anthropic answers only with them."
        )
        return
    lost.append(
        "messages: Anthropic continues the text of a last assistant message (newer models refuse "
        "one), where OpenAI's answer is a new message."
    )
    if last["type"] == "text" and last["text"] != last["text"].rstrip():
        last["text"] = last["text"].rstrip()
        lost.append("messages: the spaces at the end of the last text are left out.")


def _short(found: list[dict]) -> str | list[dict]:
    """The blocks; a single text alone, which means the same."""
    if len(found) == 1 and found[0].keys() == {"type", "text"}:
        return found[0]["text"]
    return found
