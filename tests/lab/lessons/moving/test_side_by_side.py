"""Bodies side by side, in lines that fit."""

import json
import re

import pytest

from samplers.lab import side_by_side
from samplers.lab.lessons.moving.side_by_side import WIDTH, json_lines

WORDS = {"system": "word " * 40, "messages": [{"role": "user", "content": "Hi"}] * 3, "n": 1}


def test_a_body_is_json_in_lines_that_fit():
    text = json_lines(WORDS)
    assert max(map(len, text.splitlines())) <= WIDTH
    joined = re.sub(r"\s+", " ", text)
    assert json.loads(joined) == WORDS | {"system": ("word " * 40)}


def test_a_field_has_a_line_of_its_own_and_so_has_a_part_of_a_long_list():
    lines = json_lines(WORDS | {"system": "Be brief."}).splitlines()
    assert lines[1] == ' "system": "Be brief.",'
    assert lines[2] == ' "messages": ['
    assert lines[-2] == ' "n": 1'


def test_a_name_stays_with_its_value():
    body = {"tools": [{"function": {"name": "weather", "description": "The weather now"}}]}
    assert not any(line.endswith(":") for line in json_lines(body).splitlines())


def test_the_bytes_of_a_picture_are_cut_and_counted():
    body = {"url": "x" * 5000, "text": "long but with spaces " * 10}
    text = " ".join(json_lines(body).split())
    assert "… (5,000" in text
    assert text.count("long but") == 10


def test_the_page_has_two_columns_and_no_markup_of_a_model():
    shown = side_by_side({"A": {"text": "<b>"}, "B": {}, "C": [1]})
    page = shown._repr_html_()
    assert page.count("<table ") == 2
    assert page.count("<th ") == page.count("<td ") == 3
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


def test_its_text_is_the_same_on_every_machine():
    assert repr(side_by_side({"A": {"id": "1"}, "B": {}})) == "<Side by side: A, B>"


def test_nothing_to_show_is_an_error():
    with pytest.raises(ValueError, match="bodies"):
        side_by_side({})
