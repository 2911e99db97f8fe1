"""An engine's rules as far as a prediction needs them: which stages, in which order, and the
nucleus' boundary.
"""

from dataclasses import dataclass

from samplers.chain import ENGINES

BOUNDARIES = ("before < p", "before <= p", "ties stay")
ORDERS = ("temperature first", "temperature last")
# as vLLM has them; with top_p alone their order does not matter
_FIRST = ("min_p", "top_k", "top_p")
_LAST = ("top_k", "top_p", "min_p")  # as llama.cpp has them


@dataclass(frozen=True)
class Rules:
    """`order` is one of ORDERS, `boundary` one of BOUNDARIES, `stages` the truncations in the order
    in which they act.

    `top_k_ties`: tokens as probable as the k-th stay too. `greedy_below`, `coldest`: the engine's
    own handling of tiny temperatures. `penalties`: whether it has frequency and presence penalties
    at all.
    """

    order: str
    boundary: str = "before < p"
    stages: tuple[str, ...] = _FIRST
    top_k_ties: bool = False
    greedy_below: float = 0.0
    coldest: float = 0.0
    penalties: bool = True

    def temperature(self, t: float) -> float:
        """The temperature that this engine really uses; 0 is greedy."""
        return 0.0 if t == 0 or t < self.greedy_below else max(t, self.coldest)


# The same differences as samplers.chain's presets; tests hold the two to each other.
RULES = {
    "openai": Rules("temperature first"),
    "vllm": Rules("temperature first", top_k_ties=True, coldest=0.01),
    "transformers": Rules(
        "temperature first", stages=("top_k", "top_p", "min_p"), top_k_ties=True, penalties=False
    ),
    "sglang": Rules(
        "temperature first", "before <= p", stages=("top_k and top_p", "min_p"), greedy_below=1e-6
    ),
    "llama.cpp": Rules("temperature last", stages=_LAST),
}


def rules_of(engine) -> Rules:
    """The rules of an engine's name, of a `Hypothesis` (anything with .order and .boundary), or
    Rules as they are.
    """
    if isinstance(engine, Rules):
        return engine
    if isinstance(engine, str):
        if engine not in RULES:
            raise ValueError(
                f"engine must be one of {', '.join(ENGINES)}, or rules, got {engine!r}"
            )
        return RULES[engine]
    stages = _LAST if engine.order == "temperature last" else _FIRST
    return Rules(engine.order, engine.boundary, stages)
