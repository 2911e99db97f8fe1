"""What a model thinks of tokens that are given, not drawn: teacher forcing and scores."""

from samplers.api.adapters import exact, recognise, vllm_score
from samplers.api.adapters.calls import Calls
from samplers.api.errors import APIError
from samplers.api.score import Score
from samplers.distribution import Distribution

MOST = 64  # tokens of an answer whose distributions are asked for
PATIENCE = 2  # seconds before a progress bar shows
SCORE_STEP = "client.score works at the local endpoint, connect('local'), and at vLLM"
WHOLE_STEP = (
    "client.distributions works at the local endpoint, connect('local'), at llama.cpp's server and "
    "at vLLM that was started with --max-logprobs -1"
)


def distributions(
    calls: Calls, messages: list[dict], answer: str | list[int]
) -> tuple[Distribution, ...]:
    """The whole distribution before each token of an answer to messages."""
    known = recognise.abilities(calls)
    if known.top_logprobs is not None or not known.continues:
        message = f"this endpoint does not show whole distributions; {WHOLE_STEP}"
        raise APIError(404, message, code="unsupported")

    adapter = recognise.adapter_of(known.engine)
    ids = answer
    if isinstance(answer, str):
        ids = list(adapter.tokenize(calls, answer, known).ids)
    if len(ids) > MOST:
        raise ValueError(f"answer must have 1 to {MOST} tokens, got {len(ids)}")

    if known.scores and known.engine == "samplers":
        found = exact.distributions(calls, messages, ids)
        if found is not None:
            return found
    from tqdm.auto import tqdm  # here: `import samplers.api` is light

    places = tqdm(range(len(ids)), desc="reading", unit="token", delay=PATIENCE, leave=False)
    return tuple(adapter.next_token(calls, messages, "all", ids[:place], known) for place in places)


def score(calls: Calls, text: str | list[int], messages: list[dict] | None) -> Score:
    """The log-probability of each token of a text, or of an answer to messages."""
    known = recognise.abilities(calls)
    if known.scores and known.engine == "samplers":
        return exact.score(calls, text, messages)
    if known.scores:
        return vllm_score.score(calls, text, messages, known)

    # our own endpoint may still be trying whether it can
    next_step = f": {known.slow_logprobs}" if known.slow_logprobs else f"; {SCORE_STEP}"
    raise APIError(404, f"this endpoint scores no text{next_step}", code="unsupported")
