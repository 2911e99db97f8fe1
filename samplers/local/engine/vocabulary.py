"""A GGUF file's vocabulary: the bytes of every token, which of them are control tokens, and the
model's name.

The engine's own answers cannot give this: it writes a control token as nothing, and drops what is
not yet whole UTF-8. The file's header is plain: counts, then (key, type, value) triples. See the
GGUF specification in ggml's docs/gguf.md.
"""

import json
import re
import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

_SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_STRING, _ARRAY = 8, 9
_CONTROL, _BYTE = 3, 6  # values in tokenizer.ggml.token_type
_WANTED = {
    "general.name",
    "general.basename",
    "tokenizer.ggml.model",
    "tokenizer.ggml.tokens",
    "tokenizer.ggml.token_type",
}


@dataclass(frozen=True)
class Vocabulary:
    """`pieces[id]` is a token's bytes, b"" for a control token, whose name is in `control`; `name`
    is the model's.
    """

    name: str
    pieces: tuple[bytes, ...]
    control: dict[int, str]

    def __len__(self) -> int:
        return len(self.pieces)

    @cached_property
    def ids(self) -> dict[bytes, int]:
        """bytes -> id, of the tokens that are text; -1 where two tokens have the same bytes."""
        ids: dict[bytes, int] = {}
        for token, piece in enumerate(self.pieces):
            if token not in self.control:
                ids[piece] = -1 if piece in ids else token
        return ids

    @cached_property
    def control_pattern(self) -> re.Pattern:
        """Matches any control token's name in a text."""
        return re.compile("|".join(map(re.escape, self.control.values())) or r"(?!)")

    @cached_property
    def fields(self) -> dict[int, str]:
        """`fields[id]` is a token's fields on the wire, `"token":…,"bytes":…`; made when first
        asked for.
        """
        return _Pieces(self)

    def text(self, token: int) -> str:
        """A token for the wire's `token`: its text; bytes that are no text the way OpenAI does,
        `bytes:\\xe5\\xa5`.
        """
        if token in self.control:
            return self.control[token]
        try:
            return self.pieces[token].decode()
        except UnicodeDecodeError:
            return "bytes:" + "".join(f"\\x{byte:02x}" for byte in self.pieces[token])

    def bytes(self, token: int) -> list[int] | None:
        """A token's bytes for the wire; None for a control token, which stands for no text."""
        return None if token in self.control else list(self.pieces[token])


class _Pieces(dict):
    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary

    def __missing__(self, token: int) -> str:
        fields = {"token": self.vocabulary.text(token), "bytes": self.vocabulary.bytes(token)}
        self[token] = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))[1:-1]
        return self[token]


def read(path: Path) -> Vocabulary:
    """Reads a GGUF file's vocabulary. ValueError if the file is no whole GGUF file or its tokenizer
    is unknown here.
    """
    try:
        with path.open("rb") as file:
            header = _metadata(file)
    except (struct.error, ValueError, KeyError, OverflowError, MemoryError):
        # whatever broken lengths and types cause
        raise ValueError(f"{path} is not a whole GGUF file of version 2 or later") from None
    kind, tokens = header.get("tokenizer.ggml.model"), header.get("tokenizer.ggml.tokens")
    if kind not in _DECODERS or not tokens:
        known = b", ".join(_DECODERS).decode()
        raise ValueError(
            f"{path} has the tokenizer {(kind or b'?').decode()}; this endpoint knows {known}"
        )
    kinds = header.get("tokenizer.ggml.token_type") or [1] * len(tokens)
    control = {
        i: t.decode(errors="replace")
        for i, (t, k) in enumerate(zip(tokens, kinds, strict=True))
        if k == _CONTROL
    }
    decode = _DECODERS[kind]
    pieces = tuple(
        b"" if i in control else decode(t, k)
        for i, (t, k) in enumerate(zip(tokens, kinds, strict=True))
    )
    return Vocabulary(header.get("general.name", b"").decode(errors="replace"), pieces, control)


def _metadata(file: BinaryIO) -> dict:
    magic, version, _, count = struct.unpack("<4sIQQ", file.read(24))
    if magic != b"GGUF" or version < 2:
        raise ValueError
    found: dict = {}
    for _ in range(count):
        key = _string(file).decode()
        (kind,) = struct.unpack("<I", file.read(4))
        found[key] = _value(file, kind)
        if found.keys() >= _WANTED:  # the merges, which come last, are most of the header
            break
    return found


def _string(file: BinaryIO) -> bytes:
    (length,) = struct.unpack("<Q", file.read(8))
    return file.read(length)


def _value(file: BinaryIO, kind: int):
    if kind == _STRING:
        return _string(file)
    if kind == _ARRAY:
        kind, length = struct.unpack("<IQ", file.read(12))
        if kind in _SCALARS:
            layout = f"<{length}{_SCALARS[kind]}"
            return list(struct.unpack(layout, file.read(struct.calcsize(layout))))
        return [_value(file, kind) for _ in range(length)]
    (value,) = struct.unpack("<" + _SCALARS[kind], file.read(struct.calcsize("<" + _SCALARS[kind])))
    return value


def _byte_alphabet() -> dict[str, int]:
    """GPT-2's printable stand-ins for the 256 bytes: printable Latin-1 as it is, the rest moved up
    to 256 and on.
    """
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {
        chr(256 + i): byte for i, byte in enumerate(others)
    }


_ALPHABET = _byte_alphabet()


def _byte_level(token: bytes, kind: int) -> bytes:
    """A token of a byte-level BPE vocabulary (GPT-2, Llama 3, Qwen, SmolLM); one added as plain
    text stays as it is.
    """
    try:
        return bytes(_ALPHABET[letter] for letter in token.decode())
    except KeyError:
        return token


def _sentencepiece(token: bytes, kind: int) -> bytes:
    """A token of a SentencePiece vocabulary: ▁ is a space, and a byte token is written <0xE5>."""
    return bytes([int(token[3:5], 16)]) if kind == _BYTE else token.replace("▁".encode(), b" ")


_DECODERS = {b"gpt2": _byte_level, b"llama": _sentencepiece}
