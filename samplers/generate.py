"""The loop from next-token distributions to text."""

import codecs
from collections.abc import Callable, Collection, Sequence, Set
from dataclasses import dataclass

import numpy as np

from samplers.arrays import as_array
from samplers.chain import Chain, Stage
from samplers.checks import instance, is_sequence, shown
from samplers.distribution import Distribution, log_softmax
from samplers.draw import draw, seeded
from samplers.params import SamplingParams
from samplers.penalties import as_ids, check_raw_logits


@dataclass(frozen=True)
class Generation:
    """A generated text and how it came about.

    `text` ends before the stop string, if there is one. `tokens` are the drawn ids: with those
    whose text the stop string took, without the stop token. `finish_reason` is "stop" (a stop token
    or a stop string) or "length" (max_tokens). `logprobs` has each token's in the model's own
    distribution, before bias, penalties and temperature; `top_logprobs` has for each token
    {id: logprob} of the params.top_logprobs most probable ones, and is None without
    params.logprobs. `trace` has the `Chain.trace` of each step, the stop token's too.
    """

    text: str
    tokens: tuple[int, ...]
    finish_reason: str
    logprobs: tuple[float, ...]
    top_logprobs: tuple[dict[int, float], ...] | None
    trace: tuple[list[Stage], ...] | None


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
    """Ask `model` for the next token's logits, process them, draw a token, append it; repeat.

    `model` takes all ids so far, the prompt's first, and returns logits (V,): a bigram table's
    lookup will do, or a real model. `vocabulary[id]` is a token's text, or its bytes where it need
    not be whole UTF-8 (bytes that never become text show as U+FFFD). `params` defaults to
    SamplingParams(), `chain` to Chain.for_engine("openai"). The loop ends at a stop token, a stop
    string or max_tokens. The same seed, an integer >= 0, gives the same text. ValueError if nothing
    can end the loop, if params.n is not 1, if the model's logits do not fit the vocabulary, or for
    a repetition penalty on a model that has log-probabilities only, as `client.as_model` may return
    and a function that returns a Distribution may be (see `check_raw_logits`).
    """
    params = SamplingParams() if params is None else params
    chain = Chain.for_engine("openai") if chain is None else chain
    check_parts(model, params, vocabulary, stop_tokens, chain)
    check_raw_logits(model, params.repetition_penalty)
    V = len(vocabulary)
    prompt_ids = as_ids(prompt, V, "prompt tokens")
    stop_tokens = as_ids(list(stop_tokens), V, "stop_tokens").tolist()
    _check_end(params, stop_tokens)
    rng = seeded(params.seed)

    text = _Text(vocabulary, params.stop or ())
    output = []
    logprobs = []
    top_logprobs = []
    traces = []
    finish_reason = None
    while finish_reason is None:
        logits = next_logits(model, [*prompt, *output], V)
        stages = chain.trace(logits, params, chain.counts(prompt_ids, output, V))
        if trace:
            traces.append(stages)
        token = int(draw(stages[-1].logits, rng))
        if token in stop_tokens:
            finish_reason = "stop"
            break

        output.append(token)
        model_logprobs = log_softmax(logits)
        logprobs.append(float(model_logprobs[token]))
        top_logprobs.append(_most_probable(model_logprobs, params.top_logprobs or 0))
        text.append(token)
        if text.stop_at is not None:
            finish_reason = "stop"
        elif len(output) == params.max_tokens:
            finish_reason = "length"

    return Generation(
        text.final(),
        tuple(output),
        finish_reason,
        tuple(logprobs),
        tuple(top_logprobs) if params.logprobs else None,
        tuple(traces) if trace else None,
    )


class _Text:
    """The text of the tokens so far, and where a stop string ends it."""

    def __init__(self, vocabulary: Sequence[str | bytes], stops: Sequence[str]):
        self.vocabulary = vocabulary
        self.stops = stops
        self.decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        self.text = ""
        self.stop_at = None

    def append(self, token: int) -> None:
        piece = self.vocabulary[token]
        self.text += self.decode(piece.encode() if isinstance(piece, str) else piece)
        self.stop_at = _find_stop(self.text, self.stops)

    def final(self) -> str:
        """The text up to the stop string. Without one, bytes left over show as U+FFFD."""
        if self.stop_at is not None:
            return self.text[: self.stop_at]
        return self.text + self.decode(b"", final=True)


def _find_stop(text: str, stops: Sequence[str]) -> int | None:
    """The position in `text` where the first stop string begins, or None.

    A stop string may begin and end inside tokens.
    """
    positions = [text.find(stop) for stop in stops]
    return min((position for position in positions if position >= 0), default=None)


def next_logits(model, ids: list[int], V: int) -> np.ndarray | Distribution:
    """The model's logits (V,) after `ids`.

    A Distribution stays one: it says whether a repetition penalty can be taken. ValueError for
    another shape.
    """
    given = model(ids)
    logits = as_array(given, "the model's logits")
    if logits.shape != (V,):
        raise ValueError(f"model must return logits of shape ({V},), got {logits.shape}")
    if isinstance(given, Distribution):
        return given
    return np.array(logits)  # a copy: a model may use its buffer again, and a trace keeps it


def _most_probable(logprobs: np.ndarray, count: int) -> dict[int, float]:
    """{id: logprob} of the `count` most probable tokens, ties to the lower id."""
    if count == 0:
        return {}
    best = np.argsort(-logprobs, kind="stable")[:count]
    return {int(i): float(logprobs[i]) for i in best}


def check_parts(model, params, vocabulary, stop_tokens, chain) -> None:
    """ValueError for what is not of the kind that `generate` takes."""
    if not callable(model):
        raise ValueError(f"model must be a function of ids, got {shown(model)}")
    instance(params, "params", SamplingParams, "a SamplingParams")
    instance(chain, "chain", Chain, "a Chain")
    _check_vocabulary(vocabulary)
    if not is_sequence(stop_tokens) and not isinstance(stop_tokens, Set):
        raise ValueError(f"stop_tokens must be a collection of ids, got {shown(stop_tokens)}")


def _check_end(params: SamplingParams, stop_tokens: list[int]) -> None:
    if params.n != 1:
        raise ValueError(f"n must be 1 here (call generate once for each text), got {params.n}")
    if params.max_tokens is None and not stop_tokens and not params.stop:
        where = "where there is neither a stop token nor a stop string"
        raise ValueError(f"max_tokens must be set {where}, got None")


def _check_vocabulary(vocabulary) -> None:
    """ValueError unless it is a sequence of tokens, each a str or bytes, and has one at least."""
    if not (is_sequence(vocabulary) or isinstance(vocabulary, str)) or not len(vocabulary):
        words = "a sequence of at least one text or bytes, in the order of the ids"
        raise ValueError(f"vocabulary must be {words}, got {shown(vocabulary)}")
    for kind in set(map(type, vocabulary)):
        if not issubclass(kind, str | bytes):
            raise ValueError(f"vocabulary must hold texts or bytes, got {kind.__name__}")
