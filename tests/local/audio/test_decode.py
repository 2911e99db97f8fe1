"""Files of every format of the API, and files that are broken."""

import contextlib
import io
import random
import sys

import numpy as np
import pytest
from sounds import CODECS, SPEECH, encoded, speech, wav

from samplers.local.audio import recognise
from samplers.local.audio.decode import MOST_SECONDS, RATE, decode
from samplers.local.audio.request import SUFFIXES
from samplers.local.request.errors import ApiError

pytest.importorskip("av", reason="make senses installs it")


def refusal(content: bytes) -> tuple:
    """The code and the message of the error."""
    with pytest.raises(ApiError) as caught:
        decode(io.BytesIO(content))
    assert caught.value.status == 400
    error = caught.value.body["error"]
    assert error["param"] == "file"
    return error["code"], error["message"]


def is_the_speech(samples: np.ndarray) -> bool:
    """Whether it is as loud as the speech's first three seconds where these are."""
    assert samples.dtype == np.float32
    assert len(samples) / RATE == pytest.approx(3, abs=0.1)
    loud = np.abs(samples[: int(2.9 * RATE)]).reshape(-1, RATE // 10).mean(axis=1)
    wanted = np.abs(speech(RATE)[: int(2.9 * RATE)] / 32768).reshape(-1, RATE // 10).mean(axis=1)
    return np.corrcoef(loud, wanted)[0, 1] > 0.9


@pytest.mark.parametrize(
    "suffix", sorted({codec: suffix for suffix, codec in CODECS.items()}.values())
)
def test_every_format(suffix):
    """The sound is the one that was encoded, whatever the codec makes of its details."""
    content = encoded(speech()[: 3 * 48_000], 48_000, *CODECS[suffix])
    assert is_the_speech(decode(io.BytesIO(content)))


def test_every_ending_has_a_codec():
    assert sorted(CODECS) == sorted(SUFFIXES)


def test_rates_and_channels():
    """The length is right, too: wrong rates are heard as another speed."""
    three = speech(44_100)[: 3 * 44_100]
    right = np.stack([np.zeros_like(three), three], axis=1)
    for content in (
        wav(speech(8_000)[: 3 * 8_000], 8_000),
        wav(right, 44_100),
        encoded(three, 44_100, "wav", "pcm_s24le"),
        encoded(speech()[: 3 * 48_000], 48_000, "wav", "pcm_f32le", "stereo"),
    ):
        samples = decode(io.BytesIO(content))
        assert is_the_speech(samples)
        assert len(samples) == 3 * RATE


def test_packages_that_cannot_be_loaded(monkeypatch):
    """As on Windows without a library of Microsoft's: neither a 500 nor a broken file."""
    monkeypatch.setattr("samplers.local.request.senses.find_spec", lambda name: name)
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ApiError, match=r"cannot be loaded here: .*`make senses`") as caught:
        decode(io.BytesIO(b""))
    assert (caught.value.status, caught.value.body["error"]["code"]) == (501, "not_loaded")

    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(ApiError, match="cannot be loaded here"):
        recognise._whisper.__wrapped__()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no sound at all" * 100,
        SPEECH.read_bytes()[:60],
    ],
)
def test_what_is_no_sound(content):
    assert refusal(content)[0] == "invalid_value"


def test_a_list_of_other_files(tmp_path, monkeypatch):
    """FFmpeg would open the files that a file names, and addresses, too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.wav").write_bytes(wav(np.zeros(RATE), RATE))
    assert refusal(b"ffconcat version 1.0\nfile secret.wav\n")[0] == "invalid_value"


def test_a_film_without_sound():
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        out.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        out.mux(stream.encode(None))
    assert refusal(file.getvalue())[0] == "invalid_value"


def test_lengths():
    assert refusal(wav(np.zeros(1_599), RATE))[0] == "audio_too_short"
    assert len(decode(io.BytesIO(wav(np.zeros(1_600), RATE)))) == 1_600
    # one frame of it would become gigabytes
    assert str(MOST_SECONDS) in refusal(wav(np.zeros(100_000), 1))[1]


def test_broken_bytes():
    """A file that is broken anywhere is refused, or what can be heard of it is heard."""
    whole = SPEECH.read_bytes()
    rng = random.Random(0)
    for _ in range(40):
        content = bytearray(whole[: rng.randrange(len(whole))])
        for _ in range(rng.randrange(20)):
            content[rng.randrange(len(content) or 1) : 1] = bytes([rng.randrange(256)])
        with contextlib.suppress(ApiError):
            samples = decode(io.BytesIO(bytes(content)))
            assert np.isfinite(samples).all()
