"""Vocabularies, and tokens that the engine's answers leave out, told from their text."""

import struct

import pytest

from samplers.local.answer.recover import from_text
from samplers.local.engine.vocabulary import Vocabulary, read

# 😊 is f0 9f 98 8a
WORDS = Vocabulary(
    "",
    (b"\xf0", b"\x9f\x98", b"\xf0\x9f", b"\x98", b"\x8a", b"\xf0\x9f\x98", b"", b"a"),
    {6: "<end>"},
)


@pytest.mark.parametrize(
    ("text", "last", "count", "found"),
    [
        ("a", [7], 0, []),
        ("😊", [4], 1, [5]),
        ("😊", [4], 2, None),  # f0 + 9f 98, or f0 9f + 98
        ("😊", [4], 3, None),  # there is no 9f alone
        ("\ufffda", [7], 1, None),  # the bytes are lost
        ("a", [], 1, None),  # nothing follows yet
        ("a", [6], 1, None),
    ],
)
def test_lost_tokens_are_told_only_where_there_is_one_way(text, last, count, found):
    assert from_text(WORDS, text, last, count) == found


def test_how_tokens_are_written():
    assert [WORDS.text(i) for i in (7, 6, 3)] == ["a", "<end>", "bytes:\\x98"]
    assert [WORDS.bytes(i) for i in (7, 6, 3)] == [[97], None, [0x98]]


def gguf(kind: bytes, tokens: list[bytes], kinds: list[int]) -> bytes:
    def string(text: bytes) -> bytes:
        return struct.pack("<Q", len(text)) + text

    values = [
        (b"general.alignment", struct.pack("<II", 4, 32)),
        (b"general.name", struct.pack("<I", 8) + string(b"My Model 1B")),
        (b"tokenizer.ggml.model", struct.pack("<I", 8) + string(kind)),
        (
            b"tokenizer.ggml.tokens",
            struct.pack("<IIQ", 9, 8, len(tokens)) + b"".join(map(string, tokens)),
        ),
        (b"tokenizer.ggml.token_type", struct.pack(f"<IIQ{len(kinds)}i", 9, 5, len(kinds), *kinds)),
    ]
    return struct.pack("<4sIQQ", b"GGUF", 3, 0, len(values)) + b"".join(
        string(key) + value for key, value in values
    )


@pytest.mark.parametrize(
    ("kind", "tokens", "pieces"),
    [
        (b"gpt2", ["Ġa", "å¥", "<|end|>", "好"], (b" a", b"\xe5\xa5", b"", "好".encode())),
        (b"llama", ["▁a", "b", "</s>", "<0xE5>"], (b" a", b"b", b"", b"\xe5")),
    ],
)
def test_reads_a_model_files_vocabulary(tmp_path, kind, tokens, pieces):
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf(kind, [token.encode() for token in tokens], [1, 1, 3, 6]))
    vocabulary = read(path)
    assert (vocabulary.name, vocabulary.pieces, vocabulary.control) == (
        "My Model 1B",
        pieces,
        {2: tokens[2]},
    )


@pytest.mark.parametrize("size", [4, 20, 60, 200])
def test_a_broken_file_is_named(tmp_path, size):
    path = tmp_path / "broken.gguf"
    path.write_bytes(gguf(b"gpt2", [b"a"] * 9, [1] * 9)[:size])
    with pytest.raises(ValueError, match="broken"):
        read(path)


def test_a_tokenizer_that_is_unknown(tmp_path):
    path = tmp_path / "other.gguf"
    path.write_bytes(gguf(b"rwkv", [b"a"], [1]))
    with pytest.raises(ValueError, match="rwkv"):
        read(path)
