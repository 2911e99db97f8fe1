"""POST /v1/audio/transcriptions: the form that came in, checked.

OpenAI's sentence for a file's format is from public error reports. The sentence for the language is
reconstructed.
"""

import re
from dataclasses import dataclass
from typing import BinaryIO

from starlette.datastructures import FormData

from samplers.local.request import checks
from samplers.local.request.errors import (
    ApiError,
    bad_request,
    missing,
    no_such_model,
    unsupported,
    wrong_type,
)
from samplers.local.request.files.form import Uploads, check_names, file_of, filename, text

MODEL = "whisper-tiny.en"
BIGGEST_FILE = 25 << 20  # bytes, as at OpenAI
MOST_FORMS = 40  # that arrive or wait for their turn: a class of thirty that asks at once
MOST_FIELDS = 32
LONGEST_FIELD = 4096  # bytes
SUFFIXES = ("flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm")
FORMATS = ("json", "text", "srt", "verbose_json", "vtt")
GRANULARITIES = ("word", "segment")
ARRAYS = ("include", "timestamp_granularities")
FIELDS = (
    "file",
    "model",
    "language",
    "prompt",
    "response_format",
    "temperature",
    "stream",
    "chunking_strategy",
    *ARRAYS,
)
# OpenAI has them for its other models, but not for Whisper.
OTHER_MODELS = ("languages", "keywords", "known_speaker_names", "known_speaker_references")


@dataclass(frozen=True)
class TranscriptionRequest:
    """The form, checked. `granularities` are those of verbose_json; `logprobs` goes with json."""

    content: BinaryIO
    prompt: str
    temperature: float
    response_format: str
    granularities: tuple[str, ...]
    logprobs: bool


def uploads() -> Uploads[TranscriptionRequest]:
    """Reads the forms of transcriptions. A form that waits for its turn counts, too."""
    return Uploads(
        checked,
        fields=MOST_FIELDS,
        biggest=BIGGEST_FILE,
        most=MOST_FORMS,
        longest_field=LONGEST_FIELD,
    )


def checked(form: FormData) -> TranscriptionRequest:
    """ApiError: 400 for a wrong form, 404 for another model, 413 for a file that is too big."""
    form = FormData([(_plain(name), value) for name, value in form.multi_items()])
    for name in form:
        if name in OTHER_MODELS:
            raise unsupported(name)
    check_names(form, FIELDS, ARRAYS)
    file = file_of(form, BIGGEST_FILE)
    if "model" not in form:
        raise missing("model")

    fields = {name: text(name, form[name]) for name in form if name not in ("file", *ARRAYS)}
    response_format = checks.one_of(*FORMATS)(
        "response_format", fields.get("response_format", "json")
    )
    temperature = _number("temperature", fields.get("temperature", "0"))
    _check_language(fields.get("language", "en"))
    _check_whole(fields)
    granularities = _array(form, "timestamp_granularities", GRANULARITIES)
    if granularities and response_format != "verbose_json":
        raise _needs("timestamp_granularities", "verbose_json")
    logprobs = bool(_array(form, "include", ("logprobs",)))
    if logprobs and response_format != "json":
        raise _needs("include", "json")

    _check_suffix(filename(file.filename))
    _check_model(fields["model"])
    return TranscriptionRequest(
        content=file.file,
        prompt=fields.get("prompt", ""),
        temperature=temperature,
        response_format=response_format,
        granularities=granularities or ("segment",),
        logprobs=logprobs,
    )


def _plain(name: str) -> str:
    """The name of a field without what OpenAI's SDK adds to an array's or an object's."""
    return re.sub(r"\[[^\[\]]*\]$", "", name)


def _number(name: str, value: str) -> float:
    if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]{1,2})?", value.lower()) is None:
        raise wrong_type(name, "a decimal", value)
    return checks.decimal(0, 1)(name, float(value))


def _array(form: FormData, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    values = form.getlist(name)
    return tuple(checks.one_of(*allowed)(name, text(name, value)) for value in values)


def _needs(name: str, response_format: str) -> ApiError:
    message = f"'{name}' is only supported when 'response_format' is '{response_format}'."
    return bad_request(message, name, "unsupported_parameter")


def _check_language(language: str) -> None:
    if language.lower() == "en":
        return
    message = (
        f"Unsupported value: 'language' does not support '{language[:20]}' with this model: "
        f"{MODEL} knows English ('en') alone."
    )
    raise bad_request(message, "language", "unsupported_value")


def _check_whole(fields: dict[str, str]) -> None:
    """ApiError for an answer in pieces, or a cut other than ours. The answer comes whole here."""
    stream = checks.one_of("true", "false")("stream", fields.get("stream", "false").lower())
    if stream == "true":
        raise unsupported("stream")
    if fields.get("chunking_strategy", "auto") != "auto":
        raise unsupported("chunking_strategy")


def _check_suffix(name: str) -> None:
    """ApiError for a format that the API does not have: the file's name says which one it is."""
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if suffix in SUFFIXES:
        return
    end = f" {suffix[:20]}" if suffix else ": the file's name has no ending"
    message = f"Unsupported file format{end}. Supported formats: {list(SUFFIXES)}"
    raise bad_request(message, "file", "unsupported_value")


def _check_model(name: str) -> None:
    if name != MODEL:
        raise no_such_model(name, f"The model that transcribes here is `{MODEL}`.")
