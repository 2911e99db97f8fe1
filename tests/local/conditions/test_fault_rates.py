"""Which fault a request gets: as often as named, and in the seed's order."""

from collections import Counter

import pytest

from samplers.local.conditions.fault_rates import fault_rates
from samplers.local.conditions.key_conditions import Conditions, KeyConditions
from samplers.local.conditions.simulation import Simulation

MANY = "429:0.2,500:0.1,502:0.05,503:0.1,403:0.02,timeout:0.05,drop:0.05,garbage:0.02"


def sequence(held: KeyConditions, count: int = 200) -> list[str | None]:
    return [held.next_fault() for _ in range(count)]


def test_rates():
    rates = {"429": 0.2, "500": 0.1, "502": 0.05, "503": 0.1, "403": 0.02}
    rates |= {"timeout": 0.05, "drop": 0.05, "garbage": 0.02}
    assert fault_rates(MANY) == rates
    assert fault_rates("drop") == {"drop": 1.0}
    assert fault_rates(" 500:.5, 503:0 ") == {"500": 0.5, "503": 0.0}


def test_each_comes_as_often_as_it_should():
    seen = Counter(sequence(KeyConditions(Simulation(fault=MANY)), 20_000))
    for name, rate in fault_rates(MANY).items():
        deviation = (20_000 * rate * (1 - rate)) ** 0.5
        assert abs(seen[name] - 20_000 * rate) < 4 * deviation
    assert set(sequence(KeyConditions(Simulation(fault="500:1")))) == {"500"}
    assert set(sequence(KeyConditions(Simulation(fault="500:0")))) == {None}


def test_the_same_seed_gives_every_key_the_same_sequence():
    conditions = Conditions(Simulation(fault=MANY, fault_seed=7))
    first = conditions.of("a")
    second = conditions.of("b")
    assert first is conditions.of("a")
    assert first is not second
    begin = sequence(first)
    assert sequence(second) == begin
    assert sequence(KeyConditions(Simulation(fault=MANY, fault_seed=8))) != begin

    first.change({"fault": MANY})  # it begins anew where it is named
    assert sequence(first) == begin
    first.change({"tier": "1"})
    assert sequence(first) != begin
    assert second.settings.tier is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "must be names with probabilities"),
        ("500:", "must be names with probabilities"),
        ("500:-0.1", "must be names with probabilities"),
        ("500:nan", "must be names with probabilities"),
        ("500:1e-1", "must be names with probabilities"),
        ("500:0.1,,503:0.1", "must be names with probabilities"),
        ("501:0.1", "must be one of 403, 408"),
        ("none", "must be one of 403, 408"),
        ("500:0.1,500:0.1", "must name each fault once, got 500 twice"),
        ("500:0.6,503:0.5", "must have probabilities of at most 1 together, got 1.1"),
        ("500:" + "9" * 400, "must have probabilities of at most 1 together, got inf"),
    ],
)
def test_other_texts(text, problem):
    with pytest.raises(ValueError, match=f"^fault {problem}"):
        fault_rates(text)
