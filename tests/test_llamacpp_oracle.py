"""Our numbers against llama.cpp's running server: 200 random requests, and what it would draw from
after each.

The server's `post_sampling_probs` is the distribution after its whole chain. Ours starts from the
model's raw logprobs of the same prompt, which the same server gives for the whole vocabulary.
"""

import secrets
from functools import cache
from typing import NamedTuple

import httpx
import numpy as np
import pytest

from samplers import (
    Chain,
    SamplingParams,
    logit_bias,
    min_p,
    penalties,
    repetition_penalty,
    softmax,
    temperature,
    top_k,
    top_p,
)
from samplers.local.engine import weights

SEED = 20261122
# tokens the server lists; the rest of its 49,152 are each less likely than the last one shown
SHOWN = 1000
PENALTY_ALONE = {"samplers": ["penalties"], "repeat_penalty": 0.5, "post_sampling_probs": True}
TOLERANCE = 1e-4
VISIBLE = 1e-30  # what float32 can still tell from 0
TEMPERATURE_FIRST = ["penalties", "temperature", "top_k", "top_p", "min_p"]
TURN = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
PROMPTS = [
    TURN.format("What is the capital of France?"),
    TURN.format("这个系统非常好用。用一个词评价它。"),
    TURN.format("Write one word.")
    + "ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha",
    "Once upon a time there was a",
    "这个系统非常",
    "def fibonacci(n):\n    if n < 2:\n        return n\n    return",
    # over 64 tokens
    "zebra " + "one two three four five six seven eight nine ten " * 8 + "zebra one two",
    "I do not like it. " * 12 + "I do",
]


class Server:
    """llama.cpp's own server in this process, on loopback, and what it says of one next token."""

    def __init__(self):
        import xllamacpp

        params, key = xllamacpp.CommonParams(), secrets.token_hex(8)
        params.model.path = str(weights.ensure())
        params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [key]
        params.verbosity, params.warmup, params.n_gpu_layers = -1, False, 0
        params.n_parallel, params.n_ctx = 1, 2048
        for threads in (params.cpuparams, params.cpuparams_batch):
            threads.n_threads = 1  # two would wait for each other at every step of a busy machine
        self._server = xllamacpp.Server(params)
        headers = {"Authorization": f"Bearer {key}", "Connection": "close"}
        url = self._server.listening_address
        self._http = httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)

    def post(self, path: str, **body) -> dict:
        answer = self._http.post(path, json=body)
        answer.raise_for_status()
        return answer.json()

    def next_token(self, prompt: list[int], shown: int, **settings) -> list[dict]:
        answer = self.post("/completion", prompt=prompt, n_predict=1, n_probs=shown, **settings)
        step = answer["completion_probabilities"][0]
        return step["top_probs" if settings.get("post_sampling_probs") else "top_logprobs"]


@pytest.fixture(scope="module")
def server():
    return Server()


class Context(NamedTuple):
    """A prompt as token ids, and the model's logits (V,) after it."""

    ids: list[int]
    logits: np.ndarray
    # tokens that are not whole UTF-8: the server tells nothing of a step that draws one
    broken: list[int]


@cache
def context(server: Server, prompt: str) -> Context:
    """Ask the model once a prompt.

    The server tells log-softmax: the logits up to one constant. Only the repetition penalty asks
    for the constant, for it looks at a logit's sign. It is found from one token: a penalty of 0.5
    doubles its logit, and its odds against a token outside the window say by how much. All the
    other tokens then test the penalty.
    """
    ids = server.post("/tokenize", content=prompt, parse_special=True)["tokens"]
    draw_a = {"logit_bias": [["a", 100]], "samplers": []}  # the raw logprobs don't see it
    # from here on the prompt is cached, and every request computes the same
    server.next_token(ids, 1, **draw_a)
    entries = server.next_token(ids, 49_152, **draw_a)
    assert len(entries) == 49_152
    logprobs = np.empty(len(entries))
    logprobs[[entry["id"] for entry in entries]] = [entry["logprob"] for entry in entries]
    broken = [
        entry["id"]
        for entry in entries
        if "\ufffd" in bytes(entry["bytes"]).decode(errors="replace")
    ]

    whole = [entry["id"] for entry in entries if entry["id"] not in broken]
    inside = next(token for token in whole if token in ids[-64:])
    outside = next(token for token in whole if token not in ids[-64:])
    after = server.next_token(
        ids, SHOWN, **PENALTY_ALONE, logit_bias=[[token, -100] for token in broken]
    )
    after = {entry["id"]: entry["prob"] for entry in after}
    logit = np.log(after[inside] / after[outside]) - (logprobs[inside] - logprobs[outside])
    assert logit > 0  # else a penalty of 0.5 would have halved it
    return Context(ids, logprobs + (logit - logprobs[inside]), broken)


