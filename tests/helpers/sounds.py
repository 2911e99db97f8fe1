"""Sounds for tests: the lessons' speech, silence, and either in any of the API's formats."""

import io
import wave
from functools import cache
from pathlib import Path

import numpy as np

SPEECH = Path(__file__).parents[2] / "samplers/lab/lessons/data/speech.ogg"
SAID = (
    "he was not an ill disposed young man unless to be rather cold hearted and rather selfish is "
    "to be ill disposed"
)
CODECS = {  # a file's ending -> FFmpeg's names of the format and the codec
    "flac": ("flac", "flac"),
    "mp3": ("mp3", "mp3"),
    "mpga": ("mp3", "mp3"),
    "mpeg": ("mpeg", "mp2"),
    "mp4": ("mp4", "aac"),
    "m4a": ("ipod", "aac"),
    "ogg": ("ogg", "libopus"),
    "wav": ("wav", "pcm_s24le"),
    "webm": ("webm", "libopus"),
}


@cache
def speech(rate: int = 48_000) -> np.ndarray:
    """The lessons' speech: shape (samples,), int16, mono."""
    import av  # here: not every learner has it

    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
    with av.open(str(SPEECH)) as container:
        pieces = [
            piece for frame in container.decode(audio=0) for piece in resampler.resample(frame)
        ]
    pieces += resampler.resample(None)
    samples = np.concatenate([piece.to_ndarray()[0] for piece in pieces])
    samples.flags.writeable = False  # each test gets the same array
    return samples


def wav(samples: np.ndarray, rate: int) -> bytes:
    """A WAV file of int16 samples: shape (samples,), or (samples, channels)."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()


def encoded(
    samples: np.ndarray, rate: int, container: str, codec: str, layout: str = "mono"
) -> bytes:
    """Mono int16 samples as FFmpeg's codec writes them into a container."""
    import av

    file = io.BytesIO()
    frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
    frame.sample_rate = rate
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(
            format=stream.format, layout=layout, rate=rate, frame_size=stream.frame_size or 4096
        )
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return file.getvalue()


def words(text: str) -> list[str]:
    """The words of a text, without case and marks."""
    letters = "".join(each if each.isalpha() else " " for each in text.lower())
    return letters.split()


def word_error_rate(text: str, said: str = SAID) -> float:
    """Words to insert, delete or replace until `text` is what was said, for each word said."""
    heard, wanted = words(text), words(said)
    row = list(range(len(wanted) + 1))
    for i, word in enumerate(heard, 1):
        above = row
        row = [i]
        for j, other in enumerate(wanted, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (word != other)))
    return row[-1] / len(wanted)
