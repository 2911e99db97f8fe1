"""Checks of what goes to a model and of what comes back, with any test of a text.

What a test cannot read is blocked, not passed.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from samplers.api.request import as_messages
from samplers.api.results import Completion

NOT_READ = ("role", "content", "tool_call_id")  # no texts, but for the content: it is read apart
READABLE = {"text": "text", "refusal": "refusal"}  # a part's type: the field with its text


@dataclass(frozen=True)
class Blocked:
    """Why a request must not be sent, or an answer not be shown: what is wrong, and where."""

    where: str  # such as "messages[1]"
    reason: str


def check_input(messages, is_unsafe: Callable[[str], bool]) -> Blocked | None:
    """What blocks these messages (a str: the user's), or None.

    `is_unsafe` is called once with all text of a message, a line for each: its content (of parts,
    all joined, as most models read them, then each), and every text in its other fields, such as
    its calls. Results of tools are messages, too. A part that is no text, a picture, say, blocks.
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
    when all of it is there. ValueError for what is no Completion.
    """
    if not isinstance(completion, Completion):
        raise ValueError(f"completion must be a Completion, got a {type(completion).__name__}")
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
    parts = list(content) if isinstance(content, list) else [content]
    if message.get("audio"):  # what the model said aloud
        parts.append({"type": "audio"})
    for part in parts:
        if _text(part) is None:
            kind = part.get("type") if isinstance(part, Mapping) else type(part).__name__
            return Blocked(where, f"it has a part that cannot be read ({kind!s:.80})")

    pieces = [_text(part) for part in parts]
    texts = ["".join(pieces), *(pieces if len(pieces) > 1 else ())]
    texts += _strings({name: value for name, value in message.items() if name not in NOT_READ})

    text = "\n".join(texts)
    return Blocked(where, "its text is unsafe") if text.strip() and is_unsafe(text) else None


def _text(part) -> str | None:
    """The text of a content or of a part of it; None if it cannot be read."""
    if part is None:  # beside calls
        return ""
    if isinstance(part, Mapping):
        part = part.get(READABLE.get(str(part.get("type"))))
    return part if isinstance(part, str) else None


def _strings(value) -> Iterator[str]:
    """Every text in a JSON value: names, calls, thoughts, whatever field a server has for them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
        if "arguments" in value:
            yield _as_json(value["arguments"])
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _as_json(arguments) -> str:
    """A call's arguments as JSON means them: \\u6740 can stand for a character. "" for no JSON."""
    try:
        value = json.loads(arguments) if isinstance(arguments, str) else arguments
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError):
        return ""
