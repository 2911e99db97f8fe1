"""Which conditions hold: by the flags for every key, and by a request for its own key."""

from dataclasses import asdict, dataclass, replace

from samplers.local.conditions.fault_rates import fault_rates
from samplers.local.conditions.latency import latency
from samplers.local.conditions.tiers import limits

MOST_FACTOR = 100_000
MOST_SEED = 2**63 - 1


@dataclass(frozen=True)
class Simulation:
    """The conditions as they are named; None is none of it. ValueError for a wrong one.

    The texts are those of the flags `--tier`, `--fault` and `--latency`. `fault_seed` is
    that of the faults and of the latency's noise.
    """

    tier: str | None = None
    fault: str | None = None
    latency: str | None = None
    time_factor: float = 1.0
    fault_seed: int = 0

    def __post_init__(self) -> None:
        for name, parse in (("tier", limits), ("fault", fault_rates), ("latency", latency)):
            value = getattr(self, name)
            if value is not None:
                if not isinstance(value, str):
                    raise ValueError(f"{name} must be a string, got {value!r:.80}")
                parse(value)

        factor = self.time_factor
        if not _is_number(factor) or not 1 <= factor <= MOST_FACTOR:
            message = f"time_factor must be a number in [1, {MOST_FACTOR}]"
            raise ValueError(f"{message}, got {factor!r:.80}")
        seed = self.fault_seed
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MOST_SEED:
            raise ValueError(f"fault_seed must be an integer in [0, {MOST_SEED}], got {seed!r:.80}")

    def changed(self, fields: dict) -> "Simulation":
        """These settings with other values for some; null is the default. ValueError as above."""
        defaults = asdict(Simulation())
        given = {name: defaults[name] if value is None else value for name, value in fields.items()}
        return replace(self, **given)


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
