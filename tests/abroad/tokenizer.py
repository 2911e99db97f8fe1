"""The tokenizer of a GGUF file, as the files that transformers reads without torch."""

import json
from pathlib import Path

from samplers.local.engine.gguf import read_header

TOKENS = "tokenizer.ggml.tokens"
TYPES = "tokenizer.ggml.token_type"
MERGES = "tokenizer.ggml.merges"
BOS = "tokenizer.ggml.bos_token_id"
EOS = "tokenizer.ggml.eos_token_id"
CONTROL = 3  # a token's type


def write_tokenizer(gguf: Path, folder: Path) -> None:
    """Writes the files into `folder`, for a model with a tokenizer of GPT-2's kind."""
    with gguf.open("rb") as file:
        header = read_header(file, {TOKENS, TYPES, MERGES, BOS, EOS})
    tokens = [token.decode() for token in header[TOKENS]]
    control = [i for i, kind in enumerate(header[TYPES]) if kind == CONTROL]
    byte_level = {
        "type": "ByteLevel",
        "add_prefix_space": False,
        "trim_offsets": True,
        "use_regex": True,
    }
    tokenizer = {
        "version": "1.0",
        "added_tokens": [_added(i, tokens[i]) for i in control],
        "pre_tokenizer": byte_level,
        "decoder": byte_level,
        "model": {
            "type": "BPE",
            "vocab": {token: i for i, token in enumerate(tokens)},
            "merges": [merge.decode().split(" ") for merge in header[MERGES]],
        },
    }
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": tokens[header[BOS]],
        "eos_token": tokens[header[EOS]],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), "utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(config), "utf-8")


def _added(token: int, name: str) -> dict:
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {"id": token, "content": name, "special": True} | flags
