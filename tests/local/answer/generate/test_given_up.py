"""Where an answer broke off when the engine gave its grammar up."""

import pytest

from samplers.local.answer.generate.given_up import given_up, place


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "$"),
        ("{", "$"),
        ('{"a', "$.a"),
        ('{"a":"x', "$.a"),
        ('{"a":"x","b":[1,[2,{"c,]}":"y\\"z', "$.b[1][1].c,]}"),
        ('{"a":{"b":1},', "$"),
        ('{"a":{"b":1},"c":[', "$.c[0]"),
        ('[{"name":"f","arguments":{"x":', "$[0].arguments.x"),
    ],
)
def test_the_place_is_named(text, where):
    assert place(text) == where
    assert f"at {where}, after {len(text)} characters" in str(given_up(text))
