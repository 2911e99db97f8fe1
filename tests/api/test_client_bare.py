"""The client on llama.cpp's own server: an endpoint that is not ours and differs a little."""

import pytest

from samplers.api import APIError, AuthenticationError, Client


def test_it_chats_and_streams(bare):
    greedy = {"temperature": 0, "max_tokens": 8}
    whole = bare.chat("What is the capital of France?", **greedy)
    chunks = bare.stream("What is the capital of France?", **greedy)
    assert "".join(chunk.text for chunk in chunks) == whole.text
    assert whole.usage.completion_tokens == 8


def test_calls_after_streams_do_not_meet_a_closed_connection(bare):
    for _ in range(10):
        list(bare.stream("Hi", max_tokens=2))
        bare.chat("Hi", max_tokens=1)


def test_next_token_agrees_with_the_local_endpoint(bare, client):
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is the capital of France?"},
    ]
    theirs = bare.next_token(messages)
    ours = client.next_token(messages)
    assert theirs.vocabulary_size is None

    p, q = (dict(zip(d.bytes, d.probs, strict=True)) for d in (theirs, ours))
    both = p.keys() & q.keys()
    assert len(both) >= 17
    # 4-bit weights: how an engine batches a prompt moves a probability by some hundredths
    assert sum(abs(p[token] - q[token]) for token in both) / 2 < 0.1


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.next_token("x", after=[1]),
        lambda client: client.next_token("x", "all", after=[1]),
        lambda client: client.tokenize("x"),
        lambda client: client.as_model("x"),
    ],
)
def test_it_has_no_extension_and_the_error_says_so(bare, call):
    with pytest.raises(APIError, match=r"connect\('local'\)"):
        call(bare)


def test_all_means_its_top_20(bare):
    distribution = bare.next_token("x", "all")
    assert len(distribution) == 20
    assert 0 < distribution.unseen < 1
    assert distribution.vocabulary_size is None


def test_its_errors_are_read(bare):
    with pytest.raises(AuthenticationError):
        Client(bare.base_url, "wrong", "m").chat("x")
