"""An engine's rules as far as a prediction needs them: its truncations and their order."""

from dataclasses import dataclass
from functools import cache

from samplers.checks import one_of, shown
from samplers.engines import ENGINES, Engine, used_temperature

BOUNDARIES = ("before < p", "before <= p", "ties stay")
ORDERS = ("temperature first", "temperature last")
UNDECIDED = "undecided"
WEIGHING = {"logit_bias", "repetition_penalty", "penalties", "temperature"}  # no truncations


def _truncations(engine: Engine) -> tuple[str, ...]:
    return tuple(stage for stage in engine.stages if stage not in WEIGHING)


@dataclass(frozen=True)
class Rules:
    """What an engine does to probabilities.

    `order` is one of ORDERS and `boundary`, of the nucleus, one of BOUNDARIES. `stages` are the
    truncations in the order in which they act. `top_k_ties`, `min_p_renormalizes`, `greedy_below`
    and `coldest` are as in `samplers.engines.Engine`. `penalties`: does it have frequency and
    presence penalties?
    """

    order: str
    boundary: str = "before < p"
    stages: tuple[str, ...] = _truncations(ENGINES["vllm"])
    top_k_ties: bool = False
    min_p_renormalizes: bool = False
    greedy_below: float = 0.0
    coldest: float = 0.0
    penalties: bool = True

    def __post_init__(self):
        one_of(self.order, "order", (*ORDERS, UNDECIDED))
        one_of(self.boundary, "boundary", (*BOUNDARIES, UNDECIDED))

    def temperature(self, t: float) -> float:
        """The temperature that this engine really uses; 0 is greedy."""
        return float(used_temperature(t, self.greedy_below, self.coldest))


def rules_of(engine) -> Rules:
    """The rules of an engine's name or of a `Hypothesis`; Rules are returned as they are.

    Of a hypothesis only `order` and `boundary` are read. Its truncations are in vLLM's order if
    temperature comes first, and in llama.cpp's otherwise. With top_p alone that does not matter.
    """
    if isinstance(engine, Rules):
        return engine
    if isinstance(engine, str) and engine in ENGINES:
        return _rules(ENGINES[engine])
    if not hasattr(engine, "order") or not hasattr(engine, "boundary"):
        names = ", ".join(ENGINES)
        raise ValueError(f"engine must be one of {names}, or rules, got {shown(engine)}")
    return _rules_with(engine.order, engine.boundary)


@cache
def _rules_with(order: str, boundary: str) -> Rules:
    like = "llama.cpp" if order == "temperature last" else "vllm"
    return Rules(order, boundary, _truncations(ENGINES[like]))


def _rules(engine: Engine) -> Rules:
    return Rules(
        order=_order(engine),
        boundary=engine.top_p_boundary,
        stages=_truncations(engine),
        top_k_ties=engine.top_k_ties,
        min_p_renormalizes=engine.min_p_renormalizes,
        greedy_below=engine.greedy_below,
        coldest=engine.coldest,
        penalties="penalties" in engine.stages,
    )


def _order(engine: Engine) -> str:
    """One of ORDERS. ValueError for an engine with its temperature between truncations."""
    temperature = engine.stages.index("temperature")
    after = [stage in engine.stages[temperature:] for stage in _truncations(engine)]
    if all(after):
        return "temperature first"
    if any(after):
        raise ValueError("engine must have its temperature before or after all truncations")
    return "temperature last"
