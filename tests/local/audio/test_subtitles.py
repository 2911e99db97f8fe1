"""The answers' forms: SubRip's and WebVTT's text, and logprobs."""

import io
import json

import pytest

from samplers.local.audio.answer import answer, clock, plain, srt, vtt
from samplers.local.audio.recognise import Segment, Transcription, Word
from samplers.local.audio.request import TranscriptionRequest


def heard(*segments: tuple[float, float, str]) -> Transcription:
    rest = {"tokens": [], "seek": 0, "temperature": 0.0, "avg_logprob": -0.1, "words": []}
    more = {"compression_ratio": 1.0, "no_speech_prob": 0.0}
    return Transcription(9.0, [Segment(*segment, **rest, **more) for segment in segments])


TWO = heard((0.0, 1.9996, " One."), (59.9996, 3661.5, " Two --> three."))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "00:00:00,000"),
        (0.9995, "00:00:01,000"),
        (1.9996, "00:00:02,000"),
        (2.9997, "00:00:03,000"),
        (59.9996, "00:01:00,000"),
        (3599.9996, "01:00:00,000"),
        (360000.5, "100:00:00,500"),
    ],
)
def test_a_time_is_rounded_once(seconds, text):
    assert clock(seconds, ",") == text
    assert clock(seconds, ".") == text.replace(",", ".")


def test_srt():
    assert srt(TWO) == (
        "1\n00:00:00,000 --> 00:00:02,000\nOne.\n\n"
        "2\n00:01:00,000 --> 01:01:01,500\nTwo -> three.\n\n"
    )


def test_vtt():
    assert vtt(TWO) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nOne.\n\n"
        "00:01:00.000 --> 01:01:01.500\nTwo -> three.\n\n"
    )


def test_nothing_said():
    silence = heard()
    assert (plain(silence), srt(silence), vtt(silence)) == ("", "", "WEBVTT\n\n")
    assert plain(TWO) == "One. Two --> three.\n"


def test_logprobs():
    """A word's probability is its mean over tokens; 0 has no logarithm."""
    rest = (0.0, 1.0, "", [], 0, 0.0, -0.1, 1.0, 0.0)
    words = [Word(" One", 0.0, 0.5, 0.25), Word(" ü.", 0.5, 1.0, 0.0)]
    sound = Transcription(1.5, [Segment(*rest, words)])
    request = TranscriptionRequest(io.BytesIO(), "", 0.0, "json", ("segment",), logprobs=True)
    one, two = json.loads(answer(request, sound).body)["logprobs"]
    assert one == {
        "token": " One",
        "bytes": [32, 79, 110, 101],
        "logprob": pytest.approx(-1.386294),
    }
    assert bytes(two["bytes"]).decode() == " ü."
    assert two["logprob"] < -20
