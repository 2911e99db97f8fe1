"""Lesson 15's checks take right answers, and name the mistakes that they are written for."""

import pytest

from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.api.lesson_15 import CODES, THOUGHTS
from samplers.local.request.scratchpad import MOST

ASKED = {"model": "m-reasoning", "messages": [{"role": "user", "content": "Hi"}]}
OLD = ASKED | {"temperature": 0, "logprobs": True, "stop": ["\n"], "max_tokens": 30}
KEPT = {"temperature": 0, "logprobs": True, "max_completion_tokens": 30}
RIGHT = {
    "drop": ASKED | {"max_completion_tokens": 126},
    "none": ASKED | KEPT | {"reasoning_effort": "none"},
    "other": OLD | {"model": "m"},
}


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("15-chain", 0.999**3000, "Correct."),
        ("15-chain", "5 %", "Correct."),
        ("15-chain", 0.999, "each must be right"),
        ("15-chain", 0.5, "each with probability 0.999"),
        ("15-codes", CODES, "Correct."),
        ("15-codes", CODES | {"Chat, seed": "unknown"}, "1 of 6"),
        ("15-codes", ["taken"] * 6, "5 of 6"),
        ("15-codes", ["null"] * 6, "can't read"),
        ("15-think", "Half.", "Correct."),
        ("15-think", "none", "What is then left"),
        ("15-think", "as many", "What is then left"),
        ("15-think", "more", "can't read"),
        ("15-vote", "one draw", "Correct."),
        ("15-vote", "greedy", "the right one?"),
        ("15-vote", "more", "drawn most often"),
        ("15-examples", 3, "Correct."),
        ("15-examples", 4, "Correct."),
        ("15-examples", 2, "finds probable"),
        ("15-examples", 40, "four sums"),
        ("15-left", 0, "Correct."),
        ("15-left", "none", "Correct."),
        ("15-left", "No model.", "Correct."),
        ("15-left", 4, "until when"),
    ],
)
def test_predictions(name, answer, message):
    assert message in " ".join(verdict(name, answer).split())


def without(way, name):
    return {key: value for key, value in RIGHT[way].items() if key != name}


@pytest.mark.parametrize(
    ("way", "body", "message"),
    [
        ("drop", OLD, "'max_tokens' is not supported"),
        ("drop", RIGHT["drop"] | {"temperature": 0}, "'temperature' is not supported"),
        ("drop", RIGHT["drop"] | {"logprobs": True}, "'logprobs' is not supported"),
        ("drop", RIGHT["drop"] | {"frequency_penalty": 1}, "no 'frequency_penalty'"),
        ("drop", RIGHT["drop"] | {"top_p": 0.9}, "no 'top_p'"),
        ("drop", RIGHT["drop"] | {"verbose": True}, "no 'verbose'"),
        ("drop", RIGHT["none"], "the second way"),
        ("drop", RIGHT["drop"] | {"max_completion_tokens": 30}, "fewer than 30 tokens"),
        ("drop", RIGHT["drop"] | {"reasoning_effort": "max"}, "no effort"),
        ("drop", without("drop", "max_completion_tokens"), "the limit is lost"),
        ("drop", RIGHT["drop"] | {"messages": []}, "messages must stay"),
        ("none", without("none", "reasoning_effort"), "set reasoning_effort"),
        ("none", RIGHT["none"] | {"stop": ["\n"]}, "'stop' is not supported"),
        ("none", RIGHT["none"] | {"verbose": True}, "no 'verbose'"),
        ("none", without("none", "logprobs"), "logprobs is taken at effort none"),
        ("none", RIGHT["none"] | {"temperature": 1}, "temperature is taken"),
        ("other", OLD, "still the reasoning one"),
        ("other", RIGHT["other"] | {"temperature": 1}, "change nothing but the model"),
        ("other", RIGHT["other"] | {"model": "gpt-4o"}, "no model 'gpt-4o'"),
        ("other", "m", "write a body"),
    ],
)
def test_ways(way, body, message):
    said = " ".join(verdict("15-ways", RIGHT | {way: body}, old=OLD).split())
    assert said.startswith(f"Not yet. {way}: ")
    assert message in said


def test_ways_that_are_right():
    assert verdict("15-ways", RIGHT, old=OLD).startswith("Correct.")
    low = ASKED | {"reasoning_effort": "low", "max_completion_tokens": 62}
    defaults = RIGHT["drop"] | {"temperature": 1, "top_p": 1, "logprobs": False, "stop": None}
    for body in (low, defaults):
        assert verdict("15-ways", RIGHT | {"drop": body}, old=OLD).startswith("Correct.")


def test_the_thoughts_are_as_long_as_the_profile_makes_them():
    assert {effort: MOST[effort] for effort in THOUGHTS} == THOUGHTS


def best_of(ask, passes, most):
    for _ in range(most):
        answer = ask()
        if passes(answer):
            return answer
    return None


def all_at_once(ask, passes, most):
    return next(filter(passes, [ask() for _ in range(most)]), None)


def any_answer(ask, passes, most):
    return [ask() for _ in range(most)][-1]


def without_limit(ask, passes, most):
    while not passes(answer := ask()):
        pass
    return answer


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (best_of, "Correct."),
        (all_at_once, "yours asks 5 times, not 2"),
        (any_answer, "yours gives 4, not 9"),
        (without_limit, "yours gives 9, not None"),
        (lambda ask, passes, most: None, "yours gives None, not 9"),
        (5, "Give the function itself"),
    ],
)
def test_best_of(function, message):
    assert message in " ".join(verdict("15-best", function).split())
