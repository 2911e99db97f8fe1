"""The parts of one candidate, as it is generated: its text as it comes, each call when whole."""

import json
from collections.abc import Iterator

from samplers.local.answer.call_stream import CallStream
from samplers.local.answer.json_text import Raw


class Parts:
    """Feed it the text of a choice; it returns the parts that are certain by then.

    `calls`: the text is that of function calls. Each call is a part of its own. One that was cut
    off is no part: its arguments are no object.
    """

    def __init__(self, calls: bool):
        self._reader = CallStream() if calls else None
        self._given = 0  # calls that have been returned

    def feed(self, text: str) -> list[dict]:
        """The parts that `text` adds."""
        if self._reader is None:
            return [{"text": text}] if text else []
        list(self._reader.feed(text))
        return list(self._whole_calls())

    def _whole_calls(self) -> Iterator[dict]:
        for call in self._reader.calls[self._given :]:
            function = call["function"]
            if not _is_object(function["arguments"]):
                return
            self._given += 1
            # as it is: another reader could change its numbers
            args = Raw(function["arguments"])
            yield {"functionCall": {"id": call["id"], "name": function["name"], "args": args}}


def joined(parts: list[dict]) -> list[dict]:
    """The parts with all thoughts as one, and all other texts."""
    texts = [part for part in parts if "text" in part]
    thought = "".join(part["text"] for part in texts if "thought" in part)
    text = "".join(part["text"] for part in texts if "thought" not in part)
    made = [{"text": thought, "thought": True}] if thought else []
    if text:
        made.append({"text": text})
    return made + [part for part in parts if "text" not in part]


def _is_object(text: str) -> bool:
    if not text.endswith("}"):  # the usual case, and quick
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
