"""The suspects: no two alike, revealed only on request, and ended together."""

import random

import pytest

from samplers.lab import Suspects
from samplers.lab.lessons import suspects
from samplers.lab.lessons.exercises import find

ORDERS = {"openai": "temperature first", "llama.cpp": "temperature last"}


class Client:
    def __init__(self, **options):
        self.options = options
        self.closed = False

    def close(self):
        self.closed = True


@pytest.fixture
def suspects_of(monkeypatch):
    """A function from a seed to suspects that start no endpoint."""
    monkeypatch.setattr(suspects, "start_local", Client)

    def suspects_of(seed):
        monkeypatch.setattr(random, "SystemRandom", lambda: random.Random(seed))
        return Suspects()

    return suspects_of


def test_reveal_names_what_each_was_started_with(suspects_of):
    for seed in range(20):
        three = suspects_of(seed)
        truth = three.reveal()
        assert list(truth) == list(three.clients) == ["A", "B", "C"]
        assert len(set(truth.values())) == 3
        for name, client in three.clients.items():
            order = ORDERS[client.options["engine_order"]]
            assert truth[name] == (order, client.options["logprobs_mode"])


def test_every_kind_can_stand_behind_every_letter(suspects_of):
    kinds = {pair for seed in range(200) for pair in suspects_of(seed).reveal().items()}
    assert len(kinds) == 12


def test_the_repr_reveals_nothing_and_closing_ends_all(suspects_of):
    three = suspects_of(0)
    assert repr(three) == "<Suspects A, B and C>"
    three.close()
    assert all(client.closed for client in three.clients.values())


def test_the_exercise_takes_the_truth_and_counts_what_is_wrong(suspects_of):
    three = suspects_of(0)
    test = find("05-suspects").test
    truth = {name: (order.split()[-1], mode) for name, (order, mode) in three.reveal().items()}
    assert test(truth, suspects=three) is True

    order, mode = truth["A"]
    wrong = {**truth, "A": ("first" if order == "last" else "last", mode)}
    assert test(wrong, suspects=three) == "1 of the three is not right yet."
