"""What differs from engine to engine, in one table: add an engine by adding an entry to ENGINES.

The same request gives different distributions on different engines. They order the same stages
differently, end the nucleus differently, change tiny temperatures differently and count different
tokens. `samplers.chain` runs an entry's stages, and `samplers.compare` predicts from it; tests/data
has what the engines themselves answered. Not reproduced: llama.cpp and SGLang add probabilities in
float32, so a nucleus may end elsewhere if its mass is p but for rounding. Sums are float64 here.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Engine:
    """How one engine chooses the next token. The defaults are what most engines do.

    `stages`: names from `samplers.stages.STAGES`, in the order in which they act.
    `penalties_count`, `repetition_counts`: the tokens that the frequency and presence penalties,
    and that the repetition penalty, count: "output", "prompt and output" or "last 64" (of both).
    `top_k_ties`: tokens as probable as the k-th stay too; otherwise ties go to the lower id.
    `top_p_boundary`: when a token stays in the nucleus. "before < p", "before <= p": the mass
    before it is < p, or <= p. "ties stay": the mass of strictly more probable tokens is < p.
    `min_p_renormalizes`: where top_k and top_p act on the same mass, a min_p that is on makes top_p
    act on what top_k left.
    `greedy_below`, `coldest`: a temperature below the first is greedy, and one below the second is
    raised to it.
    """

    stages: tuple[str, ...]
    penalties_count: str = "output"
    repetition_counts: str = "output"
    top_k_ties: bool = False
    top_p_boundary: str = "before < p"
    min_p_renormalizes: bool = False
    greedy_below: float = 0.0
    coldest: float = 0.0

    def temperature(self, t):
        """The temperature that the engine really uses for `t`, a number or an array."""
        if self.greedy_below == self.coldest == 0:
            return t
        return used_temperature(t, self.greedy_below, self.coldest)


def used_temperature(t, greedy_below: float, coldest: float) -> np.ndarray:
    """What an engine makes of a temperature or of an array of them; 0 is greedy."""
    t = np.asarray(t)
    greedy = (t == 0) | (t < greedy_below)
    return np.where(greedy, 0.0, np.maximum(t, coldest))


_VLLM_ORDER = (
    "logit_bias",
    "repetition_penalty",
    "penalties",
    "temperature",
    "min_p",
    "top_k",
    "top_p",
)
_SGLANG_ORDER = (
    "penalties",
    "repetition_penalty",
    "logit_bias",
    "temperature",
    "top_k and top_p",
    "min_p",
)
ENGINES = {
    # Documented: OpenAI's guide has the penalties' formula, and its API file says that a bias "is
    # added to the logits prior to sampling". Neither the order nor the nucleus' boundary is
    # documented: these are vLLM's, and so is the place of the stages that OpenAI does not have.
    "openai": Engine(stages=_VLLM_ORDER),
    # vllm/v1/sample/sampler.py and ops/. vllm/sampling_params.py raises every temperature between
    # 0 and 0.01 to 0.01, so its own test for t < 1e-5 is true of 0 alone.
    "vllm": Engine(
        stages=_VLLM_ORDER,
        repetition_counts="prompt and output",
        top_k_ties=True,
        coldest=0.01,
    ),
    # transformers/generation/utils.py and logits_process.py. Greedy is a switch of its own there.
    "transformers": Engine(
        stages=(
            "logit_bias",
            "repetition_penalty",
            "temperature",
            "top_k",
            "top_p",
            "min_p",
        ),
        repetition_counts="prompt and output",
        top_k_ties=True,
    ),
    # sglang/srt/layers/sampler.py, its PyTorch sampler. sampling/sampling_params.py makes a
    # temperature below 1e-6 top_k = 1.
    "sglang": Engine(
        stages=_SGLANG_ORDER,
        top_p_boundary="before <= p",
        greedy_below=1e-6,
    ),
    # The same file with FlashInfer, its default on CUDA. Without a min_p it calls FlashInfer's
    # top_k_top_p_sampling_from_probs (order "joint"), and with one top_k_renorm_prob, then
    # top_p_renorm_prob; there, one request with a min_p decides for all of its batch.
    # flashinfer/sampling.cuh: a token stays iff fewer than k tokens, and a mass below p, are
    # strictly more probable.
    "sglang-flashinfer": Engine(
        stages=_SGLANG_ORDER,
        top_k_ties=True,
        top_p_boundary="ties stay",
        min_p_renormalizes=True,
        greedy_below=1e-6,
    ),
    # llama.cpp: src/llama-sampler.cpp, and common/sampling.cpp for the order. The window of 64
    # tokens is its default, repeat_last_n.
    "llama.cpp": Engine(
        stages=(
            "logit_bias",
            "repetition_penalty",
            "penalties",
            "top_k",
            "top_p",
            "min_p",
            "temperature",
        ),
        penalties_count="last 64",
        repetition_counts="last 64",
    ),
}
