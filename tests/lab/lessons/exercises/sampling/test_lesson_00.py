"""Lesson 00's request to mend, on the local endpoint and on another one."""

import pytest

from samplers.lab.lessons.checks import verdict

MENDED = {
    "model": "smollm2",
    "messages": [{"role": "user", "content": "Give me a rhyme for orange."}],
    "temperature": 1.5,
}


def test_a_model_is_right_if_the_endpoint_has_it():
    assert verdict("00-mend", MENDED, models=["other", "smollm2"]).startswith("Correct.")
    assert "client.models() lists it" in verdict("00-mend", MENDED, models=["other"])
    assert "client.models() lists it" in verdict("00-mend", MENDED)


@pytest.mark.parametrize(
    ("fault", "hint"),
    [({"messages": "a rhyme"}, "on the wire it is a list"), ({"temperature": 2.5}, "which range")],
    ids=["messages", "temperature"],
)
def test_each_fault_has_its_hint(fault, hint):
    assert hint in verdict("00-mend", MENDED | fault, models=["smollm2"])
