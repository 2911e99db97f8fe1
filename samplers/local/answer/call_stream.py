"""From the text of function calls, as samplers.local.engine.grammar has it, to OpenAI's tool_calls
and their deltas.
"""

import secrets
from collections.abc import Iterator

from samplers.local.engine.grammar import NAME_END, OPENING


class CallStream:
    """Feed it the text of the calls, in any pieces; `feed` yields deltas of `tool_calls`, and
    `calls` is all so far.

    The text follows the grammar, so only what the grammar leaves open needs reading: a name ends at
    its quote, and the arguments, an object, at the brace that closes them.
    """

    def __init__(self):
        self.calls: list[dict] = []
        self._read = self._name
        self._text = ""  # of what is not told yet
        self._skip = len(OPENING)
        self._depth, self._quoted, self._escaped = 0, False, False

    def feed(self, text: str) -> Iterator[dict]:
        """The deltas, {"index", "id", "type", "function"} for a new call and {"index", "function"}
        for arguments.
        """
        self._text += text
        while self._text:
            if self._skip:
                size = min(self._skip, len(self._text))
                self._text, self._skip = self._text[size:], self._skip - size
                continue
            delta = self._read()
            if delta is None:
                return
            yield {"index": len(self.calls) - 1, **delta}

    def _name(self) -> dict | None:
        end = self._text.find('"')
        if end < 0:
            return None
        name, self._text = self._text[:end], self._text[end:]
        self._skip, self._read = len(NAME_END), self._arguments
        call = {
            "id": f"call_{secrets.token_hex(12)}",
            "type": "function",
            "function": {"name": name, "arguments": ""},
        }
        self.calls.append(call)
        return call | {"function": dict(call["function"])}

    def _arguments(self) -> dict:
        size = next((i for i, letter in enumerate(self._text, 1) if self._ends(letter)), 0)
        if size:
            # what follows is } of the call, and ,{"name":" of another one or the last ]
            self._skip, self._read = len('},{"name":"'), self._name
        size = size or len(self._text)
        arguments, self._text = self._text[:size], self._text[size:]
        self.calls[-1]["function"]["arguments"] += arguments
        return {"function": {"arguments": arguments}}

    def _ends(self, letter: str) -> bool:
        """Reads one letter of the arguments; whether they end with it."""
        if self._quoted:
            self._quoted = self._escaped or letter != '"'
            self._escaped = letter == "\\" and not self._escaped
        elif letter == '"':
            self._quoted = True
        else:
            self._depth += (letter == "{") - (letter == "}")
            return letter == "}" and self._depth == 0
        return False
