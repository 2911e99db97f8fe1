"""An endpoint over a toy model that samples as any engine does, and refuses requests on demand.

Its chain is the core's own.
"""

import json

import httpx
import numpy as np

from samplers import Chain, SamplingParams, draw, log_softmax
from samplers.api import Client
from samplers.params import RANGES

# The toy model's tokens; id 0 ends the turn. The digits are likely, and a digit is likely to come
# again.
VOCABULARY = (
    [b""]
    + [str(digit).encode() for digit in range(10)]
    + [bytes([letter]) for letter in range(65, 91)]
    + [b" a", b"\xe5\xa5"]
)
# the parameters of a request that change what is drawn
SAMPLING = set(RANGES) - {"n", "max_tokens", "top_logprobs"}


def toy_logits(after):
    """The logits after the ids `after`: they depend on the last one."""
    rng = np.random.default_rng([7, *after[-1:]])
    logits = rng.normal(-4, 1, len(VOCABULARY))
    logits[1:11] += rng.normal(4, 1.2, 10)
    if after:
        logits[after[-1]] += 3
    return logits


class ToyEndpoint:
    """Chat completions over the toy model, as an engine of any kind would answer.

    `engine`: whose chain. `logprobs` and `counts`: what its logprobs mean and which tokens its
    penalties count, as in `samplers.compare.hypotheses`; the prompt's tokens are its digits.
    `refuse(body)` may return a status with which a request is refused before any draw. `displaces`:
    the drawn token stands first among the top_logprobs, in the place of the last, as in vLLM.
    """

    def __init__(
        self,
        engine="openai",
        logprobs="raw",
        counts="output",
        seed=0,
        refuse=None,
        displaces=False,
    ):
        self.chain = Chain.for_engine(engine)
        self.logprobs = logprobs
        self.counts = counts
        self.rng = np.random.default_rng(seed)
        self.refuse = refuse or (lambda body: None)
        self.displaces = displaces
        self.bodies = []  # of the requests so far

    def client(self):
        transport = httpx.MockTransport(self.answer)
        return Client("http://fake.test/v1", "key", "toy", transport=transport, max_retries=0)

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
        params = params_of(body)
        prompt = prompt_ids(body["messages"])
        output = []
        content = []
        while len(output) < body["max_tokens"] and 0 not in output:
            logits = toy_logits(output)
            processed = self.processed(logits, params, prompt, output)
            token = int(draw(processed, self.rng))
            shown = logits
            if self.logprobs != "raw":
                shown = self.processed(logits, self.shown_params(params), prompt, output)
            place = entry_with_top(token, log_softmax(shown), body.get("top_logprobs", 0))
            content.append(displaced(place) if self.displaces else place)
            output.append(token)

        text = b"".join(VOCABULARY[token] for token in output).decode(errors="replace")
        return {
            "index": index,
            "message": {"role": "assistant", "content": text},
            "finish_reason": "stop" if 0 in output else "length",
            "logprobs": {"content": content} if body.get("logprobs") else None,
        }

    def shown_params(self, params):
        """The parameters without those whose stages come after the logprobs."""
        truncation = {"top_k": 0, "top_p": 1, "min_p": 0}
        later = {
            "processed": {},
            "processed before truncation": truncation,
            "processed before temperature": truncation | {"temperature": 1},
        }
        return params.replace(**later[self.logprobs])

    def processed(self, logits, params, prompt, output):
        """The logits after the chain, with the tokens that this endpoint's penalties count."""
        counted = {"nothing": [], "output": output, "prompt and output": prompt + output}
        counts = np.bincount(counted[self.counts], minlength=len(logits))
        return self.chain.apply(logits, params, counts)


def params_of(body):
    """A request's sampling parameters; SGLang's top_k = -1 is off too."""
    given = {name: value for name, value in body.items() if name in SAMPLING}
    return SamplingParams(**given | {"top_k": max(0, body.get("top_k", 0))})


def prompt_ids(messages):
    """The ids of the digits in the messages."""
    text = "".join(message["content"] for message in messages)
    return [VOCABULARY.index(c.encode()) for c in text if c.isdecimal()]


def entry_with_top(token, logprobs, top):
    """A token's entry in an answer's logprobs, with the `top` likeliest tokens at its place."""
    best = np.argsort(-logprobs, kind="stable")[:top]
    listed = [entry(token_id, logprobs) for token_id in best if logprobs[token_id] > -np.inf]
    return {**entry(token, logprobs), "top_logprobs": listed}


def displaced(place):
    """A token's entry as vLLM writes it: the drawn token first, in the place of the last."""
    top = place["top_logprobs"]
    own = {name: value for name, value in place.items() if name != "top_logprobs"}
    others = [other for other in top if other != own]
    return {**place, "top_logprobs": [own, *others][: len(top)]}


def entry(token, logprobs):
    token_bytes = VOCABULARY[token]
    return {
        "token": token_bytes.decode(errors="replace"),
        "bytes": list(token_bytes),
        "logprob": max(float(logprobs[token]), -9999.0),
    }
