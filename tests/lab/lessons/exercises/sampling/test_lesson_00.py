"""Lesson 00's checks: right answers in any dress, and a fitting hint for wrong ones."""

import numpy as np
import pytest

from samplers.api import Usage, cost, model_table
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.sampling.lesson_00 import COST, COST_THEN, PINNED
from samplers.wire.models import undated

ASKED = [{"role": "user", "content": "Give me a rhyme for orange."}]
FIXED = {"model": "smollm2", "messages": ASKED, "temperature": 1.5}
SYSTEM = {"role": "system", "content": "Be brief."}


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("00-wrong-key", 401, "Correct."),
        ("00-wrong-key", "401.", "Correct."),
        ("00-wrong-key", np.int64(401), "Correct."),
        ("00-wrong-key", 401.0, "Correct."),
        ("00-wrong-key", "HTTP 401", "Correct."),
        ("00-wrong-key", "401 Unauthorized", "Correct."),
        ("00-wrong-key", "HTTP 403", "Run the next cell"),
        ("00-wrong-key", 404, "Run the next cell"),
        ("00-wrong-key", 200, "Run the next cell"),
        ("00-wrong-key", "500", "Run the next cell"),
        ("00-wrong-key", 401.5, "as a whole number"),
        ("00-wrong-key", "unauthorised", "as a number"),
        ("00-wrong-key", None, "as a number"),
        ("00-wrong-key", ..., "Your turn"),
        ("00-three-points", 0, "Correct."),
        ("00-three-points", "0", "Correct."),
        ("00-three-points", "None.", "Correct."),
        ("00-three-points", [0.0], "Correct."),
        ("00-three-points", "0 points", "Correct."),
        ("00-three-points", "none of them", "Correct."),
        ("00-three-points", "1 point", "Run the next cell"),
        ("00-three-points", 0.9, "as a whole number"),
        ("00-three-points", 1, "Run the next cell"),
        ("00-three-points", "３", "Run the next cell"),
        ("00-three-points", 2.0, "Run the next cell"),
        ("00-three-points", None, "as a number"),
        ("00-three-points", True, "as a number"),
        ("00-three-points", "many", "as a number"),
        ("00-cost", 2.1e-6, "Correct."),
        ("00-cost", "$0.0000021", "Correct."),
        ("00-cost", "0.0000021 USD", "Correct."),
        ("00-cost", np.float32(2.1e-6), "Correct."),
        ("00-cost", 2.1, "the price of a million such requests"),
        ("00-cost", 47.5e-6, "the price at gpt-4o"),
        ("00-cost", 47.5, "the price at gpt-4o"),
        ("00-cost", 1.3e-6, "different prices"),
        ("00-cost", 0, "Tokens in times"),
        ("00-cost", 3e-6, "Tokens in times"),
        ("00-cost", "0.01", "Tokens in times"),
        ("00-cost", None, "as a number"),
        ("00-cost", True, "as a number"),
        ("00-cost", "cheap", "as a number"),
        ("00-pinned", PINNED, "Correct."),
        ("00-pinned", sorted(PINNED), "Correct."),
        ("00-pinned", ", ".join(name.upper() for name in sorted(PINNED)), "Correct."),
        ("00-pinned", np.array(sorted(PINNED)), "Correct."),
        ("00-pinned", "{" + str(sorted(PINNED))[1:-1] + "}", "Correct."),
        ("00-pinned", "\n".join(sorted(PINNED)), "Correct."),
        ("00-pinned", PINNED | {"chat-latest"}, "moves on to each new model"),
        ("00-pinned", PINNED | {"gpt-5.6"}, "points to gpt-5.6-sol"),
        ("00-pinned", "gpt-5.5-2026-04-23", "you have 1 of 3"),
        ("00-pinned", PINNED | {"gpt-5.5"}, "ends with a date"),
        ("00-pinned", set(), "ends with a date"),
        ("00-pinned", None, "as a word"),
        ("00-pinned", 3, "ends with a date"),
        ("00-pinned", [["gpt-5.5", "gpt-5.6"]], "as a word"),
    ],
)
def test_an_answer_is_read_and_told(name, answer, message):
    assert message in verdict(name, answer)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "Correct."),
        ({"messages": tuple(ASKED)}, "Correct."),
        ({"messages": [SYSTEM, *ASKED]}, "Correct."),
        ({"messages": [SYSTEM | {"role": "developer"}, *ASKED]}, "Correct."),
        ({"temperature": 0}, "Correct."),
        ({"temperature": None}, "Correct."),
        ({"temperature": np.float64(2)}, "Correct."),
        ({"model": "other"}, "Correct."),
        ({"model": "gpt-4o-2025-08-06"}, "See client.models()"),
        ({"model": None}, "See client.models()"),
        ({"messages": "a rhyme"}, "it must be a list"),
        ({"messages": []}, "it must be a list"),
        ({"messages": ["a rhyme"]}, "a dict with a role"),
        ({"messages": [{"role": "user"}]}, "a dict with a role"),
        ({"messages": [{"role": "poet", "content": "A rhyme!"}]}, "The role 'poet'"),
        ({"messages": [{"role": "tool", "content": "A rhyme!"}]}, "The role 'tool'"),
        ({"messages": [{"role": 5, "content": "A rhyme!"}]}, "The role 5"),
        ({"temperature": 2.5}, "which range"),
        ({"temperature": -1}, "which range"),
        ({"temperature": "1.5"}, "without quotes"),
        ({"temperature": [1]}, "without quotes or brackets"),
        ({"messages": [{"role": "user", "content": 5}]}, "must be a text"),
        ({"max_completion_tokens": None}, "Correct."),
        ({"max_completion_tokens": "30"}, "max_completion_tokens was right before"),
        ({"max_tokens": 0}, "max_tokens was right before"),
        ({"max_completion_tokens": 2.5}, "as a whole number"),
        ({"temperature": True}, "as a number"),
    ],
)
def test_each_fault_of_the_request_has_its_hint(change, message):
    assert message in verdict("00-mend", FIXED | change, models=["other", "smollm2"])


@pytest.mark.parametrize("answer", [None, "request", 3])
def test_the_request_is_given_whole(answer):
    assert "Give the whole request" in verdict("00-mend", answer)


def test_the_model_is_right_if_the_endpoint_has_it():
    assert "See client.models()" in verdict("00-mend", FIXED)


def test_the_costs_are_those_of_the_table():
    hello = Usage(prompt_tokens=11, completion_tokens=2, total_tokens=13)
    assert pytest.approx(float(cost("gpt-6-luna", hello))) == COST

    price = model_table()["models"]["gpt-6-luna"]["prices"][-1]
    assert 0.85 < 2 * price["output"] / (11 * price["input"]) < 1
    assert price["output"] == 5 * price["input"]

    then = model_table()["models"]["gpt-4o"]["document"]
    assert pytest.approx((11 * then["input"] + 2 * then["output"]) / 1e6) == COST_THEN


def test_no_pinned_name_has_a_day_of_shutdown():
    models = model_table()["models"]
    assert [name for name in PINNED if models[undated(name)]["shutdown_date"]] == []
