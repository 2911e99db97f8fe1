"""Our numbers against llama.cpp's running server: its distribution after each of 200 requests.

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
VOCABULARY = 49_152
SHOWN = 1000  # tokens that the server lists; no other one is likelier than the last of them
PENALTY_ALONE = {"samplers": ["penalties"], "repeat_penalty": 0.5, "post_sampling_probs": True}
TOLERANCE = 1e-4
VISIBLE = 1e-30  # float32 distinguishes this from 0
TEMPERATURE_FIRST = ["penalties", "temperature", "top_k", "top_p", "min_p"]
TURN = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
PROMPTS = [
    TURN.format("What is the capital of France?"),
    TURN.format("这个系统非常好用。用一个词评价它。"),
    TURN.format("Write one word.") + " ".join(["ha"] * 22),
    "Once upon a time there was a",
    "这个系统非常",
    "def fibonacci(n):\n    if n < 2:\n        return n\n    return",
    # over 64 tokens
    "zebra " + "one two three four five six seven eight nine ten " * 8 + "zebra one two",
    "I do not like it. " * 12 + "I do",
]


class Server:
    """llama.cpp's own server in this process, on loopback, asked for one next token at a time."""

    def __init__(self):
        import xllamacpp

        key = secrets.token_hex(8)
        params = xllamacpp.CommonParams()
        params.model.path = str(weights.ensure())
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.api_keys = [key]
        params.verbosity = -1
        params.warmup = False
        params.n_gpu_layers = 0
        params.n_parallel = 1
        params.n_ctx = 2048
        for threads in (params.cpuparams, params.cpuparams_batch):
            threads.n_threads = 1  # two would wait for each other at every step of a busy machine
        self._server = xllamacpp.Server(params)

        headers = {"Authorization": f"Bearer {key}", "Connection": "close"}
        url = self._server.listening_address
        self._http = httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)

    def post(self, path: str, **body) -> dict:
        response = self._http.post(path, json=body)
        response.raise_for_status()
        return response.json()

    def next_token(self, prompt: list[int], shown: int, **settings) -> list[dict]:
        """The entries of the `shown` most probable tokens after a prompt."""
        body = self.post("/completion", prompt=prompt, n_predict=1, n_probs=shown, **settings)
        step = body["completion_probabilities"][0]
        return step["top_probs" if settings.get("post_sampling_probs") else "top_logprobs"]


@pytest.fixture(scope="module")
def server():
    return Server()


class Context(NamedTuple):
    """A prompt as token ids, and the model's logits (V,) after it."""

    ids: list[int]
    logits: np.ndarray
    broken: list[int]  # tokens that are not whole UTF-8: a step that draws one is not reported


def is_broken(entry: dict) -> bool:
    return "\ufffd" in bytes(entry["bytes"]).decode(errors="replace")


@cache
def context(server: Server, prompt: str) -> Context:
    """Ask the model for the logits after a prompt, once for each prompt.

    The server reports log-softmax: the logits up to one constant. Only the repetition penalty needs
    the constant, because it depends on a logit's sign. One token gives it: a penalty of 0.5 doubles
    the token's logit, and its odds against a token outside the window show by how much. All the
    other tokens then test the penalty.
    """
    ids = server.post("/tokenize", content=prompt, parse_special=True)["tokens"]
    draw_a = {"logit_bias": [["a", 100]], "samplers": []}  # the raw logprobs don't see it
    server.next_token(ids, 1, **draw_a)  # caches the prompt: from here on every request is equal
    entries = server.next_token(ids, VOCABULARY, **draw_a)
    assert len(entries) == VOCABULARY
    logprobs = np.empty(len(entries))
    logprobs[[entry["id"] for entry in entries]] = [entry["logprob"] for entry in entries]
    broken = [entry["id"] for entry in entries if is_broken(entry)]

    whole = [entry["id"] for entry in entries if entry["id"] not in broken]
    inside = next(token for token in whole if token in ids[-64:])
    outside = next(token for token in whole if token not in ids[-64:])
    ban = [[token, -100] for token in broken]
    penalised = server.next_token(ids, SHOWN, **PENALTY_ALONE, logit_bias=ban)
    probs = {entry["id"]: entry["prob"] for entry in penalised}
    logit = np.log(probs[inside] / probs[outside]) - (logprobs[inside] - logprobs[outside])
    assert logit > 0  # a penalty of 0.5 would have halved a negative one
    return Context(ids, logprobs + (logit - logprobs[inside]), broken)


def random_request(
    seed: int, ids: list[int], logits: np.ndarray, broken: list[int]
) -> tuple[SamplingParams, bool]:
    """Parameters, and whether the temperature comes first; a bias always bans broken tokens."""
    rng = np.random.default_rng(seed)

    def sometimes(off, value):
        return off if rng.random() < 0.4 else value

    likely = np.unique([*np.argsort(-logits)[:30], *ids[-10:]])
    biased = rng.choice(likely, rng.integers(6), replace=False)
    bias = {int(token): float(rng.uniform(-8, 8)) for token in biased}
    bias |= dict.fromkeys(broken, -100.0)
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
    frequency = params.frequency_penalty
    presence = params.presence_penalty
    logits = penalties(logits, counts["penalties"], frequency, presence)
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
    }
    if first:
        settings["samplers"] = TEMPERATURE_FIRST
    entries = server.next_token(ids, SHOWN, **settings, post_sampling_probs=True)

    chain = Chain.for_engine("llama.cpp")
    counts = chain.counts(ids, [], logits.size)
    apply = temperature_first if first else chain.apply
    ours = softmax(apply(logits, params, counts))

    theirs = np.zeros(logits.size)
    theirs[[entry["id"] for entry in entries]] = [entry["prob"] for entry in entries]
    request = f"seed {seed}, {prompt!r}: {settings}"
    if len(entries) < SHOWN:  # these are all
        assert np.array_equal(theirs > VISIBLE, ours > VISIBLE), request
    else:  # the others are no likelier than the last of these
        unlisted = (theirs == 0) & (ours <= entries[-1]["prob"])
        np.copyto(theirs, ours, where=unlisted)
    assert np.abs(ours - theirs).max() < TOLERANCE, request
