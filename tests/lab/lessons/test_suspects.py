"""The suspects: no two alike, told only on request, and ended together."""

import random

import numpy as np
import pytest
from scipy import stats

from samplers.lab import Suspects
from samplers.lab.lessons import suspects
from samplers.lab.lessons.exercises import find
from samplers.lab.lessons.exercises.lesson_05 import draws_needed


class Client:
    def __init__(self, **options):
        self.options, self.closed = options, False

    def close(self):
        self.closed = True


@pytest.fixture
def three(monkeypatch):
    monkeypatch.setattr(suspects, "start_local", Client)
    return Suspects


def test_reveal_names_what_each_was_started_with(three):
    for seed in range(20):
        found = three(random.Random(seed))
        truth = found.reveal()
        assert list(truth) == list(found.clients) == ["A", "B", "C"]
        assert len(set(truth.values())) == 3
        for name, client in found.clients.items():
            order = (
                "temperature last"
                if client.options["engine_order"] == "llama.cpp"
                else "temperature first"
            )
            assert truth[name] == (order, client.options["logprobs_mode"])


def test_every_kind_can_stand_behind_every_letter(three):
    kinds = {pair for seed in range(200) for pair in three(random.Random(seed)).reveal().items()}
    assert len(kinds) == 12


def test_its_words_do_not_tell_and_closing_ends_all(three):
    found = three(random.Random(0))
    assert repr(found) == "<Suspects A, B and C>"
    found.close()
    assert all(client.closed for client in found.clients.values())


def test_the_exercise_takes_the_truth_and_counts_what_is_not(three):
    found = three(random.Random(0))
    test = find("05-suspects").test
    truth = {name: (order.split()[-1], mode) for name, (order, mode) in found.reveal().items()}
    assert test(truth, suspects=found) is True
    wrong = {**truth, "A": ("first" if truth["A"][0] == "last" else "last", truth["A"][1])}
    assert test(wrong, suspects=found) == "1 of the three is not right yet."


def test_the_draws_that_a_test_needs_are_those_of_a_simulation():
    """Pearson's test of p against draws of q at the number found: about nine of ten reject."""
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.45, 0.32, 0.23])
    n = round(draws_needed(p, q))
    drawn = np.random.default_rng(0).multinomial(n, q, 20_000)
    statistic = ((drawn - n * p) ** 2 / (n * p)).sum(axis=1)
    assert abs((statistic > stats.chi2.isf(0.05, 2)).mean() - 0.9) < 0.02
