"""An engine's rules as far as a prediction needs them: its truncations and their order."""

from dataclasses import dataclass

from samplers.engines import ENGINES, Engine, used_temperature

BOUNDARIES = ("before < p", "before <= p", "ties stay")
ORDERS = ("temperature first", "temperature last")
TRUNCATIONS = {"top_k", "top_p", "top_k and top_p", "min_p"}  # those that can be predicted


def _truncations(engine: Engine) -> tuple[str, ...]:
    return tuple(stage for stage in engine.stages if stage in TRUNCATIONS)


@dataclass(frozen=True)
class Rules:
    """What an engine does to probabilities.

    `order` is one of ORDERS and `boundary`, of the nucleus, one of BOUNDARIES. `stages` are the
    truncations in the order in which they act. `top_k_ties`, `greedy_below` and `coldest` are as in
    `samplers.engines.Engine`. `penalties`: does it have frequency and presence penalties?
    """

    order: str
    boundary: str = "before < p"
    stages: tuple[str, ...] = _truncations(ENGINES["vllm"])
    top_k_ties: bool = False
    greedy_below: float = 0.0
    coldest: float = 0.0
    penalties: bool = True

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
    if isinstance(engine, str):
        if engine not in ENGINES:
            names = ", ".join(ENGINES)
            raise ValueError(f"engine must be one of {names}, or rules, got {engine!r}")
        return _rules(ENGINES[engine])
    like = "llama.cpp" if engine.order == "temperature last" else "vllm"
    return Rules(engine.order, engine.boundary, _truncations(ENGINES[like]))


def _rules(engine: Engine) -> Rules:
    return Rules(
        order=_order(engine),
        boundary="before <= p" if engine.top_p_inclusive else "before < p",
        stages=_truncations(engine),
        top_k_ties=engine.top_k_ties,
        greedy_below=engine.greedy_below,
        coldest=engine.coldest,
        penalties=engine.penalties_count is not None,
    )


def _order(engine: Engine) -> str:
    """Temperature before or after all truncations. An engine with it between them has no order."""
    temperature = engine.stages.index("temperature")
    later = [stage in engine.stages[temperature:] for stage in _truncations(engine)]
    if all(later):
        return "temperature first"
    if not any(later):
        return "temperature last"
    raise ValueError("engine must have its temperature before or after all truncations")
