"""JSON while it streams: what is known from any beginning of a document."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samplers.api import partial_json

SCALARS = st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=5)


def lists_and_objects(inner):
    return st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)


JSON = st.recursive(SCALARS, lists_and_objects, max_leaves=8)


@given(JSON, st.integers(0, 500))
def test_partial_json_of_every_beginning(value, length):
    text = json.dumps(value, ensure_ascii=False)
    assert partial_json(text) == value
    known = partial_json(text[:length])
    assert known is None or type(known) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        (" \n", None),
        ("nul", None),
        ("hello", None),
        ("{", {}),
        ('{"a', {}),
        ('{"a": "x\\', {"a": "x"}),
        ('{"a": "x\\u00', {"a": "x"}),
        ('{"a": tr', {}),
        ('{"a": [1, {"b": "c', {"a": [1, {"b": "c"}]}),
        ("\ud83d", None),
        ("[" * 1000, None),  # jiter goes 200 deep
    ],
)
def test_partial_json_by_hand(text, value):
    assert partial_json(text) == value
