"""transcribe(): what is sent, and what is made of the answer."""

import httpx
import pytest
from sounds import CODECS, SPEECH, encoded, speech, wav

from samplers.api import (
    APIError,
    BadRequestError,
    Client,
    NotFoundError,
    SpokenWord,
    transcribe,
)
from samplers.api.audio.container import container

BASE = "http://endpoint.example/v1"
ANSWER = {
    "task": "transcribe",
    "language": "english",
    "duration": "1.5",
    "text": "Hello there.",
    "words": [{"word": " Hello", "start": 0, "end": 0.5}, {"word": "there.", "probability": 0.25}],
    "segments": [{"start": 0.0, "end": 1.5, "text": " Hello there."}],
}


@pytest.fixture
def asked():
    """The bodies of the requests."""
    return []


@pytest.fixture
def fake(asked):
    """A client of an endpoint that always says the same."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/v1/audio/transcriptions":
            return httpx.Response(404, json={"error": {"message": "no such path"}})
        asked.append(request.read())
        return httpx.Response(200, json=ANSWER)

    with Client(BASE, "sk-x", "m", transport=httpx.MockTransport(answer)) as client:
        yield client


def test_the_answer(fake):
    heard = transcribe(fake, SPEECH)
    assert heard.text == "Hello there."
    assert heard.duration == 1.5
    assert heard.words[0] == SpokenWord("Hello", 0.0, 0.5, None)
    assert heard.words[1] == SpokenWord("there.", None, None, 0.25)
    assert heard.segments == ((0.0, 1.5, "Hello there."),)


def test_the_form(fake, asked, tmp_path):
    """Opus in Ogg goes out as .ogg, whatever its name is; the name itself stays here."""
    path = tmp_path / "my voice.opus"
    path.write_bytes(SPEECH.read_bytes())
    transcribe(fake, path, prompt="ill-disposed", language="en")
    transcribe(fake, str(path))
    form, _ = asked
    assert b'filename="audio.ogg"' in form
    assert b"my voice" not in form
    assert b"opus" not in form[:600].lower()
    for value in (
        b"whisper-1",
        b"verbose_json",
        b"\r\nword\r\n",
        b"\r\nsegment\r\n",
        b"\r\nen\r\n",
    ):
        assert value in form
    assert form.count(b'name="timestamp_granularities[]"') == 2


@pytest.mark.parametrize("suffix", CODECS)
def test_the_kind_of_a_file(suffix):
    pytest.importorskip("av", reason="make senses installs it")
    kind = container(encoded(speech()[:48_000], 48_000, *CODECS[suffix])[:12])
    same = {"mpga": "mp3", "mp4": "m4a", "mpeg": None}
    assert kind == same.get(suffix, suffix)


@pytest.mark.parametrize(
    ("audio", "options", "message"),
    [
        (None, {}, "audio must be a path or a file's bytes, not empty, got None"),
        (b"", {}, "not empty"),
        (b"no sound at all", {}, "begins as none of them"),
        (SPEECH, {"prompt": 7}, "prompt must be a str"),
        (SPEECH, {"language": b"en"}, "language must be a str"),
    ],
)
def test_wrong_arguments(fake, asked, audio, options, message):
    with pytest.raises(ValueError, match=message):
        transcribe(fake, audio, **options)
    assert asked == []


def test_money_is_not_spent_without_a_price():
    def answer(request: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing must be sent")

    transport = httpx.MockTransport(answer)
    with (
        Client("https://api.openai.com/v1", "sk-x", transport=transport) as client,
        pytest.raises(ValueError, match="cannot price audio"),
    ):
        transcribe(client, SPEECH)


@pytest.mark.parametrize("answer", [{"words": []}, {"text": 7}, [], "text"])
def test_an_answer_without_text(answer):
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=answer))
    with (
        Client(BASE, "sk-x", "m", transport=transport) as client,
        pytest.raises(APIError, match="cannot be read"),
    ):
        transcribe(client, SPEECH, model="whisper-1")


def test_the_local_endpoint(client):
    """Its model is the default. What it makes of speech: tests/local/audio."""
    pytest.importorskip("faster_whisper", reason="make senses installs it")
    with pytest.raises(NotFoundError, match=r"whisper-tiny\.en"):
        transcribe(client, SPEECH, model="whisper-1")
    with pytest.raises(BadRequestError, match="corrupted"):
        transcribe(client, wav(speech(8_000), 8_000)[:40])
