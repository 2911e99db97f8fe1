"""The answers of POST /v1/audio/transcriptions, in each response_format."""

from math import ceil, log

from starlette.responses import PlainTextResponse, Response

from samplers.local.answer.json_text import json_response
from samplers.local.audio.recognise import Segment, Transcription, Word
from samplers.local.audio.request import TranscriptionRequest


def answer(request: TranscriptionRequest, heard: Transcription) -> Response:
    """The response in the format that the request asks for."""
    if request.response_format == "json":
        return json_response(_json(heard, request.logprobs))
    if request.response_format == "verbose_json":
        return json_response(_verbose(heard, request.granularities))
    texts = {"text": plain, "srt": srt, "vtt": vtt}
    return PlainTextResponse(texts[request.response_format](heard))


def _json(heard: Transcription, logprobs: bool) -> dict:
    body: dict = {"text": heard.text}
    if logprobs:
        body["logprobs"] = [_logprob(word) for word in heard.words]
    return body | {"usage": usage(heard)}


def usage(heard: Transcription) -> dict:
    """OpenAI's bill for Whisper: whole seconds."""
    return {"type": "duration", "seconds": ceil(heard.duration)}


def _logprob(word: Word) -> dict:
    """A word in the place of OpenAI's token: faster-whisper reports a word's mean probability."""
    return {
        "token": word.text,
        "bytes": list(word.text.encode()),
        "logprob": log(max(word.probability, 1e-9)),
    }


def _verbose(heard: Transcription, granularities: tuple[str, ...]) -> dict:
    body = {
        "task": "transcribe",
        "language": "english",
        "duration": heard.duration,
        "text": heard.text,
    }
    if "word" in granularities:
        body["words"] = [_word(word) for word in heard.words]
    if "segment" in granularities:
        body["segments"] = [_segment(i, segment) for i, segment in enumerate(heard.segments)]
    return body | {"usage": usage(heard)}


def _word(word: Word) -> dict:
    """`probability` is not OpenAI's; other servers of faster-whisper have it, too."""
    return {
        "word": word.text.strip(),
        "start": word.start,
        "end": word.end,
        "probability": word.probability,
    }


def _segment(index: int, segment: Segment) -> dict:
    return {
        "id": index,
        "seek": segment.seek,
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "tokens": segment.tokens,
        "temperature": segment.temperature,
        "avg_logprob": segment.avg_logprob,
        "compression_ratio": segment.compression_ratio,
        "no_speech_prob": segment.no_speech_prob,
    }


def plain(heard: Transcription) -> str:
    """The text alone, with a line's end; nothing where nothing was said."""
    return f"{heard.text}\n" if heard.text else ""


def srt(heard: Transcription) -> str:
    """SubRip's subtitles: numbered, with a comma before the milliseconds."""
    return "".join(f"{i}\n{_cue(each, ',')}" for i, each in enumerate(heard.segments, 1))


def vtt(heard: Transcription) -> str:
    """WebVTT's subtitles."""
    return "WEBVTT\n\n" + "".join(_cue(each, ".") for each in heard.segments)


def _cue(segment: Segment, point: str) -> str:
    times = f"{clock(segment.start, point)} --> {clock(segment.end, point)}"
    text = segment.text.strip().replace("-->", "->")  # which would look like times
    return f"{times}\n{text}\n\n"


def clock(seconds: float, point: str) -> str:
    """A time as subtitles have it: "00:00:03,100" with a `point` of ","."""
    milliseconds = round(seconds * 1000)  # once: 1.9996 s are 2,000, not 1,1000
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"
