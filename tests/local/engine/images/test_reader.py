"""Images are read in a process of its own, which is bounded and may end at any time."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest
from example_images import TEXT, file_of, written

from samplers.local.engine.images import reader as module
from samplers.local.engine.images.decode import BadImage
from samplers.local.engine.images.reader import NotLoaded, NotRead, Reader

IMAGE = file_of(written())
BROKEN = IMAGE[:60]


def test_it_reads_and_goes_on_after_whatever_ended_its_process(monkeypatch):
    """Killed; a client that went away; too long; idle. One process at a time."""

    async def run():
        reader = Reader()
        with pytest.raises(BadImage):
            await reader.read(BROKEN, "high")
        first = reader._child
        if hasattr(signal, "SIGKILL"):
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
        assert (await reader.read(IMAGE, "high")).lines[0][0] == TEXT
        second = reader._child

        gone = asyncio.create_task(reader.read(BROKEN, "high"))
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert second.poll() is not None

        monkeypatch.setattr(module, "SECONDS", 0.01)
        with pytest.raises(BadImage, match=r"longer than 0\.01 seconds.* send a part of it"):
            await reader.read(BROKEN, "high")
        assert reader._child is None
        again = await reader.read(IMAGE, "high")  # from memory: no process is started
        assert again.lines[0][0] == TEXT
        assert reader._child is None

        monkeypatch.setattr(module, "SECONDS", 60)
        monkeypatch.setattr(module, "IDLE", 0)
        with pytest.raises(BadImage):
            await reader.read(BROKEN, "low")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert reader._child is None

    asyncio.run(run())


def test_so_many_may_wait(monkeypatch):
    monkeypatch.setattr(module, "MOST_WAITING", 2)

    async def run():
        reader = Reader()
        images = [file_of(written(text))[:60] for text in "abc"]
        work = (reader.read(image, "high") for image in images)
        found = await asyncio.gather(*work, return_exceptions=True)
        assert [type(error) for error in found] == [BadImage, BadImage, NotRead]
        reader._end()

    asyncio.run(run())


def test_packages_that_cannot_be_loaded(tmp_path, monkeypatch):
    """As on Windows without a library of Microsoft's. The reason is said, and nothing dies."""
    (tmp_path / "cv2.py").write_text("raise ImportError('DLL load failed')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)

    async def run():
        reader = Reader()
        for _ in range(2):
            with pytest.raises(NotLoaded, match="DLL load failed"):
                await reader.read(IMAGE, "high")
        assert reader._child.poll() is None
        reader._end()

    asyncio.run(run())


def test_the_process_ends_with_its_input():
    command = [sys.executable, "-m", module.MODULE]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdin.close()
    assert child.wait(timeout=60) == 0
    child.stdout.close()
