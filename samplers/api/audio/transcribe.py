"""Speech as text, with its words' times and how sure the model is of each."""

from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from samplers.api.audio.container import container
from samplers.api.client import Client
from samplers.api.deviations import dicts_of, number_of, string_of, well_formed
from samplers.api.transport.deadline import Deadline
from samplers.api.transport.form import Form
from samplers.checks import shown

OURS = "whisper-tiny.en"
OPENAIS = "whisper-1"


@dataclass(frozen=True)
class SpokenWord:
    """A word, and when it was said (seconds); None where the endpoint does not report it.

    `probability`: how sure the model is, from 0 to 1. The local endpoint and other servers of
    faster-whisper report it, OpenAI does not.
    """

    text: str
    start: float | None
    end: float | None
    probability: float | None


@dataclass(frozen=True)
class Transcript:
    """What was said, in `duration` seconds.

    `segments`: (start, end, text) of each piece, mostly a sentence. `raw`: the answer as it came.
    """

    text: str
    words: tuple[SpokenWord, ...]
    segments: tuple[tuple[float | None, float | None, str], ...]
    duration: float | None
    raw: dict = field(repr=False)

    @classmethod
    def from_wire(cls, answer: dict) -> "Transcript":
        """KeyError or TypeError if the answer has no text."""
        segments = [
            (number_of(each.get("start")), number_of(each.get("end")), _text(each, "text").strip())
            for each in dicts_of(answer.get("segments"))
        ]
        return cls(
            text=well_formed(string_of(answer["text"]) or ""),
            words=tuple(map(_word, dicts_of(answer.get("words")))),
            segments=tuple(segments),
            duration=number_of(answer.get("duration")),
            raw=answer,
        )


def transcribe(
    client: Client,
    audio: str | PathLike | bytes,
    *,
    model: str | None = None,
    prompt: str | None = None,
    language: str | None = None,
    timeout: float | None = None,
) -> Transcript:
    """The words in a sound: `audio` is a path, or a file's bytes.

    The file is Ogg, WAV, FLAC, MP3, MP4 (a phone's m4a) or WebM. The local endpoint hears at most
    10 minutes, 25 MB and English alone; there, a minute of speech takes some seconds.

    `model` None: whisper-tiny.en at the local endpoint, elsewhere whisper-1. `prompt`: text that
    could stand before the speech; names and rare words in it are then recognised more often.
    `language`: such as "en". The file's name does not leave this machine.

    ValueError at OpenAI's own address: no price of audio is in the table of models, so no budget
    could hold it. NotFoundError or another APIError where an endpoint does not transcribe.
    """
    transport = client.endpoint.transport
    if transport.budget is not None:
        raise ValueError("client must not be OpenAI's: transcribe() cannot price audio")

    content = _content(audio)
    name = container(content[:12]) or _suffix(audio)
    deadline = Deadline(timeout)
    if model is None:
        model = OURS if client.abilities.engine == "samplers" else OPENAIS
    fields = {
        "model": model,
        "response_format": "verbose_json",
        "timestamp_granularities[]": ["word", "segment"],
    }
    for parameter, value in (("prompt", prompt), ("language", language)):
        if value is not None:
            fields[parameter] = well_formed(_some_text(parameter, value))

    form = Form(fields, f"audio.{name}", content)
    response = transport.request("POST", "/audio/transcriptions", form, deadline=deadline)
    return transport.read(response, Transcript.from_wire)


def _content(audio) -> bytes:
    if isinstance(audio, str | PathLike):
        audio = Path(audio).read_bytes()
    if not isinstance(audio, bytes | bytearray) or not audio:
        raise ValueError(f"audio must be a path or a file's bytes, not empty, got {shown(audio)}")
    return bytes(audio)


def _suffix(audio) -> str:
    is_path = isinstance(audio, str | PathLike)
    suffix = Path(audio).suffix.removeprefix(".").lower() if is_path else ""
    if not suffix.isalnum() or not suffix.isascii():
        raise ValueError(
            "audio must be Ogg, WAV, FLAC, MP3, MP4 or WebM: it begins as none of them"
        )
    return suffix


def _some_text(parameter: str, value) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{parameter} must be a str, got {shown(value)}")
    return value


def _word(word: dict) -> SpokenWord:
    return SpokenWord(
        text=_text(word, "word").strip(),
        start=number_of(word.get("start")),
        end=number_of(word.get("end")),
        probability=number_of(word.get("probability")),
    )


def _text(part: dict, name: str) -> str:
    return well_formed(string_of(part.get(name)) or "")
