"""What holds for each key, from one request to the next."""

import random
from collections import Counter

from samplers.local.conditions.clock import Clock
from samplers.local.conditions.fault_rates import drawn, fault_rates
from samplers.local.conditions.latency import Latency, latency
from samplers.local.conditions.limiter import Limiter
from samplers.local.conditions.simulation import Simulation
from samplers.local.conditions.tiers import limits


class KeyConditions:
    """One key's conditions: its limiter, its faults in their order, its latency, and counts.

    `running` are its requests that are being answered. With the same seed its requests get the same
    faults in the order in which they come, whatever the key is.
    """

    def __init__(self, settings: Simulation):
        self.running = 0
        self.counts: Counter[str] = Counter()
        self.settings = settings
        self._begin_limits()
        self._begin_faults()
        self._begin_latency()

    def change(self, fields: dict) -> None:
        """Other settings from now on. What is named begins anew, even unchanged; the rest goes on.

        The counts begin anew, too. ValueError for a wrong setting; then nothing changes.
        """
        self.settings = self.settings.changed(fields)
        self.counts.clear()
        if fields.keys() & {"tier", "time_factor"}:
            self._begin_limits()
        if fields.keys() & {"fault", "fault_seed"}:
            self._begin_faults()
        if fields.keys() & {"latency", "fault_seed"}:
            self._begin_latency()

    def _begin_limits(self) -> None:
        tier = self.settings.tier
        self.clock = Clock(self.settings.time_factor)
        self.limiter = None if tier is None else Limiter(limits(tier), tier, self.clock)

    def _begin_faults(self) -> None:
        fault = self.settings.fault
        self.rates = {} if fault is None else fault_rates(fault)
        self._faults = random.Random(f"{self.settings.fault_seed} faults")
        self.places = random.Random(f"{self.settings.fault_seed} places")

    def _begin_latency(self) -> None:
        text = self.settings.latency
        self.latency: Latency | None = None if text is None else latency(text)
        self.noise = random.Random(f"{self.settings.fault_seed} noise")

    def next_fault(self) -> str | None:
        """The fault of the request that comes now, by the rates."""
        return drawn(self.rates, self._faults) if self.rates else None


class Conditions:
    """The KeyConditions of every key. All begin with the same settings, those of the flags."""

    def __init__(self, settings: Simulation):
        self._settings = settings
        self._of_owners: dict[str, KeyConditions] = {}

    def of(self, owner: str) -> KeyConditions:
        """What holds for the key of an owner, whom the door has found."""
        if owner not in self._of_owners:
            self._of_owners[owner] = KeyConditions(self._settings)
        return self._of_owners[owner]
