"""Reads the text in images, one at a time, in a process of its own.

That process is started at the first image and ends after IDLE seconds without one, so its memory
comes back. An image that takes longer than SECONDS ends it, too, as does a client that goes away.
"""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass

from samplers.local.engine.images.decode import BadImage

MODULE = "samplers.local.engine.images.child"
SECONDS = 60  # for one image, the start included; a whole screen takes 3 seconds
IDLE = 60
MOST_WAITING = 32  # images, each of some megabytes
REMEMBERED = 64  # images: a conversation sends the same one again and again


@dataclass(frozen=True)
class ImageText:
    """The text in an image: `lines` from the top, each with a confidence of 0 to 1.

    `width` and `height` are those of the upright image, `read_width` and `read_height` of what was
    read; all are pixels.
    """

    lines: tuple[tuple[str, float], ...]
    width: int
    height: int
    read_width: int
    read_height: int


class NotLoaded(Exception):
    """The OCR cannot be loaded; the text says why."""


class NotRead(Exception):
    """An image could not be read now; the text says why."""


class Reader:
    """Reads images. Nothing is started, and no library is imported, before the first one."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._child: subprocess.Popen | None = None
        self._end_later: asyncio.TimerHandle | None = None
        self._kept: dict[tuple[bytes, str], ImageText] = {}

    async def read(self, data: bytes, detail: str) -> ImageText:
        """The text in the image whose file is `data`, read at `detail`: low, high or original.

        BadImage, NotLoaded or NotRead.
        """
        if self._waiting >= MOST_WAITING:
            raise NotRead(f"{MOST_WAITING} images are waiting to be read.")

        key = hashlib.sha256(data).digest(), detail
        self._waiting += 1
        try:
            async with self._turn:
                if key not in self._kept:
                    text = await self._read(data, detail)
                    if len(self._kept) >= REMEMBERED:
                        del self._kept[next(iter(self._kept))]
                    self._kept[key] = text
                return self._kept[key]
        finally:
            self._waiting -= 1

    async def _read(self, data: bytes, detail: str) -> ImageText:
        if self._end_later is not None:
            self._end_later.cancel()
        if self._child is None or self._child.poll() is not None:
            self._child = _start()
        try:
            work = asyncio.to_thread(_ask, self._child, data, detail)
            answer = await asyncio.wait_for(work, SECONDS)
        except TimeoutError:
            self._end()
            message = (
                f"Reading this image took longer than {SECONDS} seconds, which is the most: "
                "send a part of it, or a smaller one."
            )
            raise BadImage(message, "image_too_slow") from None
        except (OSError, ValueError):
            self._end()
            raise NotRead("The process that reads images broke off.") from None
        except asyncio.CancelledError:
            self._end()
            raise

        self._end_later = asyncio.get_running_loop().call_later(IDLE, self._end)
        if "not_loaded" in answer:
            raise NotLoaded(answer["not_loaded"])
        if "code" in answer:
            raise BadImage(answer["message"], answer["code"])
        found = tuple((text, confidence) for text, confidence in answer.pop("lines"))
        return ImageText(found, **answer)

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()  # the thread that waits for its answer reads an end
            child.wait()


def _start() -> subprocess.Popen:
    path = {"PYTHONSAFEPATH": "1"} if sys.flags.safe_path else {}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-m", MODULE], stdin=pipe, stdout=pipe, env=os.environ | path
    )


def _ask(child: subprocess.Popen, data: bytes, detail: str) -> dict:
    """The child's answer. OSError or ValueError if it has ended."""
    child.stdin.write(json.dumps({"bytes": len(data), "detail": detail}).encode() + b"\n" + data)
    child.stdin.flush()
    return json.loads(child.stdout.readline())
