"""A session's settings: OpenAI's, of which a client changes those that it sends."""

from dataclasses import dataclass, replace

from samplers.local.audio.request import MODEL as RECOGNISER
from samplers.local.realtime.fields import (
    INFINITE,
    check_names,
    check_output,
    max_output_tokens,
    text,
)
from samplers.local.request import checks
from samplers.local.request.errors import missing, unsupported, wrong_value

RATE = 24_000  # samples a second of a client's sound
PCM = {"type": "audio/pcm", "rate": RATE}
FIELDS = (
    "type",
    "model",
    "instructions",
    "max_output_tokens",
    "output_modalities",
    "audio",
    "truncation",
)


@dataclass(frozen=True)
class Session:
    """The settings. `transcribes`: the client is told what was heard; the model reads it anyway.

    `truncation`: "auto" leaves the oldest messages out when the context is full.
    """

    id: str
    model: str
    instructions: str = ""
    max_output_tokens: int | str = INFINITE
    truncation: str = "auto"
    transcribes: bool = True
    transcription_prompt: str = ""

    def as_object(self) -> dict:
        """The session as events show it."""
        sound = {"format": PCM, "turn_detection": None}
        if self.transcribes:
            sound["transcription"] = {"model": RECOGNISER, "language": "en"}
            if self.transcription_prompt:
                sound["transcription"]["prompt"] = self.transcription_prompt
        return {
            "type": "realtime",
            "object": "realtime.session",
            "id": self.id,
            "model": self.model,
            "output_modalities": ["text"],
            "instructions": self.instructions,
            "tools": [],
            "tool_choice": "auto",
            "max_output_tokens": self.max_output_tokens,
            "tracing": None,
            "truncation": self.truncation,
            "prompt": None,
            "audio": {"input": sound},
        }

    def updated(self, update) -> "Session":
        """The session with the settings of session.update. ApiError for the first wrong one."""
        update = checks.mapping(lambda name, value: value)("session", update)
        if "type" not in update:
            raise missing("session.type")
        checks.one_of("realtime")("session.type", update["type"])
        check_names("session", update, FIELDS)
        check_output("session", update)
        if update.get("model") not in (None, self.model):
            raise unsupported("session.model", " The model of a session cannot be changed.")

        changed = {}
        if update.get("instructions") is not None:
            changed["instructions"] = text("session.instructions", update["instructions"])
        if update.get("max_output_tokens") is not None:
            name = "session.max_output_tokens"
            changed["max_output_tokens"] = max_output_tokens(name, update["max_output_tokens"])
        if update.get("truncation") is not None:
            check = checks.one_of("auto", "disabled")
            changed["truncation"] = check("session.truncation", update["truncation"])
        sound = (update.get("audio") or {}).get("input")
        return replace(self, **changed, **_of_input(sound))


def _of_input(sound) -> dict:
    """The changed settings in session.audio.input."""
    if sound is None:
        return {}
    place = "session.audio.input"
    known = ("format", "transcription", "noise_reduction", "turn_detection")
    checks.only_fields(place, sound, *known)
    if sound.get("turn_detection") is not None:
        instead = " Set it to null, and send input_audio_buffer.commit when you have spoken."
        raise unsupported(f"{place}.turn_detection", instead)
    if sound.get("noise_reduction") is not None:
        raise unsupported(f"{place}.noise_reduction")
    if sound.get("format") is not None:
        _check_format(f"{place}.format", sound["format"])
    if "transcription" not in sound:
        return {}
    return _of_transcription(f"{place}.transcription", sound["transcription"])


def _check_format(name: str, value) -> None:
    checks.only_fields(name, value, "type", "rate")
    checks.one_of(PCM["type"])(f"{name}.type", value.get("type", PCM["type"]))
    checks.integer(RATE, RATE)(f"{name}.rate", value.get("rate", RATE))


def _of_transcription(name: str, value) -> dict:
    if value is None:
        return {"transcribes": False}
    checks.only_fields(name, value, "model", "language", "prompt")
    if value.get("model") not in (None, RECOGNISER):
        raise wrong_value(f"{name}.model", str(value["model"])[:80], [RECOGNISER])
    if value.get("language") is not None:
        checks.one_of("en")(f"{name}.language", value["language"])
    prompt = value.get("prompt")
    prompt = "" if prompt is None else text(f"{name}.prompt", prompt)
    return {"transcribes": True, "transcription_prompt": prompt}
