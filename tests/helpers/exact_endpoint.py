"""Our endpoint's wire for exact logits over six tokens, for what the real one never sends.

Older servers, broken rows, other weights under the same address.
"""

import base64
import json

import httpx
import numpy as np

TOKENS = [b"a", b" b", b"\xe5\xa5", b"\xbd", b"c", b""]  # the last is <|end|>
LOGITS = [1.5, -0.25, 0.0, -3.0, 2.75, -8.0]


class ExactEndpoint:
    """Answers as our endpoint does. Change a field to make it answer something else.

    `full` are fields of the compact answer that replace the right ones, None: there is none.
    `paths` are those of the requests so far; `compact` are the bodies that asked for the logits.
    """

    def __init__(self):
        self.header = "exact"
        self.fingerprint = "fp_1"
        self.etag = '"1"'
        self.vocabulary = self.packed(TOKENS, {"5": "<|end|>"})
        self.logits = LOGITS
        self.full = {}
        self.refusal = None  # the status with which a compact request is refused
        self.paths = []
        self.headers = []
        self.compact = []

    @staticmethod
    def packed(tokens, names):
        """The JSON of a vocabulary."""
        return {
            "object": "samplers.vocabulary",
            "model": "m",
            "size": len(tokens),
            "bytes": base64.b64encode(b"".join(tokens)).decode(),
            "lengths": list(map(len, tokens)),
            "names": names,
            "stop_ids": [5],
        }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        body = json.loads(request.content or "{}")
        self.paths.append(path)
        self.headers.append(request.headers)
        if path == "/v1/models":
            headers = {} if self.header is None else {"x-samplers-logits": self.header}
            models = [{"id": "m", "owned_by": "samplers"}]
            return httpx.Response(200, json={"data": models}, headers=headers)
        if path == "/v1/samplers/vocabulary":
            return self.vocabulary_answer(request)
        if path == "/v1/tokenize":
            return httpx.Response(200, json=self.tokens(body))
        if path == "/v1/chat/completions":
            return self.chat(request, body)
        return httpx.Response(404, json={"error": {"message": "no such path"}})

    def vocabulary_answer(self, request):
        if self.vocabulary is None:
            return httpx.Response(404, json={"error": {"message": "no such path"}})
        if request.headers.get("if-none-match") == self.etag:
            return httpx.Response(304, headers={"etag": self.etag})
        return httpx.Response(200, json=self.vocabulary, headers={"etag": self.etag})

    def tokens(self, body):
        ids = [0, 1] if "messages" in body else [4]
        return {
            "ids": ids,
            "tokens": [self.entry(i) for i in ids],
            "vocabulary_size": len(TOKENS),
            "context_length": 64,
            "stop_ids": [5],
        }

    def chat(self, request, body):
        how = request.headers.get("x-samplers-full-logprobs")
        if how == "compact":
            self.compact.append(body)
            if self.refusal:
                return httpx.Response(self.refusal, json={"error": {"message": "refused"}})
        listed = np.argsort(LOGITS)[::-1][: body["top_logprobs"]].tolist()
        place = self.entry(4) | {"top_logprobs": [self.entry(i) for i in listed]}
        if how == "compact" and self.full is not None:
            place["full"] = self.row() | self.full
        choice = {"index": 0, "message": {"content": "c"}, "logprobs": {"content": [place]}}
        answer = {"choices": [choice], "system_fingerprint": self.fingerprint}
        return httpx.Response(200, content=json.dumps(answer))  # NaN, too

    def row(self):
        logits = np.array(self.logits, "<f4")
        return {
            "logits": base64.b64encode(logits.tobytes()).decode(),
            "logsumexp": float(np.log(np.exp(logits.astype(float)).sum())),
            "raw": True,
        }

    def entry(self, i):
        """A token as an entry of logprobs."""
        logprobs = np.array(LOGITS) - np.log(np.exp(LOGITS).sum())
        text = TOKENS[i].decode(errors="replace") or "<|end|>"
        return {"id": i, "token": text, "bytes": list(TOKENS[i]), "logprob": float(logprobs[i])}
