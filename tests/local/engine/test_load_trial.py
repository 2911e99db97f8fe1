"""A model file that the engine cannot load is told in one line, whatever it does to the engine."""

import shutil
import struct

import pytest
from processes import failed_start

from samplers.local.engine import weights
from samplers.local.engine.load_trial import try_to_load
from samplers.local.engine.loading import LoadError

NAN = struct.pack("<f", float("nan"))


def broken(folder, key: bytes, value: bytes):
    """A copy of the model with another number in its header."""
    path = folder / "my.gguf"
    shutil.copyfile(weights.ensure(), path)
    with path.open("r+b") as file:
        begin = file.read(100_000).index(key) + len(key) + 4  # after the type
        file.seek(begin)
        file.write(value)
    return path


def test_a_file_that_ends_the_engine(tmp_path):
    """Here with its first answer: the number is used only then."""
    path = broken(tmp_path, b"layer_norm_rms_epsilon", NAN)
    message = failed_start(SAMPLERS_MODEL=str(path), XDG_CACHE_HOME=str(tmp_path))
    assert message.count("\n") == 1
    assert message.startswith(f"samplers.local: the engine cannot load {path} (")
    assert "GGML_ASSERT" in message


def test_a_file_that_ends_the_engine_at_once(tmp_path):
    path = broken(tmp_path, b"block_count", bytes(4))
    with pytest.raises(LoadError, match="GGML_ASSERT"):
        try_to_load(path)


def test_a_file_that_takes_too_long(tmp_path):
    with pytest.raises(LoadError, match="not ready after 0 s"):
        try_to_load(weights.ensure(), seconds=0.2)
