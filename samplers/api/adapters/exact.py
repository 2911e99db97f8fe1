"""Our endpoint's logits: a row of float32 for each token, and scores of a text."""

import json

from samplers.api.abilities import Abilities
from samplers.api.adapters import listed, vocabulary
from samplers.api.adapters.calls import Calls
from samplers.api.errors import APIError
from samplers.api.next_token import first_place
from samplers.api.score import Score
from samplers.distribution import Distribution

FULL = "x-samplers-full-logprobs"
REPLACES = "x-samplers-replaces"
CONTINUE = "x-samplers-continue"


def begun_with(after: list[int]) -> dict[str, str]:
    """The header of a request whose answer begins with these token ids; {} without any."""
    return {CONTINUE: json.dumps(after)} if after else {}


def next_token(
    calls: Calls, messages: list[dict], after: list[int], known: Abilities
) -> Distribution | None:
    """The next token's whole distribution, with the raw logits if the endpoint shows them.

    None for an older endpoint, which knows no compact form.
    """
    if vocabulary.tokens_of(calls) is None:
        return None

    # At 0 the answer comes from one pass, without a draw. Where the logprobs are those after the
    # chain, 0 would leave one token, and 1 leaves the model's own.
    if known.slow_logprobs is None and "compact at 1" not in calls.kept:
        found = _compact(calls, messages, after, 0)
        if found is None or found.raw_logits:
            return found
        calls.kept["compact at 1"] = True
    return _compact(calls, messages, after, 1)


def _compact(
    calls: Calls, messages: list[dict], after: list[int], temperature: float
) -> Distribution | None:
    params = listed.PLAIN | {"temperature": temperature, "top_logprobs": 1}
    headers = begun_with(after) | {FULL: "compact"}
    if calls.replaces is not None:
        headers[REPLACES] = calls.replaces

    def read(answer: dict) -> Distribution | None:
        full = first_place(answer).get("full")
        if full is None:
            return None
        tokens = vocabulary.tokens_of(calls, answer.get("system_fingerprint"))
        (row,) = vocabulary.rows_of(full["logits"], 1, len(tokens))
        return vocabulary.distribution(tokens, row, full["logsumexp"], full["raw"] is True)

    try:
        return calls.send(calls.body(messages, params), read, headers)
    except APIError as error:
        # an older endpoint, or a wrong request, of which the longer way will say the same
        if error.status != 400:
            raise
    return None


def distributions(
    calls: Calls, messages: list[dict], answer: list[int]
) -> tuple[Distribution, ...] | None:
    """The distribution before each token of an answer. None where the endpoint cannot do it."""
    tokens = vocabulary.tokens_of(calls)
    if tokens is None:
        return None

    def read(given: dict) -> tuple[Distribution, ...]:
        rows = vocabulary.rows_of(given["logits"], len(answer), len(tokens))
        sums = zip(rows, given["logsumexp"], strict=True)
        return tuple(
            vocabulary.distribution(tokens, row, total, given["raw"] is True) for row, total in sums
        )

    try:
        return calls.post("/samplers/distributions", {"messages": messages, "answer": answer}, read)
    except APIError as error:
        if error.status not in (404, 405, 501) or error.code == "model_not_found":
            raise
    return None


def score(calls: Calls, text: str | list[int], messages: list[dict] | None) -> Score:
    """Each token's log-probability in a text, or in an answer to messages."""
    body = {"input": text}
    if messages is not None:
        body["messages"] = messages
    return calls.post("/samplers/score", body, Score.from_wire)
