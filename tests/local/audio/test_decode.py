"""Files of every format of the API, and files that are broken."""

import contextlib
import io
import random

import numpy as np
import pytest
from sounds import CODECS, SPEECH, encoded, speech, wav

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


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format(suffix):
    """The sound is the one that was encoded, whatever the codec makes of its details."""
    content = encoded(speech(), 48_000, *CODECS[suffix])
    samples = decode(io.BytesIO(content))
    assert samples.dtype == np.float32
    assert len(samples) / RATE == pytest.approx(8.29, abs=0.1)

    loud = np.abs(samples[: 8 * RATE]).reshape(-1, RATE // 10).mean(axis=1)
    wanted = np.abs(speech(RATE)[: 8 * RATE] / 32768).reshape(-1, RATE // 10).mean(axis=1)
    assert np.corrcoef(loud, wanted)[0, 1] > 0.9


def test_a_rate_of_24_bits():
    assert len(decode(io.BytesIO(encoded(speech(44_100), 44_100, "wav", "pcm_s24le")))) == 132_640


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
