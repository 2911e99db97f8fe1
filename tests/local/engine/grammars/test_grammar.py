"""The grammars of schemas: what is left out of them."""

import json

import pytest
from example_schemas import an_object
from grammar_check import accepts

from samplers.local.engine.grammars.grammar import of_schema
from samplers.local.request.schema import check, refusal

REFUSE = refusal("response_format 'x'", "response_format")
NUMBERS = {"type": "array", "items": {"type": "number"}}


@pytest.mark.parametrize(
    "note", ['"uniqueItems": false', '"default": [1e400]', '"examples": [1e400]']
)
def test_keywords_that_change_nothing_are_left_out(note):
    schema = an_object(a=NUMBERS | json.loads(f"{{{note}}}"))
    document = {"a": [1, 1]}
    assert accepts(of_schema(check(schema, False, REFUSE)), document, {"a": "x"}) == [document]


def test_properties_may_have_the_names_of_keywords():
    schema = an_object(default={"type": "string"}, uniqueItems={"type": "boolean"})
    document = {"default": "x", "uniqueItems": False}
    assert accepts(of_schema(schema), document, {"default": 1, "uniqueItems": False}) == [document]