def random_request(
    seed: int, ids: list[int], logits: np.ndarray, broken: list[int]
) -> tuple[SamplingParams, bool]:
    """Parameters, and whether the temperature comes first. Broken tokens are always banned, by
    bias.
    """
    rng = np.random.default_rng(seed)
    sometimes = lambda off, value: off if rng.random() < 0.4 else value  # noqa: E731
    biased = rng.choice(
        np.unique([*np.argsort(-logits)[:30], *ids[-10:]]), rng.integers(6), replace=False
    )
    bias = {int(token): float(rng.uniform(-8, 8)) for token in biased} | dict.fromkeys(
        broken, -100.0
    )
    params = SamplingParams(
        temperature=float(rng.choice([0, 1e-6, 0.02, 0.3, 1, 2, *rng.uniform(0.2, 2, 6)])),
        top_p=float(rng.choice([0, 0.05, 1, 1, *rng.uniform(0.3, 0.99, 8)])),
        top_k=int(sometimes(0, rng.integers(1, 200))),
        min_p=float(sometimes(0, 10 ** rng.uniform(-4, -0.3))),
        repetition_penalty=float(sometimes(1, rng.uniform(0.7, 1.8))),
        frequency_penalty=float(sometimes(0, rng.uniform(-2, 2))),
        presence_penalty=float(sometimes(0, rng.uniform(-2, 2))),
        logit_bias=bias,
    )
    return params, bool(rng.random() < 0.5)


def temperature_first(logits: np.ndarray, params: SamplingParams, counts) -> np.ndarray:
    """The order that the gateway asks of the engine, from the core's own functions."""
    logits = logit_bias(logits, params.logit_bias)
    logits = repetition_penalty(logits, counts["repetition"], params.repetition_penalty)
    logits = penalties(
        logits, counts["penalties"], params.frequency_penalty, params.presence_penalty
    )
    logits = temperature(logits, params.temperature)
    return min_p(top_p(top_k(logits, params.top_k), params.top_p), params.min_p)


@pytest.mark.parametrize("seed", range(SEED, SEED + 200))
def test_the_server_draws_from_our_distribution(server, seed):
    prompt = PROMPTS[(seed - SEED) // 25]
    ids, logits, broken = context(server, prompt)
    params, first = random_request(seed, ids, logits, broken)
    settings = {
        "temperature": params.temperature,
        "top_k": params.top_k,
        "top_p": params.top_p,
        "min_p": params.min_p,
        "repeat_penalty": params.repetition_penalty,
        "frequency_penalty": params.frequency_penalty,
        "presence_penalty": params.presence_penalty,
        "repeat_last_n": 64,
        "logit_bias": list(params.logit_bias.items()),
        **({"samplers": TEMPERATURE_FIRST} if first else {}),
    }
    entries = server.next_token(ids, SHOWN, **settings, post_sampling_probs=True)

    chain = Chain.for_engine("llama.cpp")
    counts = chain.counts(ids, [], logits.size)
    ours = softmax((temperature_first if first else chain.apply)(logits, params, counts))

    theirs = np.zeros(logits.size)
    theirs[[entry["id"] for entry in entries]] = [entry["prob"] for entry in entries]
    said = f"seed {seed}, {prompt!r}: {settings}"
    if len(entries) < SHOWN:  # that is all of them
        assert np.array_equal(theirs > VISIBLE, ours > VISIBLE), said
    else:  # the others are no likelier than the last of these
        np.copyto(theirs, ours, where=(theirs == 0) & (ours <= entries[-1]["prob"]))
    assert np.abs(ours - theirs).max() < TOLERANCE, said
