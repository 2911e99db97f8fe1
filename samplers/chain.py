"""The stages between a model's logits and the draw, in each engine's order.

The same request gives different distributions on different engines: they order the same stages
differently, draw the nucleus' boundary differently, clamp the temperature differently and count
different tokens. Each preset below is one engine's rules; tests/data holds what the engines
themselves answered. The float32 rounding of cumulative sums that moves decimal boundaries in
llama.cpp and SGLang is not reproduced: sums are float64 here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from samplers import engine_rules as rules
from samplers.arrays import as_logits
from samplers.params import SamplingParams
from samplers.penalties import token_counts


class Stage(NamedTuple):
    """One step of a trace: the stage's name and the logits (..., V) after it."""

    name: str
    logits: np.ndarray


# stage name -> function(logits, params, counts) -> logits
_OPENAI = {
    "logit_bias": rules.bias,
    "repetition_penalty": rules.repetition,
    "penalties": rules.frequency_presence,
    "temperature": rules.plain_temperature,
    "min_p": rules.minimum_p,
    "top_k": rules.exact_top_k,
    "top_p": rules.nucleus,
}
_VLLM = {
    "logit_bias": rules.bias,
    "repetition_penalty": rules.repetition,
    "penalties": rules.frequency_presence,
    "temperature": rules.vllm_temperature,
    "min_p": rules.minimum_p,
    "top_k": rules.top_k_with_ties,
    "top_p": rules.nucleus,
}
_TRANSFORMERS = {
    "logit_bias": rules.bias,
    "repetition_penalty": rules.repetition,
    "temperature": rules.plain_temperature,
    "top_k": rules.top_k_with_ties,
    "top_p": rules.nucleus,
    "min_p": rules.minimum_p,
}
_SGLANG = {
    "penalties": rules.frequency_presence,
    "repetition_penalty": rules.repetition,
    "logit_bias": rules.bias,
    "temperature": rules.sglang_temperature,
    "top_k and top_p": rules.joint_top_k_top_p,
    "min_p": rules.minimum_p,
}
_LLAMA_CPP = {
    "logit_bias": rules.bias,
    "repetition_penalty": rules.repetition,
    "penalties": rules.frequency_presence,
    "top_k": rules.exact_top_k,
    "top_p": rules.nucleus,
    "min_p": rules.minimum_p,
    "temperature": rules.plain_temperature,
}
# engine -> (stages, tokens that frequency and presence count (None: it has neither), tokens that
# repetition counts)
ENGINES = {
    "openai": (_OPENAI, "output", "output"),
    "vllm": (_VLLM, "output", "prompt and output"),
    "transformers": (_TRANSFORMERS, None, "prompt and output"),
    "sglang": (_SGLANG, "output", "output"),
    "llama.cpp": (_LLAMA_CPP, "last 64", "last 64"),
}


@dataclass(frozen=True)
class Chain:
    """An engine's stages in order. Make one with `Chain.for_engine`."""

    name: str

    def __post_init__(self):
        if not isinstance(self.name, str) or self.name not in ENGINES:
            raise ValueError(f"engine must be one of {', '.join(ENGINES)}, got {self.name!r}")

    @classmethod
    def for_engine(cls, name: str) -> "Chain":
        """The preset of "openai", "vllm", "transformers", "sglang" or "llama.cpp"; ValueError for
        another name.

        OpenAI documents neither its order nor its boundary: that preset puts temperature before
        top_p, as vLLM does. OpenAI has no top_k, min_p or repetition_penalty: where a request sets
        them, they act where vLLM has them. transformers has no frequency and presence penalty: a
        request that sets one is a ValueError, as it is there.
        """
        return cls(name)

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages' names, in the order in which they act."""
        return tuple(ENGINES[self.name][0])

    def apply(
        self, logits, params: SamplingParams | Sequence[SamplingParams], counts=None
    ) -> np.ndarray:
        """The logits (..., V) that are drawn from, after every stage; dtype kept, the input
        unchanged.

        `params` is one request's, or a sequence with one for each of B rows (B, V). `counts` is
        what `Chain.counts` returns, or one array (..., V) for every penalty; None is a request with
        nothing to count yet.
        """
        for stage in self._steps(logits, params, counts):
            last = stage
        return last.logits

    def trace(
        self, logits, params: SamplingParams | Sequence[SamplingParams], counts=None
    ) -> list[Stage]:
        """What `apply` does, step by step: first the ("logits", input), then each stage with the
        logits after it.
        """
        return list(self._steps(logits, params, counts))

    def _steps(self, logits, params, counts) -> Iterator[Stage]:
        logits = as_logits(logits)
        params = rules.rows(params, logits.shape[:-1])
        if counts is None:
            counts = np.zeros(logits.shape[-1], dtype=np.int64)
        if not isinstance(counts, Mapping):
            counts = {"penalties": counts, "repetition": counts}
        stages, penalised, _ = ENGINES[self.name]
        if penalised is None and (
            np.any(params.frequency_penalty) or np.any(params.presence_penalty)
        ):
            raise ValueError(
                f"frequency_penalty and presence_penalty must be 0 for {self.name}, which has neither"
            )
        yield Stage("logits", logits)
        for name, stage in stages.items():
            logits = stage(logits, params, counts)
            yield Stage(name, logits)

    def counts(self, prompt, output, V: int) -> dict[str, np.ndarray]:
        """Counts (V,) of the tokens that this engine's penalties look at, from the ids of prompt
        and output so far.

        {"penalties": for frequency and presence, "repetition": for the repetition penalty}.
        """
        _, penalised, repeated = ENGINES[self.name]
        return {
            "penalties": token_counts(_counted(penalised, prompt, output), V),
            "repetition": token_counts(_counted(repeated, prompt, output), V),
        }


def _counted(which: str | None, prompt, output) -> list[int]:
    if which is None:
        return []
    if which == "output":
        return list(output)
    both = [*prompt, *output]
    return both[-64:] if which == "last 64" else both
