"""A model's vocabulary: the bytes of every token, and which tokens are control tokens.

The engine's own answers do not show them: it writes a control token as nothing, and drops bytes
that are not whole UTF-8 yet. So they are read from the model file (samplers.local.engine.gguf).
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of a model; a token's id is its place in `token_bytes`.

    `token_bytes[id]` is b"" for a control token; `control` has the names of those, by id. `name` is
    the model's name, "" if its file has none.
    """

    name: str
    token_bytes: tuple[bytes, ...]
    control: dict[int, str]

    def __len__(self) -> int:
        return len(self.token_bytes)

    @cached_property
    def ids(self) -> dict[bytes, int]:
        """bytes -> id, of the tokens that are text; -1 where two tokens have the same bytes."""
        ids: dict[bytes, int] = {}
        for token, data in enumerate(self.token_bytes):
            if token not in self.control:
                ids[data] = -1 if data in ids else token
        return ids

    @cached_property
    def longest(self) -> int:
        """The length of the longest token, in bytes."""
        return max(map(len, self.token_bytes))

    @cached_property
    def control_pattern(self) -> re.Pattern:
        """Matches any control token's name in a text."""
        return re.compile("|".join(map(re.escape, self.control.values())) or r"(?!)")

    @cached_property
    def json_fields(self) -> dict[int, str]:
        """`json_fields[id]` are a token's fields in an answer, `"token":…,"bytes":…`.

        Each is made when it is first read.
        """
        return _JsonFields(self, self.text)

    @cached_property
    def json_fields_by_id(self) -> dict[int, str]:
        """The same with `"token":"token_id:123"` as a token's name: vLLM can name it so."""
        return _JsonFields(self, lambda token: f"token_id:{token}")

    def text(self, token: int) -> str:
        """A token as OpenAI's field `token`.

        A control token is its name; bytes that are no whole text are written `bytes:\\xe5\\xa5`.
        """
        if token in self.control:
            return self.control[token]
        try:
            return self.token_bytes[token].decode()
        except UnicodeDecodeError:
            return "bytes:" + "".join(f"\\x{byte:02x}" for byte in self.token_bytes[token])

    def byte_values(self, token: int) -> list[int] | None:
        """A token as OpenAI's field `bytes`; None for a control token, which stands for no text."""
        return None if token in self.control else list(self.token_bytes[token])


class _JsonFields(dict):
    def __init__(self, vocabulary: Vocabulary, name: Callable[[int], str]):
        self.vocabulary = vocabulary
        self.name = name

    def __missing__(self, token: int) -> str:
        fields = {
            "token": self.name(token),
            "bytes": self.vocabulary.byte_values(token),
        }
        self[token] = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))[1:-1]
        return self[token]
