"""The loop from next-token distributions to text."""

import codecs
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from samplers.chain import Chain, Stage
from samplers.distribution import log_softmax
from samplers.draw import draw
from samplers.params import SamplingParams
from samplers.penalties import token_counts


@dataclass(frozen=True)
class Generation:
    """A generated text. `finish_reason` is "stop" (a stop token or a stop string) or "length"
    (max_tokens).
    """

    text: str  # up to the stop string, which is never in it
    # drawn ids, with those whose text the stop string took; without the stop token
    tokens: tuple[int, ...]
    finish_reason: str
    # each token's, in the model's own distribution: before bias, penalties, temperature
    logprobs: tuple[float, ...]
    # per token {id: logprob} of the params.top_logprobs best
    top_logprobs: tuple[dict[int, float], ...] | None
    trace: tuple[list[Stage], ...] | None  # `Chain.trace` of each step, the stop token's too


def generate(
    model: Callable[[Sequence[int]], np.ndarray],
    prompt: Sequence[int],
    params: SamplingParams | None = None,
    *,
    vocabulary: Sequence[str | bytes],
    stop_tokens: Collection[int] = (),
    chain: Chain | None = None,
    trace: bool = False,
) -> Generation:
    """Ask `model` for the next token's logits (V,), process, draw, append; until a stop or
    max_tokens.

    `model` takes all ids so far, the prompt's first: a bigram table's lookup will do, or a real
    model. `vocabulary[id]` is a token's text, or its bytes where it need not be whole UTF-8 (bytes
    that never become text show as U+FFFD). `params` defaults to SamplingParams(), `chain` to
    Chain.for_engine("openai"). The same seed gives the same text. ValueError if nothing can end the
    loop, if params.n is not 1, or if the model's logits do not fit the vocabulary.
    """
    params = params or SamplingParams()
    chain = chain or Chain.for_engine("openai")
    _check(prompt, params, stop_tokens, len(vocabulary))
    rng = np.random.default_rng(abs(params.seed) if params.seed is not None else None)
    decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
    text, output, logprobs, tops, steps = "", [], [], [], []
    reason = cut = None
    while reason is None:
        # a copy: a model may use its buffer again, and the trace stays
        logits = np.array(model([*prompt, *output]))
        if logits.shape != (len(vocabulary),):
            raise ValueError(
                f"model must return logits of shape ({len(vocabulary)},), got {logits.shape}"
            )
        stages = chain.trace(logits, params, chain.counts(prompt, output, len(vocabulary)))
        if trace:
            steps.append(stages)
        token = int(draw(stages[-1].logits, rng))
        if token in stop_tokens:
            reason = "stop"
            break
        raw = log_softmax(logits)
        output.append(token)
        logprobs.append(float(raw[token]))
        best = np.argsort(-raw, kind="stable")[: params.top_logprobs] if params.top_logprobs else ()
        tops.append({int(i): float(raw[i]) for i in best})
        piece = vocabulary[token]
        text += decode(piece.encode() if isinstance(piece, str) else piece)
        cut = find_stop(text, params.stop or ())
        if cut is not None:
            text, reason = text[:cut], "stop"
        elif len(output) == params.max_tokens:
            reason = "length"
    if cut is None:
        text += decode(b"", final=True)
    return Generation(
        text,
        tuple(output),
        reason,
        tuple(logprobs),
        tuple(tops) if params.logprobs else None,
        tuple(steps) if trace else None,
    )


def find_stop(text: str, stops: Sequence[str]) -> int | None:
    """Where the first stop string begins in `text`, or None. A stop string may begin and end inside
    tokens.
    """
    found = [at for at in (text.find(stop) for stop in stops) if at >= 0]
    return min(found, default=None)


def _check(
    prompt: Sequence[int], params: SamplingParams, stop_tokens: Collection[int], V: int
) -> None:
    token_counts(prompt, V)  # an error for what is not an id
    if params.n != 1:
        raise ValueError(f"n must be 1 here (call generate once a text), got {params.n}")
    if params.max_tokens is None and not stop_tokens and not params.stop:
        raise ValueError(
            "max_tokens must be set where there is neither a stop token nor a stop string, got None"
        )
