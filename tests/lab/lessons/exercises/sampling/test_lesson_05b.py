"""Lesson 05b's checks: the best known temperature, bounds by hand, a threshold."""

import numpy as np
import pytest

from samplers.lab.lessons.checks import verdict


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("05-known", 1, "Correct."),
        ("05-known", "1.0", "Correct."),
        ("05-known", np.float64(1), "Correct."),
        ("05-known", "T = 1", "Correct."),
        ("05-known", 0.5, "At which temperature is the sum"),
        ("05-known", "1.3", "At which temperature is the sum"),
        ("05-known", 0.7, "The four temperatures are 0.5, 1, 1.3 and 2, and 0.7 is none of them."),
        ("05-known", None, "I can't read None as a number."),
        ("05-known", True, "I can't read True as a number."),
        ("05-known", "cold", "I can't read 'cold' as a number."),
        ("05-bounds", (0.388, 0.464), "Correct."),
        ("05-bounds", [0.464, 0.388], "Correct."),
        ("05-bounds", "(38.8%, 46.4%)", "Correct."),
        ("05-bounds", "between 38.8 % and 46.4 %", "Correct."),
        ("05-bounds", np.array([0.388, 0.464]), "Correct."),
        ("05-bounds", (0.3, 0.464), "One of the two is right: 0.464."),
        ("05-bounds", (0.388, 0.5), "One of the two is right: 0.388."),
        ("05-bounds", (0.3, 0.6), "0.6 is 好 at T = 1."),
        ("05-bounds", (0.1, 0.2), "The three unseen words"),
        ("05-bounds", (0.7, 0.9), "The three unseen words"),
        ("05-bounds", None, "I read None as 1 of the 2 parts"),
        ("05-bounds", {0.388, 0.464}, "A set has no order"),
        ("05-bounds", ("low", "high"), "I can't read 'low' as a number."),
        ("05-threshold", 0.75, "Correct."),
        ("05-threshold", "80 %", "Correct."),
        ("05-threshold", np.float32(0.72), "Correct."),
        ("05-threshold", 0.7, "Look for the largest confidence of a wrong answer"),
        ("05-threshold", 0.85, "No wrong answer is given, but more"),
        ("05-threshold", 0.95, "At this threshold nothing"),
        ("05-threshold", 1.5, "A threshold of confidences is between 0 and 1."),
        ("05-threshold", -1, "A threshold of confidences is between 0 and 1."),
        ("05-threshold", None, "I can't read None as a number."),
        ("05-threshold", (0.7, 0.8), "I can't read (0.7, 0.8) as a number."),
        ("05-threshold", "high", "I can't read 'high' as a number."),
    ],
)
def test_each_check_reads_an_answer_in_any_dress(name, answer, message):
    assert verdict(name, answer).removeprefix("Not yet. ").startswith(message)
