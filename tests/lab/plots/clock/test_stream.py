"""The stream on a clock: reads, tokens and texts where they came, by hand."""

import json

import numpy as np
import pytest
from picture_check import check_picture

from samplers.lab import plot_stream
from samplers.lab.plots.clock.stream import lanes


def event(delta: dict, tokens: int = 0, end: str | None = None) -> bytes:
    entry = {"token": "?", "bytes": [63], "logprob": -1.0, "top_logprobs": []}
    logprobs = {"content": [entry] * tokens} if tokens else None
    choice = {"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": end}
    return f"data: {json.dumps({'choices': [choice]}, ensure_ascii=False)}\n\n".encode()


HELLO = event({"content": "你"}, 2)
STREAM = [
    (0.05, event({"role": "assistant", "content": ""})),
    (0.20, HELLO[:70]),
    (0.30, HELLO[70:]),
    (0.34, event({"content": "好"}, 2) + event({"content": "!"}, 1)),
    (0.44, event({"content": "\n"}, 1)),
    (0.45, event({}, end="stop") + b"data: [DONE]\n\n"),
]


def test_it_holds_when_each_thing_came():
    data = plot_stream(STREAM, whole=0.5).data
    assert data["texts"] == ("你", "好", "!", "\n")
    # a chunk comes with its last byte
    np.testing.assert_allclose(data["times"], [0.30, 0.34, 0.34, 0.44])
    np.testing.assert_allclose(data["silent"], [0.05, 0.45])
    np.testing.assert_allclose(data["gaps"], [0.04, 0, 0.10])
    assert list(data["tokens"]) == [2, 2, 1, 1]
    assert data["first"] == pytest.approx(0.30)
    assert list(data["sizes"]) == [len(sent) for _, sent in STREAM]
    assert data["ended"]
    assert data["whole"] == 0.5


def test_its_text_holds_its_numbers():
    picture = plot_stream(STREAM, whole=0.5, title="Hello")
    check_picture(picture)
    assert picture.alt.startswith("Hello. 6 reads")
    assert "6 tokens in 4 chunks" in picture.alt
    assert "the first after 0.30 s, then one every 40 ms in the median" in picture.alt
    assert "你 | 好 | ! | ⏎" in picture.alt
    assert picture.alt.endswith("the whole answer came after 0.50 s.")


def test_a_broken_stream_is_drawn_as_far_as_it_came():
    picture = plot_stream(STREAM[:4])
    assert not picture.data["ended"]
    assert picture.data["texts"] == ("你", "好", "!")
    assert picture.alt.endswith("The stream broke off.")

    error = b'data: {"error": {"message": "out of memory"}}\n\n'
    assert plot_stream([*STREAM[:4], (0.5, error)]).data["texts"][-1] == "!"


def test_a_stream_without_a_token():
    data = plot_stream(STREAM[:1]).data
    assert data["first"] is None
    assert len(data["gaps"]) == len(data["texts"]) == 0


def test_nothing_is_an_error():
    with pytest.raises(ValueError, match="arrivals"):
        plot_stream([])


def test_labels_do_not_overlap():
    starts = np.array([0.0, 1.0, 2.0, 3.0])
    assert list(lanes(starts, np.array([0.5, 2.5, 0.5, 0.5]), 0.1)) == [0, 0, 1, 1]
    assert list(lanes(starts, np.full(4, 0.95), 0.1)) == [0, 1, 0, 1]
    assert list(lanes(np.zeros(0), np.zeros(0), 0.1)) == []
