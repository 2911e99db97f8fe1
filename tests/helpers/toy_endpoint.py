"""An endpoint over a toy model that may work as any engine, and fail at will. Its chain is the
core's own.
"""

import json

import httpx
import numpy as np

from samplers import Chain, SamplingParams, draw, log_softmax
from samplers.api import Client
from samplers.params import RANGES

# A toy model: the digits are likely, two of them likely to come again; in a shuffled order, so that
# ids mean nothing.
VOCABULARY = (
    [b""]
    + [str(d).encode() for d in range(10)]
    + [bytes([c]) for c in range(65, 91)]
    + [b" a", b"\xe5\xa5"]
)


def toy_logits(after):
    """The logits after the ids `after`: they depend on the last one."""
    rng = np.random.default_rng([7, *after[-1:]])
    logits = rng.normal(-4, 1, len(VOCABULARY))
    logits[1:11] += rng.normal(4, 1.2, 10)
    if after:
        logits[after[-1]] += 3
    return logits


class FakeEndpoint:
    """Chat completions over the toy model, as an engine of any kind would answer.

    `engine`: whose chain. `logprobs`: "raw" or "processed". `counts`: which tokens the penalties
    count; the prompt's digits are its tokens. `refuse(body)` may return a status with which a
    request is refused, before any draw.
    """

    def __init__(
        self, engine="openai", logprobs="raw", counts="output", seed=0, refuse=None, shown=20
    ):
        self.chain, self.logprobs, self.counts, self.shown = (
            Chain.for_engine(engine),
            logprobs,
            counts,
            shown,
        )
        self.rng, self.refuse, self.bodies = (
            np.random.default_rng(seed),
            refuse or (lambda body: None),
            [],
        )

    def client(self):
        return Client(
            "http://fake.test/v1", "key", "toy", transport=httpx.MockTransport(self.answer)
        )

    def answer(self, request):
        if request.url.path != "/v1/chat/completions":
            return httpx.Response(404, json={"error": {"message": "no such path"}})
        body = json.loads(request.content)
        self.bodies.append(body)
        status = self.refuse(body)
        if status:
            return httpx.Response(status, json={"error": {"message": "refused"}})
        choices = [self.choice(body, index) for index in range(body.get("n", 1))]
        return httpx.Response(200, json={"model": "toy", "choices": choices})

    def choice(self, body, index):
        takes = set(RANGES) - {"n", "max_tokens", "top_logprobs"}
        given = {name: value for name, value in body.items() if name in takes}
        params = SamplingParams(**given | {"top_k": max(0, body.get("top_k", 0))})
        text = "".join(message["content"] for message in body["messages"])
        prompt = [VOCABULARY.index(c.encode()) for c in text if c.isdecimal()]
        output, content, reason = [], [], "length"
        while len(output) < body["max_tokens"]:
            logits = toy_logits(output)
            counted = {"nothing": [], "output": output, "prompt and output": prompt + output}[
                self.counts
            ]
            after = self.chain.apply(logits, params, np.bincount(counted, minlength=len(logits)))
            token = int(draw(after, self.rng))
            tells = log_softmax(after if self.logprobs == "processed" else logits)
            best = np.argsort(-tells, kind="stable")[: min(body.get("top_logprobs", 0), self.shown)]
            top = [entry(i, tells) for i in best if tells[i] > -np.inf]
            content.append({**entry(token, tells), "top_logprobs": top})
            output.append(token)
            if token == 0:
                reason = "stop"
                break
        text = b"".join(VOCABULARY[i] for i in output).decode(errors="replace")
        logprobs = {"content": content} if body.get("logprobs") else None
        return {"index": index, "message": {"role": "assistant", "content": text}, "finish_reason": reason,
                "logprobs": logprobs}  # fmt: skip


def entry(token, tells):
    piece = VOCABULARY[token]
    return {
        "token": piece.decode(errors="replace"),
        "bytes": list(piece),
        "logprob": max(float(tells[token]), -9999.0),
    }
