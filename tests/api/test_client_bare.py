"""The client on llama.cpp's own server: an endpoint that is not ours and differs a little."""

import pytest

from samplers.api import AuthenticationError, Client


def test_it_chats_and_streams(bare):
    greedy = {"temperature": 0, "max_tokens": 8}
    whole = bare.chat("What is the capital of France?", **greedy)
    chunks = bare.stream("What is the capital of France?", **greedy)
    assert "".join(chunk.text for chunk in chunks) == whole.text
    assert whole.usage.completion_tokens == 8


def test_its_cached_tokens_are_those_of_the_engine(bare):
    bare.chat("Why is the sea salty?", max_tokens=1)
    usage = bare.chat("Why is the sea salty?", max_tokens=1).usage
    assert usage.engine_cached_tokens == usage.cached_tokens > 0


def test_calls_after_streams_do_not_meet_a_closed_connection(bare):
    for _ in range(10):
        list(bare.stream("Hi", max_tokens=2))
        bare.chat("Hi", max_tokens=1)


def test_its_errors_are_read(bare):
    with pytest.raises(AuthenticationError):
        Client(bare.base_url, "wrong", "m").chat("x")
