"""A vocabulary read from a model file, and files that have none."""

import struct

import pytest

from samplers.local.engine.gguf import cache_bytes, read_vocabulary
from samplers.local.engine.weights import ensure
from samplers.local.room.memory import TOKEN_BYTES


def gguf(
    tokenizer: bytes, tokens: list[bytes], types: list[int], more: dict[str, bytes] | None = None
) -> bytes:
    """A model file's header; `more` are values that come first."""

    def string(text: bytes) -> bytes:
        return struct.pack("<Q", len(text)) + text

    token_array = struct.pack("<IIQ", 9, 8, len(tokens)) + b"".join(map(string, tokens))
    type_array = struct.pack(f"<IIQ{len(types)}i", 9, 5, len(types), *types)
    values = [
        *[(name.encode(), value) for name, value in (more or {}).items()],
        (b"general.alignment", struct.pack("<II", 4, 32)),
        (b"general.name", struct.pack("<I", 8) + string(b"My Model 1B")),
        (b"tokenizer.ggml.model", struct.pack("<I", 8) + string(tokenizer)),
        (b"tokenizer.ggml.tokens", token_array),
        (b"tokenizer.ggml.token_type", type_array),
    ]
    head = struct.pack("<4sIQQ", b"GGUF", 3, 0, len(values))
    return head + b"".join(string(key) + value for key, value in values)


@pytest.mark.parametrize(
    ("tokenizer", "tokens", "token_bytes"),
    [
        (b"gpt2", ["Ġa", "å¥", "<|end|>", "好"], (b" a", b"\xe5\xa5", b"", "好".encode())),
        (b"llama", ["▁a", "b", "</s>", "<0xE5>"], (b" a", b"b", b"", b"\xe5")),
    ],
)
def test_reads_a_model_files_vocabulary(tmp_path, tokenizer, tokens, token_bytes):
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf(tokenizer, [token.encode() for token in tokens], [1, 1, 3, 6]))
    vocabulary = read_vocabulary(path)
    assert vocabulary.name == "My Model 1B"
    assert vocabulary.token_bytes == token_bytes
    assert vocabulary.control == {2: tokens[2]}


@pytest.mark.parametrize("size", [4, 20, 60, 200])
def test_a_broken_file_is_named(tmp_path, size):
    path = tmp_path / "broken.gguf"
    path.write_bytes(gguf(b"gpt2", [b"a"] * 9, [1] * 9)[:size])
    with pytest.raises(ValueError, match="broken"):
        read_vocabulary(path)


@pytest.mark.parametrize(
    "content",
    [
        struct.pack("<QQ", 0, 20_000) + struct.pack("<QIB", 0, 0, 1) * 20_000,
        struct.pack("<QQ", 0, 1) + struct.pack("<QIIQ", 0, 9, 0, 4_000_001) + bytes(4_000_001),
        struct.pack("<QQ", 0, 1) + struct.pack("<QI", 0, 9) + struct.pack("<IQ", 9, 1) * 5000,
    ],
    ids=["values", "items", "arrays in arrays"],
)
def test_counts_that_no_model_has(tmp_path, content):
    """A header may name any count: reading would take minutes, or the recursion's limit."""
    path = tmp_path / "huge.gguf"
    path.write_bytes(struct.pack("<4sI", b"GGUF", 3) + content)
    with pytest.raises(ValueError, match="not a whole GGUF"):
        read_vocabulary(path)


NUMBER = struct.pack("<II", 4, 5)
NUMBERS = struct.pack("<IIQI", 9, 4, 1, 5)
TEXT = struct.pack("<IQ", 8, 1) + b"a"
TEXTS = struct.pack("<IIQQ", 9, 8, 1, 1) + b"a"
NO_TEXTS = struct.pack("<IIQ", 9, 8, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": NUMBER},
        {"model": NUMBER},
        {"model": TEXTS},
        {"tokens": NUMBERS},
        {"tokens": NO_TEXTS},
        {"token_type": NUMBER},
        {"token_type": struct.pack("<IIQII", 9, 4, 2, 1, 1)},
        {"token_type": struct.pack("<IIQI", 9, 4, 1, 6)},  # a byte token, whose text is none
    ],
)
def test_values_of_another_type(tmp_path, wrong):
    llama = struct.pack("<IQ", 8, 5) + b"llama"
    values = {"name": TEXT, "model": llama, "tokens": TEXTS, "token_type": NUMBERS} | wrong
    content = struct.pack("<4sIQQ", b"GGUF", 3, 0, len(values))
    for name, value in values.items():
        key = b"general.name" if name == "name" else b"tokenizer.ggml." + name.encode()
        content += struct.pack("<Q", len(key)) + key + value
    path = tmp_path / "wrong.gguf"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a whole GGUF"):
        read_vocabulary(path)


def test_a_tokenizer_that_is_unknown(tmp_path):
    path = tmp_path / "other.gguf"
    path.write_bytes(gguf(b"rwkv", [b"a"], [1]))
    with pytest.raises(ValueError, match="rwkv"):
        read_vocabulary(path)


LLAMA = {
    "general.architecture": struct.pack("<IQ", 8, 5) + b"llama",
    "llama.block_count": struct.pack("<II", 4, 10),
    "llama.embedding_length": struct.pack("<II", 4, 512),
    "llama.attention.head_count": struct.pack("<II", 4, 8),
}
FEWER = {"llama.attention.head_count_kv": struct.pack("<II", 4, 2)}
LONGER = {"llama.attention.value_length": struct.pack("<II", 4, 128)}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (LLAMA, 10 * 8 * (64 + 64) * 2),
        (LLAMA | FEWER, 10 * 2 * (64 + 64) * 2),
        (LLAMA | FEWER | LONGER, 10 * 2 * (64 + 128) * 2),
        ({}, None),
        (LLAMA | {"llama.attention.head_count": struct.pack("<II", 4, 0)}, None),
        (LLAMA | {"llama.attention.head_count_kv": NUMBERS}, None),
    ],
)
def test_what_the_cache_takes_for_a_token(tmp_path, more, expected):
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf(b"gpt2", [b"a"], [1], more))
    assert cache_bytes(path) == expected


def test_what_it_takes_for_the_default_model():
    """The number that --help names, by which slots are refused."""
    assert cache_bytes(ensure()) == TOKEN_BYTES
