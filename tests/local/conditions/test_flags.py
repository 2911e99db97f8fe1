"""The flags that name what is simulated."""

import pytest

from samplers.local.__main__ import arguments
from samplers.local.conditions.simulation import Simulation


def test_nothing_is_on_unless_it_is_named():
    assert arguments([]).simulation == Simulation(None, None, None, 1.0, 0)


def test_all_of_them():
    given = ["--tier=1", "--fault=429:0.2", "--latency=ttft=1", "--time-factor=60"]
    simulation = arguments([*given, "--fault-seed=7"]).simulation
    assert simulation == Simulation("1", "429:0.2", "ttft=1", 60.0, 7)


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--tier=6", "--tier must be one of free, 1, 2, 3, 4, 5, or numbers in"),
        ("--tier=", "--tier must be one of"),
        ("--fault=500:2", "--fault must have probabilities of at most 1 together, got 2"),
        ("--fault=501", "--fault must be one of 403, 408"),
        ("--latency=slow", "--latency must be numbers of ttft"),
        ("--latency=ttft=99", "--latency's ttft must be in [0, 60], got 99"),
        ("--time-factor=0.5", "--time-factor must be a number in [1, 100000], got 0.5"),
        ("--time-factor=nan", "--time-factor must be a number in [1, 100000], got nan"),
        ("--time-factor=fast", "--time-factor: invalid float value: 'fast'"),
        ("--fault-seed=-1", "--fault-seed must be an integer in"),
    ],
)
def test_wrong_ones(flag, message, capsys):
    with pytest.raises(SystemExit) as caught:
        arguments([flag])
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


def test_the_help_names_every_fault(capsys):
    with pytest.raises(SystemExit):
        arguments(["--help"])
    words = capsys.readouterr().out.split()
    assert {"--tier", "--fault", "--latency", "--time-factor", "--fault-seed"} <= set(words)
    assert "credit_balance_exhausted," in words
