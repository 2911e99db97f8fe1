"""Reads a vocabulary from a GGUF model file.

The file's header is counts, then triples of key, type and value. Source: the GGUF specification,
docs/gguf.md in ggml.
"""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from samplers.local.engine.vocabulary import Vocabulary

_ARCHITECTURE = "general.architecture"
_NAME = "general.name"
_TOKENIZER = "tokenizer.ggml.model"
_TOKENS = "tokenizer.ggml.tokens"
_TOKEN_TYPES = "tokenizer.ggml.token_type"
_NEEDED = {_NAME, _TOKENIZER, _TOKENS, _TOKEN_TYPES}
# Types of tokens.
_NORMAL = 1
_CONTROL = 3
_BYTE = 6

# The types of values; for numbers, the letters of `struct`.
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?"}
_NUMBERS |= {10: "Q", 11: "q", 12: "d"}
_STRING = 8
_ARRAY = 9
# A broken file can name any count. Real ones have some 50 values, and half a million merges.
_MOST_VALUES = 10_000
_MOST_ITEMS = 4_000_000
# What wrong lengths and types in a file cause.
BROKEN = (
    struct.error,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    MemoryError,
)


def read_vocabulary(path: Path) -> Vocabulary:
    """A GGUF file's vocabulary.

    ValueError if the file is no whole GGUF file, or has a tokenizer that is unknown here.
    """
    try:
        with path.open("rb") as file:
            header = read_header(file, _NEEDED)
        tokenizer = header.get(_TOKENIZER, b"?")
        decode = _DECODERS.get(tokenizer)
        if decode is not None:
            return _vocabulary(header, decode)
        name = tokenizer.decode(errors="replace")
    except BROKEN:
        raise ValueError(f"{path} is not a whole GGUF file of version 2 or later") from None

    known = b", ".join(_DECODERS).decode()
    raise ValueError(f"{path} has the tokenizer {name}; this endpoint knows {known}")


def _vocabulary(header: dict, decode: Callable[[bytes, int], bytes]) -> Vocabulary:
    tokens = header[_TOKENS]
    if not tokens:
        raise ValueError
    types = header.get(_TOKEN_TYPES) or [_NORMAL] * len(tokens)
    control = {}
    token_bytes = []
    for i, (token, type_) in enumerate(zip(tokens, types, strict=True)):
        if type_ == _CONTROL:
            control[i] = token.decode(errors="replace")
            token_bytes.append(b"")
        else:
            token_bytes.append(decode(token, type_))
    name = header.get(_NAME, b"").decode(errors="replace")
    return Vocabulary(name, tuple(token_bytes), control)


def cache_bytes(path: Path) -> int | None:
    """What llama.cpp's cache takes for one token, in half precision; None if the file is unclear.

    It holds a key and a value of every head of every layer.
    """
    try:
        with path.open("rb") as file:
            header = read_header(file, _NEEDED)
        of = header[_ARCHITECTURE].decode()
        layers = int(header[f"{of}.block_count"])
        heads = int(header[f"{of}.attention.head_count"])
        kept = int(header.get(f"{of}.attention.head_count_kv", heads))
        size = header[f"{of}.embedding_length"] // heads
        sizes = [header.get(f"{of}.attention.{name}_length", size) for name in ("key", "value")]
        return 2 * layers * kept * sum(sizes)
    except (*BROKEN, ZeroDivisionError):
        return None


def read_header(file: BinaryIO, needed: set[str]) -> dict:
    """The header's values by their keys, read until every `needed` one is there.

    Texts are bytes. The tokenizer's merges, which are most of the header, come last. One of BROKEN
    for a file that is no GGUF file, or is not whole.
    """
    magic, version, _, count = struct.unpack("<4sIQQ", file.read(24))
    if magic != b"GGUF" or version < 2 or count > _MOST_VALUES:
        raise ValueError

    values: dict = {}
    for _ in range(count):
        key = _string(file).decode()
        (kind,) = struct.unpack("<I", file.read(4))
        values[key] = _value(file, kind)
        if values.keys() >= needed:
            break

    return values


def _string(file: BinaryIO) -> bytes:
    (length,) = struct.unpack("<Q", file.read(8))
    return file.read(length)


def _value(file: BinaryIO, kind: int):
    if kind == _STRING:
        return _string(file)
    if kind != _ARRAY:
        return _numbers(file, kind, 1)[0]
    kind, length = struct.unpack("<IQ", file.read(12))
    if length > _MOST_ITEMS:
        raise ValueError
    if kind in _NUMBERS:
        return list(_numbers(file, kind, length))
    if kind != _STRING:  # an array of arrays, which no model has
        raise ValueError
    return [_string(file) for _ in range(length)]


def _numbers(file: BinaryIO, kind: int, count: int) -> tuple:
    layout = f"<{count}{_NUMBERS[kind]}"
    return struct.unpack(layout, file.read(struct.calcsize(layout)))


def _byte_alphabet() -> dict[str, int]:
    """GPT-2's printable stand-ins for the 256 bytes.

    Printable Latin-1 stands for itself, the other bytes are moved up to 256 and on.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    alphabet = {chr(byte): byte for byte in printable}
    return alphabet | {chr(256 + i): byte for i, byte in enumerate(others)}


_ALPHABET = _byte_alphabet()


def _byte_level(token: bytes, kind: int) -> bytes:
    """A token of a byte-level BPE vocabulary (GPT-2, Llama 3, Qwen, SmolLM).

    A token that was added as plain text stays as it is.
    """
    try:
        return bytes(_ALPHABET[letter] for letter in token.decode())
    except KeyError:
        return token


def _sentencepiece(token: bytes, kind: int) -> bytes:
    """A token of a SentencePiece vocabulary: ▁ is a space, and a byte token is written <0xE5>."""
    if kind == _BYTE:
        return bytes([int(token[3:5], 16)])
    return token.replace("▁".encode(), b" ")


_DECODERS = {b"gpt2": _byte_level, b"llama": _sentencepiece}
