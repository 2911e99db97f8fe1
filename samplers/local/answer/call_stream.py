"""From the text of function calls to OpenAI's tool_calls, whole and as deltas."""

import secrets
from collections.abc import Iterator

from samplers.local.engine.grammars.grammar import BETWEEN, CALL_END, NAME_END, OPENING


class CallStream:
    """Feed it the text of the calls, in parts of any size.

    `feed` yields the deltas of `tool_calls`, and `calls` has all calls so far. The text follows the
    grammar of samplers.local.engine.grammars.grammar, so only what the grammar leaves open is read:
    a name ends at its quote, and the arguments, an object, at the brace that closes them.
    """

    def __init__(self):
        self.calls: list[dict] = []
        self._text = ""  # not read yet
        self._skip = len(OPENING)  # characters that the grammar fixes
        self._read = self._name
        self._depth = 0  # of braces in the arguments
        self._quoted = False
        self._escaped = False

    def feed(self, text: str) -> Iterator[dict]:
        """The deltas that `text` adds.

        A new call is {"index", "id", "type", "function"}, more arguments are {"index", "function"}.
        """
        self._text += text
        while self._text:
            if self._skip:
                skipped = self._take(self._skip)
                self._skip -= len(skipped)
                continue
            delta = self._read()
            if delta is None:
                return
            yield {"index": len(self.calls) - 1, **delta}

    def _take(self, size: int) -> str:
        text = self._text[:size]
        self._text = self._text[size:]
        return text

    def _name(self) -> dict | None:
        end = self._text.find('"')
        if end < 0:
            return None
        function = {"name": self._take(end), "arguments": ""}
        self._skip = len(NAME_END)
        self._read = self._arguments
        call = {"id": f"call_{secrets.token_hex(12)}", "type": "function", "function": function}
        self.calls.append(call)
        return call | {"function": dict(function)}

    def _arguments(self) -> dict:
        arguments = self._text
        for i, letter in enumerate(self._text, 1):
            if self._ends(letter):
                arguments = self._text[:i]
                # another call follows, or the last bracket, which is shorter
                self._skip = len(CALL_END + BETWEEN)
                self._read = self._name
                break

        self._take(len(arguments))
        self.calls[-1]["function"]["arguments"] += arguments
        return {"function": {"arguments": arguments}}

    def _ends(self, letter: str) -> bool:
        """Reads one letter of the arguments. Returns whether they end with it."""
        if self._quoted:
            self._quoted = self._escaped or letter != '"'
            self._escaped = letter == "\\" and not self._escaped
        elif letter == '"':
            self._quoted = True
        elif letter == "{":
            self._depth += 1
        elif letter == "}":
            self._depth -= 1
            return self._depth == 0
        return False
