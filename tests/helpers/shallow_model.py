"""The first two layers of the model: a real model, much faster, which writes nonsense.

It is for tests that prove nothing about the model's words or numbers. A token of an answer takes a
quarter of the time, one of a prompt a tenth.
"""

import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from samplers.local.engine import stamps, weights
from samplers.local.engine.gguf import read_header
from samplers.local.engine.logits import trial

LAYERS = 2
COUNT_KEY = b"llama.block_count" + struct.pack("<I", 4)  # a number of the type 4, 32 bits, follows
ALIGNMENT = 32  # of each tensor's bytes, where a file names no other


@dataclass
class Tensor:
    """A tensor of a GGUF file: what is said of it before its place, and its place in the data."""

    name: str
    about: bytes
    begin: int


def environment(folder: Path) -> dict[str, str]:
    """The variables with which an endpoint has this model, whose file is written into `folder`."""
    path = folder / "shallow.gguf"
    _write(path)
    cache = folder / "cache"
    # its numbers need not be exact, so the trial of them, eight seconds, is left out
    stamps.passes(cache / "samplers", path, trial._stamp(), lambda: True)
    return {"SAMPLERS_MODEL": str(path), "XDG_CACHE_HOME": str(cache)}


def _write(path: Path) -> None:
    """Writes the model's file without its other layers. Source: docs/gguf.md in ggml."""
    with weights.ensure().open("rb") as file:
        read_header(file, {"a key that no file has, so that all are read"})
        head = bytearray(_read_again(file))
        (count,) = struct.unpack("<Q", head[8:16])
        tensors = [_tensor(file) for _ in range(count)]
        file.seek(_aligned(file.tell()))
        data = file.read()

    tensors.sort(key=lambda tensor: tensor.begin)
    ends = [tensor.begin for tensor in tensors[1:]] + [len(data)]
    kept = [pair for pair in zip(tensors, ends, strict=True) if _is_kept(pair[0].name)]
    place = head.index(COUNT_KEY) + len(COUNT_KEY)
    head[place : place + 4] = struct.pack("<I", LAYERS)
    head[8:16] = struct.pack("<Q", len(kept))

    parts = []
    begin = 0
    for tensor, end in kept:
        head += tensor.about + struct.pack("<Q", begin)
        parts.append(_padded(data[tensor.begin : end]))
        begin += len(parts[-1])
    path.write_bytes(b"".join([_padded(head), *parts]))


def _is_kept(name: str) -> bool:
    layer = re.match(r"blk\.(\d+)\.", name)
    return layer is None or int(layer[1]) < LAYERS


def _read_again(file: BinaryIO) -> bytes:
    """What was read from the file so far."""
    length = file.tell()
    file.seek(0)
    return file.read(length)


def _tensor(file: BinaryIO) -> Tensor:
    (length,) = struct.unpack("<Q", name_length := file.read(8))
    name = file.read(length)
    (dimensions,) = struct.unpack("<I", count := file.read(4))
    shape_and_type = file.read(8 * dimensions + 4)
    (begin,) = struct.unpack("<Q", file.read(8))
    return Tensor(name.decode(), name_length + name + count + shape_and_type, begin)


def _aligned(length: int) -> int:
    return -(-length // ALIGNMENT) * ALIGNMENT


def _padded(content: bytes) -> bytes:
    return content.ljust(_aligned(len(content)), b"\0")
