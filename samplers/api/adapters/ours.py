"""Our own endpoint's extensions, and what is tried where the engine is not known.

A path /v1/tokenize beside OpenAI's, and headers for a whole distribution and for an answer that has
begun.
"""

from samplers.api.abilities import Abilities
from samplers.api.adapters import exact, listed
from samplers.api.adapters.calls import Calls
from samplers.api.errors import APIError, unsupported
from samplers.api.next_token import entries_of, first_place, full_distribution, top_distribution
from samplers.api.results import Tokens
from samplers.distribution import Distribution
from samplers.wire.logprobs import MAX_TOP_LOGPROBS


def tokenize(calls: Calls, text: str | list[dict], known: Abilities) -> Tokens:
    """A text's or messages' tokens. An unsupported APIError where the path does not exist."""
    if known.tokenizes is False:
        raise unsupported(404)
    body = {"input": text} if isinstance(text, str) else {"messages": text}

    try:
        return calls.post("/tokenize", body, Tokens.from_wire)
    except APIError as error:
        if error.status not in (404, 405, 501) or error.code == "model_not_found":
            raise
        status = error.status
    raise unsupported(status)


def next_token(
    calls: Calls, messages: list[dict], top: int | str, after: list[int], known: Abilities
) -> Distribution:
    """The next token's distribution. Endpoints without the extensions list their top 20."""
    if top == "all" and known.engine == "samplers":
        distribution = exact.next_token(calls, messages, after, known)
        if distribution is not None:
            return distribution

    is_extended = top == "all" or top > MAX_TOP_LOGPROBS or after
    size = _vocabulary_size(calls, known) if is_extended else None
    if after and size is None:
        raise unsupported(404)
    if size is None:
        return listed.next_token(calls, messages, top, known)

    is_full = top == "all"
    count = size if is_full else min(top, size)
    params = listed.PLAIN | {"top_logprobs": count}
    headers = exact.begun_with(after)
    if count > MAX_TOP_LOGPROBS:
        headers |= {exact.FULL: "true"}

    def read(answer: dict) -> Distribution:
        place = first_place(answer)
        if not is_full:
            return top_distribution(place, size)
        return full_distribution(entries_of(place), size, calls.kept.get("whole distribution"))

    distribution = calls.send(calls.body(messages, params), read, headers)
    if is_full:
        calls.kept.setdefault("whole distribution", distribution)
    return distribution


def _vocabulary_size(calls: Calls, known: Abilities) -> int | None:
    """V, or None for an endpoint without /tokenize: it has none of the other extensions."""
    if "vocabulary size" not in calls.kept:
        try:
            size = tokenize(calls, "a", known).vocabulary_size
        except APIError as error:
            if error.code != "unsupported":
                raise
            size = None
        calls.kept["vocabulary size"] = size
    return calls.kept["vocabulary size"]
