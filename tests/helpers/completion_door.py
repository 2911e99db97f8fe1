"""Asks an endpoint for completions, over plain HTTP that is checked against OpenAI's API file."""

import json

import httpx

ARRAYS = ("tokens", "token_logprobs", "top_logprobs", "text_offset")
NORWAY = "The capital of Norway is Oslo"


class CompletionDoor:
    """An `endpoint` of the tests, and a client of it."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.http = endpoint.client()
        self.http.timeout = 600  # a long text on a busy machine

    def post(self, prompt=NORWAY, headers=None, **fields) -> httpx.Response:
        """The response to a request. A field that is None is null."""
        body = {"model": self.endpoint.model, "prompt": prompt, **fields}
        return self.http.post("/completions", json=body, headers=headers)

    def complete(self, *args, **fields) -> dict:
        """A whole answer's body; fails on an error."""
        response = self.post(*args, **fields)
        assert response.status_code == 200, response.text
        return response.json()

    def choice(self, *args, **fields) -> dict:
        """The first choice of a whole answer."""
        return self.complete(*args, **fields)["choices"][0]

    def error(self, *args, **fields) -> tuple:
        """(status, param, code) of a refusal."""
        response = self.post(*args, **fields)
        error = response.json()["error"]
        return response.status_code, error["param"], error["code"]

    def chunks(self, prompt=NORWAY, **fields) -> list[dict]:
        """The chunks of a stream; the last event must be [DONE]."""
        body = {"model": self.endpoint.model, "prompt": prompt, "stream": True, **fields}
        with self.http.stream("POST", "/completions", json=body) as response:
            assert response.status_code == 200, response.read()
            events = [line.removeprefix("data: ") for line in response.iter_lines() if line]
        assert events.pop() == "[DONE]"
        return [json.loads(event) for event in events]

    def ids(self, text: str) -> list[int]:
        """A text's token ids."""
        return self.endpoint.tokenize(text)

    def score(self, given: str | list[int]) -> list[float | None]:
        """What POST /v1/samplers/score gives for each token: the work of `client.score`."""
        tokens = self.http.post("/samplers/score", json={"input": given}).json()["tokens"]
        return [token["logprob"] for token in tokens]


def joined(chunks: list[dict]) -> dict[int, dict]:
    """The choices that a stream's chunks add up to, by their index."""
    choices: dict[int, dict] = {}
    for chunk in chunks:
        for piece in chunk["choices"]:
            known = choices.setdefault(piece["index"], piece)
            if known is piece:
                continue
            assert known["finish_reason"] is None  # nothing comes after the end
            known["text"] += piece["text"]
            known["finish_reason"] = piece["finish_reason"]
            for name in ARRAYS if piece["logprobs"] else ():
                known["logprobs"][name] += piece["logprobs"][name]
    return choices
