"""Lesson 01's checks: what surprises the model most, and how the surprise of a word changes."""

import pytest

from samplers.lab.lessons.checks import verdict


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (("Spain", "falls"), "Correct."),
        (("␣Spain", "falls"), "Correct."),
        (("Spain", "rises"), "Not yet. Right for the token."),
        (("Berlin", "falls"), "Not yet. Which token would surprise you?"),
        ((..., "falls"), "Your turn"),
        ("Spain", "Not yet"),
    ],
)
def test_the_surprise(answer, message):
    assert verdict("01-surprise", answer).startswith(message)
