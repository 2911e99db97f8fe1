"""The wait that a client chooses itself."""

import os
import random

import numpy as np
import pytest

from samplers.api import full_jitter
from samplers.api.retries.jitter import MOST


@pytest.mark.parametrize(
    ("retry", "high"), [(1, 0.5), (2, 1), (3, 2), (4, 4), (5, 8), (6, 8), (100_000, 8)]
)
def test_it_is_spread_over_the_whole_of_a_stretch_that_doubles(retry, high):
    waits = [full_jitter(retry) for _ in range(400)]
    assert 0 <= min(waits) < 0.05 * high  # fails by chance once in 10^8 times
    assert 0.95 * high < max(waits) <= high <= MOST


@pytest.mark.parametrize("rng", [random.Random, np.random.default_rng])
def test_a_seed_of_its_own_gives_the_same_again(rng):
    assert full_jitter(3, rng(5)) == full_jitter(3, rng(5))


def test_pythons_own_seed_does_not_make_clients_wait_alike():
    waits = []
    for _ in range(2):
        random.seed(42)
        np.random.seed(42)  # noqa: NPY002 what a notebook may do
        waits.append(full_jitter(5))
    assert waits[0] != waits[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a fork")
def test_a_fork_waits_differently():
    read, write = os.pipe()
    if os.fork() == 0:
        os.write(write, repr(full_jitter(5)).encode())
        os._exit(0)
    os.wait()
    assert float(os.read(read, 100)) != full_jitter(5)
