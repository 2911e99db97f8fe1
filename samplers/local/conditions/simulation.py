"""Which conditions hold: by the flags for every key, and by a request for its own key."""

from dataclasses import asdict, dataclass, replace

from samplers.local.conditions.fault_rates import fault_rates
from samplers.local.conditions.latency import latency
from samplers.local.conditions.tiers import limits
from samplers.local.request.errors import short, type_name

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
                    raise ValueError(f"{name} must be a string, got {type_name(value)}")
                parse(value)

        self._check_number("time_factor", int | float, 1, MOST_FACTOR)
        self._check_number("fault_seed", int, 0, MOST_SEED)

    def _check_number(self, name: str, kind, low: int, high: int) -> None:
        value = getattr(self, name)
        is_one = isinstance(value, kind) and not isinstance(value, bool)
        if not is_one or not low <= value <= high:
            expected = "an integer" if kind is int else "a number"
            got = short(value) if isinstance(value, int | float) else type_name(value)
            raise ValueError(f"{name} must be {expected} in [{low}, {high}], got {got}")

    def changed(self, fields: dict) -> "Simulation":
        """These settings with other values for some; null is the default. ValueError as above."""
        defaults = asdict(Simulation())
        given = {name: defaults[name] if value is None else value for name, value in fields.items()}
        return replace(self, **given)
