"""Checks of what goes to a model and of what comes back, with any test of a text.

What a test cannot read is blocked, not passed.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from samplers.api.deviations import dict_of, dicts_of
from samplers.api.request import as_messages
from samplers.api.results import Completion

NOT_READ = ("role", "content", "tool_call_id")  # fields that are no text, or are read apart
READABLE = {"text": "text", "refusal": "refusal"}  # a part's type: the field with its text


@dataclass(frozen=True)
class Blocked:
    """Why a request must not be sent, or an answer not be shown: what is wrong, and where."""

    where: str  # such as "messages[1]"
    reason: str


def check_input(messages, is_unsafe: Callable[[str], bool]) -> Blocked | None:
    """What blocks these messages (a str: the user's), or None.

    `is_unsafe` is called once with all text of a message, a line for each: its content (of parts,
    all joined, as most models read them, then each), its other fields, such as name, and its calls.
    Results of tools are messages, too. A part that is no text, such as a picture, blocks.
    """
    for i, message in enumerate(as_messages(messages)):
        blocked = _check(f"messages[{i}]", message, is_unsafe)
        if blocked:
            return blocked
    return None


def check_output(completion: Completion, is_unsafe: Callable[[str], bool]) -> Blocked | None:
    """What blocks an answer, or None.

    Every choice is read, with its calls and its refusal. finish_reason "content_filter" blocks,
    too: the provider's own filter withheld the rest. An empty answer is not unsafe. Check a stream
    when all of it is there.
    """
    for choice in completion.choices:
        where = f"choices[{choice.index}]"
        if choice.finish_reason == "content_filter":
            return Blocked(where, "the provider's filter ended it (content_filter)")
        blocked = _check(where, choice.message, is_unsafe)
        if blocked:
            return blocked
    return None


def _check(where: str, message: dict, is_unsafe: Callable[[str], bool]) -> Blocked | None:
    content = message.get("content")
    parts = content if isinstance(content, list) else [content]
    for part in parts:
        if _text(part) is None:
            kind = part.get("type") if isinstance(part, Mapping) else type(part).__name__
            return Blocked(where, f"it has a part that cannot be read ({kind!s:.80})")

    pieces = [_text(part) for part in parts]
    texts = ["".join(pieces), *(pieces if len(pieces) > 1 else ())]
    texts += [value for name, value in message.items() if name not in NOT_READ]
    for call in [*dicts_of(message.get("tool_calls")), {"function": message.get("function_call")}]:
        texts += _call_texts(dict_of(call.get("function") or call.get("custom")))

    text = "\n".join(text for text in texts if isinstance(text, str))
    return Blocked(where, "its text is unsafe") if text.strip() and is_unsafe(text) else None


def _text(part) -> str | None:
    """The text of a content or of a part of it; None if it cannot be read."""
    if part is None:  # beside calls
        return ""
    if isinstance(part, Mapping):
        part = part.get(READABLE.get(str(part.get("type"))))
    return part if isinstance(part, str) else None


def _call_texts(call: dict) -> list:
    """What a call says: its name and its arguments as they are, and those as JSON means them.

    In JSON, \\u6740 can stand for a character.
    """
    arguments = call.get("arguments", call.get("input"))  # a custom tool has an input
    try:
        meant = json.dumps(json.loads(arguments), ensure_ascii=False)
    except (ValueError, TypeError, RecursionError):
        meant = None
    return [call.get("name"), arguments, meant]
