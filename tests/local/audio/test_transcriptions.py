"""POST /v1/audio/transcriptions on real speech, with OpenAI's SDK."""

import numpy as np
import openai
import pytest
from sounds import SPEECH, speech, wav, word_error_rate

import samplers.api
from samplers.api import Client

pytest.importorskip("faster_whisper", reason="make senses installs it")
MODEL = "whisper-tiny.en"
SECONDS = 8.29
FORMATS = ("json", "text", "srt", "vtt", "verbose_json")


@pytest.fixture(scope="module")
def transcribe(sdk):
    """A function that transcribes a file: its name and its bytes, or the lessons' speech."""

    def call(name="speech.ogg", content=None, model=MODEL, **fields):
        file = (name, SPEECH.read_bytes() if content is None else content)
        return sdk.audio.transcriptions.create(file=file, model=model, **fields)

    return call


@pytest.fixture(scope="module")
def verbose(transcribe):
    return transcribe(response_format="verbose_json", timestamp_granularities=["word", "segment"])


def test_verbose_json(verbose):
    assert verbose.task == "transcribe"
    assert verbose.language == "english"
    assert verbose.duration == pytest.approx(SECONDS, abs=0.01)
    assert verbose.usage.seconds == 9
    assert word_error_rate(verbose.text) < 0.25
    assert "".join(segment.text for segment in verbose.segments).strip() == verbose.text
    assert [segment.id for segment in verbose.segments] == list(range(len(verbose.segments)))
    assert " ".join(word.word for word in verbose.words).replace(" -", "-") == verbose.text

    times = [time for word in verbose.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert times[-1] <= verbose.duration
    assert all(0 < word.probability <= 1 for word in verbose.words)


def test_our_own_client_and_the_same_answer_again(served, verbose):
    with Client(served.base_url, served.key, MODEL) as client:
        heard = samplers.api.transcribe(client, SPEECH, model=MODEL)
    assert heard.text == verbose.text == " ".join(text for _, _, text in heard.segments)
    assert heard.duration == verbose.duration
    found = [(word.text, word.start, word.end, word.probability) for word in heard.words]
    assert found == [(word.word, word.start, word.end, word.probability) for word in verbose.words]


def test_a_prompt_helps_and_logprobs(transcribe, verbose):
    """The word that Whisper does not know is in the prompt."""
    answer = transcribe(prompt="ill-disposed", include=["logprobs"])
    assert word_error_rate(answer.text) < 0.1
    assert word_error_rate(answer.text) <= word_error_rate(verbose.text)
    assert answer.usage.type == "duration"
    assert "".join(token.token for token in answer.logprobs).strip() == answer.text
    for token in answer.logprobs:
        assert bytes(map(int, token.bytes)).decode() == token.token
        assert token.logprob <= 0


@pytest.mark.parametrize("response_format", FORMATS)
def test_silence(transcribe, response_format):
    """Whisper may find "you" or "Thanks for watching" in it."""
    answer = transcribe("x.wav", wav(np.zeros(6 * 16_000), 16_000), response_format=response_format)
    if response_format == "verbose_json":
        assert (answer.text, answer.segments, answer.duration) == ("", [], 6.0)
    elif response_format == "json":
        assert answer.text == ""
    else:
        assert answer == ("WEBVTT\n\n" if response_format == "vtt" else "")


def test_a_telephones_sound_on_the_right_alone_with_noise_after_it(transcribe):
    """The words are the same, but for one at most. Whisper alone hears ". . . . ." in noise."""
    rate = 8_000
    spoken = speech(rate)[int(3.3 * rate) : int(6.7 * rate)]
    noise = np.random.default_rng(1).normal(0, 300, 30 * rate)
    right = np.concatenate([spoken, noise])
    content = wav(np.stack([np.zeros_like(right), right], axis=1), rate)
    answer = transcribe("x.wav", content, response_format="verbose_json")
    assert answer.duration == pytest.approx(33.4, abs=0.05)
    said = "unless to be rather cold hearted and rather selfish"
    assert word_error_rate(answer.text, said) < 0.12
    assert ". ." not in answer.text


@pytest.mark.parametrize(
    ("changed", "status", "param", "code"),
    [
        ({"name": "x.opus"}, 400, "file", "unsupported_value"),
        ({"name": "x"}, 400, "file", "unsupported_value"),
        ({"model": "whisper-1"}, 404, None, "model_not_found"),
        ({"content": b"RIFF"}, 400, "file", "invalid_value"),
        ({"content": wav(np.zeros(100), 16_000)}, 400, "file", "audio_too_short"),
        ({"content": wav(np.zeros(1_000), 1)}, 400, "file", "invalid_value"),
        ({"language": "de"}, 400, "language", "unsupported_value"),
        ({"temperature": 1.1}, 400, "temperature", "decimal_above_max_value"),
        ({"response_format": "diarized_json"}, 400, "response_format", "invalid_value"),
        ({"include": ["logprobs"], "response_format": "text"}, 400, "include", None),
        ({"timestamp_granularities": ["word"]}, 400, "timestamp_granularities", None),
        ({"timestamp_granularities": ["letter"]}, 400, "timestamp_granularities", None),
        ({"chunking_strategy": {"type": "server_vad"}}, 400, "chunking_strategy", None),
        ({"known_speaker_names": ["Jane"]}, 400, "known_speaker_names", "unsupported_parameter"),
        ({"extra_body": {"colour": "red"}}, 400, "colour", "unknown_parameter"),
    ],
)
def test_a_wrong_request(transcribe, changed, status, param, code):
    with pytest.raises(openai.APIStatusError) as caught:
        transcribe(**changed)
    assert caught.value.status_code == status
    assert caught.value.param == param
    assert code in (None, caught.value.code)


def test_messages(transcribe):
    with pytest.raises(openai.BadRequestError, match="Unsupported file format opus"):
        transcribe("x.opus")
    with pytest.raises(openai.NotFoundError, match=r"`whisper-1`.*`whisper-tiny\.en`"):
        transcribe(model="whisper-1")
    with pytest.raises(openai.BadRequestError, match="English"):
        transcribe(language="de")
    with pytest.raises(openai.BadRequestError, match=r"'stream' is not supported"):
        transcribe(stream=True)


def test_without_the_packages(transcribe, monkeypatch):
    monkeypatch.setattr("samplers.local.request.senses.find_spec", lambda name: None)
    with pytest.raises(openai.APIStatusError, match="make senses") as caught:
        transcribe()
    assert (caught.value.status_code, caught.value.code) == (501, "not_installed")


def test_bodies_against_openais_api_file(http):
    files = {"file": ("x.wav", wav(np.zeros(16_000), 16_000))}
    data = {"model": MODEL, "response_format": "verbose_json", "timestamp_granularities[]": "word"}
    answer = http.post("/audio/transcriptions", files=files, data=data)
    assert answer.status_code == 200
    assert "segments" not in answer.json()
