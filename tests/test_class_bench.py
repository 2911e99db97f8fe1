"""The benches of a class: the queue against the closed form, the page against its data."""

import json
import sys
from math import log

import nbformat
import numpy as np
import pytest

from tests.bench import beyond_a_room, lesson, many_learners
from tests.bench.learners import CHAT, LEARN
from tests.bench.queueing import Ask, Class, Server, Speed
from tests.bench.room import GOAL, LEARNERS, MEASURED
from tests.data.record_lesson_02 import LESSON, source_of

SPEED = Speed((1, 4, 16), (10.0, 25.0, 40.0), slots=8)


def mean_wait(speed: Speed, count: int, think: float, tokens: float) -> float:
    """Mean seconds of a request of one answer, in closed form.

    Exponential thinking and processor sharing: how many requests are in the server is a birth and
    death process, of n by (count - n) / think and by the speed / the mean tokens (Kleinrock,
    "Queueing Systems" 1, 1975, section 3.8, with a rate that depends on n). Then Little's law.
    """
    weights = [1.0]
    for n in range(1, count + 1):
        birth = (count - n + 1) / think
        death = speed.at(min(n, speed.slots)) / tokens
        weights.append(weights[-1] * birth / death)
    probs = np.array(weights) / sum(weights)
    present = (probs * np.arange(count + 1)).sum()
    return present / ((count - present) / think)


@pytest.mark.parametrize("many", [1, 12, 60])
def test_the_queue_has_the_mean_of_the_closed_form(many):
    rng = np.random.default_rng(many)
    steps = [[Ask("chat", 1, tokens)] for tokens in rng.exponential(20, 20_000)]
    found = Class([Server(SPEED)], steps, many, 30.0, seed=1).run(400_000 / many)
    assert np.mean(found["chat"]) == pytest.approx(mean_wait(SPEED, many, 30.0, 20), rel=0.05)


def test_one_slot_has_the_percentile_of_the_closed_form():
    """So many learners that requests come by chance: M/M/1 in the order of coming.

    Its waits are exponential with a mean of 1 / (mu - lambda).
    """
    rng = np.random.default_rng(3)
    steps = [[Ask("chat", 1, tokens)] for tokens in rng.exponential(10, 50_000)]
    one_by_one = Speed((1,), (16.0,), slots=1)
    found = Class([Server(one_by_one)], steps, 2_000, 2_000.0, seed=1).run(60_000)
    expected = -log(0.05) / (16 / 10 - 1)
    assert np.percentile(found["chat"], 95) == pytest.approx(expected, rel=0.05)


def test_a_request_ends_with_its_last_choice():
    """Three choices on two slots: two share the speed, then the third has it alone."""
    speed = Speed((1, 2), (10.0, 10.0), slots=2)
    server = Server(speed)
    found = Class([server], [[Ask("three", 3, 10.0)]], 1, 30.0, seed=1).run(2_000)
    assert np.allclose(found["three"], 3.0)
    assert len(found["three"]) == pytest.approx(0.9 * 2_000 / 33, rel=0.2)


@pytest.fixture(scope="module")
def measured() -> dict:
    return json.loads(MEASURED.read_text("utf-8"))


@pytest.fixture(scope="module")
def simulated() -> dict:
    return json.loads(many_learners.SIMULATED.read_text("utf-8"))


def test_the_recorded_requests_are_the_lessons():
    """`python tests/data/record_lesson_02.py` records them again."""
    cells = {cell.id: cell for cell in nbformat.read(LESSON, as_version=4).cells}
    recorded = json.loads(lesson.REQUESTS.read_text("utf-8"))
    for step in recorded["steps"]:
        assert source_of(cells[step["cell"]]) == step["source"], step["cell"]


def test_the_page_says_what_was_simulated(simulated):
    page = beyond_a_room.GUIDE.read_text("utf-8")
    assert beyond_a_room.numbers(simulated) in page
    assert f"its {sum(map(len, lesson.steps()))} requests" in page
    vllm = many_learners.VLLM
    assert f"{vllm.rates[0]} tokens a second for one answer,\n  {vllm.rates[1]:.0f} for 32" in page
    assert f"takes {40 / vllm.rates[0]:.1f} seconds" in page


def test_the_pages_formula_is_near_the_simulation(simulated):
    assert all(0.28 < tokens < 0.45 for tokens in simulated["tokens_per_learner"].values())
    for row in simulated["rows"]:
        if row["learners"] == 10_000:
            by_the_formula = 2 * 0.4 * 10_000 / simulated["speeds"][row["server"]]["rates"][-1]
            assert row["servers"] == pytest.approx(by_the_formula, rel=0.35)


def test_the_simulation_is_of_what_was_measured(measured, simulated):
    """`python -m tests.bench.many_learners` simulates again."""
    name = simulated["rows"][0]["server"]
    setting = many_learners.Setting(name, many_learners.speed_of(measured), measured, here=True)
    assert simulated["speeds"][name]["rates"] == list(setting.speed.rates)
    at_30 = simulated["at_30_learners"]
    assert at_30["simulated"] == setting.p95(LEARNERS, 1)
    assert at_30["measured"]["chat"] == measured["waits"][CHAT]["p95"]
    assert at_30["measured"]["learners"] == measured["waits"][LEARN]["p95"]


def test_the_goal_was_met_where_it_was_measured(measured):
    """A run on a machine that did other work says nothing: `python -m tests.bench.room --save`."""
    assert (measured["learners"], measured["think"], measured["by_cell"]) == (LEARNERS, 45, False)
    assert measured["waits"][CHAT]["p95"] < GOAL
    assert not any(kind["errors"] for kind in measured["waits"].values())


def test_another_servers_file_gives_its_rows(monkeypatch, capsys):
    """The guide's command for it."""
    monkeypatch.setattr(many_learners, "CLASSES", (30,))
    monkeypatch.setattr(sys, "argv", ["many_learners", "--measured", str(MEASURED)])
    many_learners.main()
    assert f"| {MEASURED.stem} | 30 |" in capsys.readouterr().out


def test_another_server_is_not_asked_for_what_is_ours():
    kinds = {request.kind for step in lesson.steps(ours=False) for request in step}
    assert not kinds & set(lesson.OURS)
    assert "5 × 14 tokens" in kinds
