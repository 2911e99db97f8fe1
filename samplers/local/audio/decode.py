"""From a file to sound: the formats of OpenAI's API, read by FFmpeg's libraries (PyAV).

OpenAI's sentences for broken, short and long audio are from public error reports.
"""

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from samplers.local.request.errors import ApiError, bad_request
from samplers.local.request.senses import SPEECH_RECOGNITION, loading

RATE = 16_000  # samples a second, as Whisper hears them
LEAST_SECONDS = 0.1
MOST_SECONDS = 600
# Formats that are files of their own. Others, such as playlists, could open further files or
# addresses.
READ = "flac,mp3,mov,ogg,wav,matroska,mpeg,aac"


def decode(file: BinaryIO) -> np.ndarray:
    """The sound of a file: shape (samples,), float32 in [-1, 1], mono at RATE.

    ApiError (400) if it is no audio or broken, shorter than LEAST_SECONDS or longer than
    MOST_SECONDS.
    """
    with loading(SPEECH_RECOGNITION):
        import av  # here: not every learner has it

    try:
        pieces = list(_pieces(file))
    except (av.FFmpegError, ValueError, LookupError):  # LookupError: it has no sound
        message = "Audio file might be corrupted or unsupported"
        raise bad_request(message, "file", "invalid_value") from None

    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
    check_length(len(samples) / RATE)
    return samples.astype(np.float32) / 32768


def _pieces(file: BinaryIO) -> Iterator[np.ndarray]:
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    seconds = 0.0
    options = {"format_whitelist": READ}
    with av.open(file, "r", metadata_errors="ignore", options=options) as container:
        for frame in container.decode(audio=0):
            # before it is resampled: at one sample a second, a small frame would become a large one
            seconds += frame.samples / frame.sample_rate
            if seconds > MOST_SECONDS:
                raise _too_long()
            frame.pts = None  # a file's clock may jump
            yield from (piece.to_ndarray()[0] for piece in resampler.resample(frame))
        yield from (piece.to_ndarray()[0] for piece in resampler.resample(None))


def check_length(seconds: float) -> None:
    """ApiError (400) for audio that is too short or too long."""
    if seconds < LEAST_SECONDS:
        message = f"Audio file is too short. Minimum audio length is {LEAST_SECONDS} seconds."
        raise bad_request(message, "file", "audio_too_short")
    if seconds > MOST_SECONDS:
        raise _too_long()


def _too_long() -> ApiError:
    message = (
        f"The audio is longer than {MOST_SECONDS} seconds, which is the maximum for this model."
    )
    return bad_request(message, "file", "invalid_value")
