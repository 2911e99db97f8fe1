"""Where a value stands in a body."""

import pytest

from samplers.lab import places_of
from samplers.lab.lessons.moving.places import place_in

BODY = {"messages": [{"role": "user", "content": "Hi"}], "n": 1, "on": True, "none": None}


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("Hi", "messages[0].content"),
        ({"role": "user", "content": "Hi"}, "messages[0]"),
        (1, "n"),
        (True, "on"),
        (None, "none"),
        (1.0, None),
        ("H", None),
    ],
)
def test_a_value_has_a_place_of_its_own_type(value, place):
    assert place_in(BODY, value) == place


def test_a_list_as_body_and_the_first_of_several_places():
    assert place_in([["a"], "a"], "a") == "[0][0]"


def test_the_table_has_a_row_for_each_thing_and_a_dash_where_it_is_not():
    found = places_of({"text": "Hi", "number": 2}, {"A": BODY, "B": {"n": 2}})
    assert found.found == {
        "text": {"A": "messages[0].content", "B": "—"},
        "number": {"A": "—", "B": "n"},
    }
    assert repr(found).splitlines()[0].split() == ["A", "B"]
    assert '<th scope="row">text</th>' in found._repr_html_()


def test_nothing_to_find_is_an_error():
    with pytest.raises(ValueError, match="things"):
        places_of({}, {"A": BODY})
