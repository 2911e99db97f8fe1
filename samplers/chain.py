"""The stages between a model's logits and the draw, in an engine's order.

`samplers.engines` says how the engines differ, `samplers.stages` what each stage does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from samplers.arrays import as_logits
from samplers.checks import number, one_of, shown
from samplers.engines import ENGINES, Engine
from samplers.params import SamplingParams
from samplers.penalties import as_ids, check_raw_logits
from samplers.stages import STAGES, parameters_of

_DEFAULTS = {field.name: field.default for field in fields(SamplingParams)}
# The parameters that are one number: as an array they can differ from row to row.
_NUMBERS = [name for name, default in _DEFAULTS.items() if type(default) in (int, float)]


class Stage(NamedTuple):
    """One step of a trace: the stage's name and the logits (..., V) after it."""

    name: str
    logits: np.ndarray


@dataclass(frozen=True)
class Chain:
    """An engine's stages in order. Make one with `Chain.for_engine`."""

    name: str

    def __post_init__(self):
        one_of(self.name, "engine", ENGINES)

    @classmethod
    def for_engine(cls, name: str) -> "Chain":
        """The chain of an engine, by its name.

        The names: "openai", "vllm", "transformers", "sglang" (its PyTorch sampler),
        "sglang-flashinfer" (its sampler on CUDA, unless told otherwise) and "llama.cpp".

        OpenAI documents neither its order nor its boundary: that preset puts temperature before
        top_p, as vLLM does. OpenAI has no top_k, min_p or repetition_penalty: where a request sets
        them, they act where vLLM has them. transformers has no frequency and presence penalty: a
        request that sets one raises ValueError. ValueError for any other name of an engine.
        """
        return cls(name)

    @property
    def _engine(self) -> Engine:
        """What is special about this engine."""
        return ENGINES[self.name]

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages' names, in the order in which they act."""
        return self._engine.stages

    def apply(
        self, logits, params: SamplingParams | Sequence[SamplingParams], counts=None
    ) -> np.ndarray:
        """The logits (..., V) after every stage, from which a token is drawn.

        The dtype is kept and the input never changed. `params` is one request's, or a sequence with
        one for each of B rows (B, V). `counts` is what `Chain.counts` returns, or one array
        (..., V) for every penalty; None: there is nothing to count yet. ValueError for a parameter
        that the engine does not have, and for a repetition penalty on a Distribution of logprobs
        alone (see `check_raw_logits`).
        """
        for stage in self._steps(logits, params, counts):
            last = stage
        return last.logits

    def trace(
        self, logits, params: SamplingParams | Sequence[SamplingParams], counts=None
    ) -> list[Stage]:
        """What `apply` does, step by step: ("logits", input), then each stage's name and logits."""
        return list(self._steps(logits, params, counts))

    def _steps(self, logits, params, counts) -> Iterator[Stage]:
        source = logits
        logits = as_logits(logits)
        params = _for_rows(params, logits.shape[:-1])
        check_raw_logits(source, params.repetition_penalty)
        self._check_stages(params)
        if counts is None:
            counts = np.zeros(logits.shape[-1], dtype=np.int64)
        if not isinstance(counts, Mapping):
            counts = {"penalties": counts, "repetition": counts}
        elif not {"penalties", "repetition"} <= counts.keys():
            both = 'an array (..., V), or {"penalties": array, "repetition": array}'
            raise ValueError(f"counts must be {both}, got {shown(counts)}")

        yield Stage("logits", logits)
        for name in self.stages:
            logits = STAGES[name](logits, params, counts, self._engine)
            yield Stage(name, logits)

    def _check_stages(self, params) -> None:
        """ValueError for a parameter that is not off, but that no stage of the engine reads."""
        for names in _missing_parameters(self.stages):
            off = _DEFAULTS[names[0]]
            if any(np.any(getattr(params, name) != off) for name in names):
                listed = " and ".join(names)
                raise ValueError(f"{listed} must be {off:g} for {self.name}: it has no such stage")

    def counts(self, prompt, output, V: int) -> dict[str, np.ndarray]:
        """How often each of V tokens counts for this engine's penalties, each array (V,).

        `prompt` and `output` are the token ids so far. Returns {"penalties": for frequency and
        presence, "repetition": for the repetition penalty}.
        """
        V = number(V, "V", int, 1, 2**31 - 1)
        prompt = as_ids(prompt, V, "prompt tokens")
        output = as_ids(output, V, "output tokens")

        engine = self._engine
        has_penalties = "penalties" in engine.stages
        penalised = _counted(engine.penalties_count, prompt, output)
        repeated = _counted(engine.repetition_counts, prompt, output)
        return {
            "penalties": np.bincount(penalised if has_penalties else [], minlength=V),
            "repetition": np.bincount(repeated, minlength=V),
        }


@cache
def _missing_parameters(stages: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The parameters that none of these stages reads, together where they are of one stage."""
    read = {name for stage in stages for name in parameters_of(stage)}
    groups = map(parameters_of, STAGES)
    return [names for names in groups if read.isdisjoint(names)]


def _for_rows(params, leading: tuple[int, ...]) -> SamplingParams | SimpleNamespace:
    """One request as it is; for a request per row, arrays (B,) of numbers and a list of biases."""
    if isinstance(params, SamplingParams):
        return params
    if not isinstance(params, Sequence) or not all(isinstance(p, SamplingParams) for p in params):
        words = "a SamplingParams, or a sequence of them"
        raise ValueError(f"params must be {words}, got {shown(params)}")
    if leading != (len(params),):
        one_per_row = f"one SamplingParams, or one for each row of {leading}"
        raise ValueError(f"params must be {one_per_row}, got {len(params)}")

    numbers = {name: np.array([getattr(p, name) for p in params]) for name in _NUMBERS}
    return SimpleNamespace(logit_bias=[p.logit_bias for p in params], **numbers)


def _counted(which: str, prompt: np.ndarray, output: np.ndarray) -> np.ndarray:
    """The ids that a penalty counts; `which` is as in `Engine`."""
    if which == "output":
        return output
    both = np.concatenate([prompt, output])
    return both[-64:] if which == "last 64" else both
