"""The client on llama.cpp's own server, bare: an endpoint that is not ours, and whose wire differs
a little.
"""

import subprocess
import sys

import pytest

from samplers.api import APIError, AuthenticationError, Client

SERVER = """
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.verbosity, params.port, params.api_keys = sys.argv[1], -1, 0, ["k"]
params.n_ctx, params.n_parallel, params.cpuparams.n_threads = 2048, 2, 2
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def bare():
    """A client of llama.cpp's server with the same weights."""
    weights = subprocess.run(
        [sys.executable, "-m", "samplers.local.engine.weights"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.strip()
    pipes = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.DEVNULL,
        "text": True,
    }
    with subprocess.Popen([sys.executable, "-c", SERVER, weights], **pipes) as process:
        address = process.stdout.readline().strip()
        with Client(address + "/v1", "k") as client:
            yield client
        process.kill()


def test_it_chats_and_streams(bare):
    ask = {"temperature": 0, "max_tokens": 8}
    whole = bare.chat("What is the capital of France?", **ask)
    assert (
        "".join(c.text for c in bare.stream("What is the capital of France?", **ask)) == whole.text
    )
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
    theirs, ours = bare.next_token(messages), client.next_token(messages)
    p, q = (dict(zip(d.bytes, d.probs, strict=True)) for d in (theirs, ours))
    assert len(p.keys() & q.keys()) >= 17
    # 4-bit weights: how an engine batches a prompt moves a probability by some hundredths
    assert sum(abs(p[token] - q[token]) for token in p.keys() & q.keys()) / 2 < 0.1
    assert theirs.vocabulary_size is None


def test_it_has_no_extension_and_the_error_says_so(bare):
    for ask in (
        lambda: bare.next_token("x", after=[1]),
        lambda: bare.next_token("x", "all", after=[1]),
        lambda: bare.tokenize("x"),
        lambda: bare.as_model("x"),
    ):
        with pytest.raises(APIError, match=r"connect\('local'\)"):
            ask()


def test_all_that_it_gives_is_twenty(bare):
    distribution = bare.next_token("x", "all")
    assert len(distribution) == 20
    assert 0 < distribution.unseen < 1
    assert distribution.vocabulary_size is None


def test_its_errors_are_read(bare):
    with pytest.raises(AuthenticationError):
        Client(bare.base_url, "wrong", "m").chat("x")
