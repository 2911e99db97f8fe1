"""The buffer for a client's sound: PCM, 16 bits, mono, 24,000 samples a second, in base64."""

import base64
import io
import wave

import numpy as np

from samplers.local.audio.decode import decode
from samplers.local.realtime.session import RATE
from samplers.local.request.checks import string
from samplers.local.request.errors import bad_request

BYTES_A_SECOND = 2 * RATE
MOST_SECONDS = 120
LEAST_SECONDS = 0.1


class SoundBuffer:
    """Sound that has come and is not committed.

    With what is committed and not `heard` yet, it is at most MOST_SECONDS long.
    """

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._unheard = 0  # bytes

    def append(self, audio) -> None:
        """Adds sound. ApiError if it is not base64, or there is too much."""
        try:
            pcm = base64.b64decode(string()("audio", audio), validate=True)
        except ValueError:
            message = "Invalid 'audio': expected base64-encoded bytes, mono PCM16 at 24 kHz."
            raise bad_request(message, "audio", "invalid_value") from None
        if self._unheard + len(self._pcm) + len(pcm) > MOST_SECONDS * BYTES_A_SECOND:
            message = (
                f"The input audio buffer holds at most {MOST_SECONDS} seconds, with what is "
                "committed and not heard yet: commit it, and wait."
            )
            raise bad_request(message, "audio", "input_audio_buffer_full")
        self._pcm += pcm

    def clear(self) -> None:
        self._pcm.clear()

    def commit(self) -> bytes:
        """Takes the sound out. ApiError if it is too short to be heard."""
        seconds = len(self._pcm) / BYTES_A_SECOND
        if seconds < LEAST_SECONDS:
            message = (
                "Error committing input audio buffer: buffer too small. Expected at least "
                f"{1000 * LEAST_SECONDS:.0f}ms of audio, but buffer only has "
                f"{1000 * seconds:.2f}ms of audio."
            )
            raise bad_request(message, code="input_audio_buffer_commit_empty")
        pcm = bytes(self._pcm)
        self.clear()
        self._unheard += len(pcm)
        return pcm

    def heard(self, pcm: bytes) -> None:
        """Makes room: a committed sound is not needed any more."""
        self._unheard -= len(pcm)


def samples(pcm: bytes) -> np.ndarray:
    """The sound as the recogniser takes it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(pcm[: len(pcm) // 2 * 2])
    file.seek(0)
    return decode(file)
