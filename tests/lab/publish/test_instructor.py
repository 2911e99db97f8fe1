"""The instructor's guide says what the lessons, their checks and the table of prices say."""

import re
from functools import cache

import nbformat
import numpy as np
import pytest
from class_cost import counted, notes, table
from instructor_guide import (
    lessons,
    master,
    plans,
    polls,
    predictions,
    wrong_answers,
)
from lesson_pages import GLOSSARY, GUIDE, MASTERS, cells, place
from poll_answers import ANSWERS
from poll_facts import facts

from samplers import log_softmax
from samplers.lab.lessons.checks import verdict
from samplers.lab.publish.minutes import minutes, section_minutes, short_path_minutes

NUMBERS = [path.name.partition("_")[0] for path in MASTERS]
LENGTHS = {"Ninety minutes": [90], "Half a day": [210], "Two days": [480, 480]}
WRONG = [
    pytest.param(each, id=f"{each.name}-{i}")
    for number in NUMBERS
    for i, each in enumerate(wrong_answers(number))
]
ROWS = [
    pytest.param(end - begin, what, id=f"{plan}-{i}")
    for plan, rows in plans().items()
    for i, (begin, end, what) in enumerate(rows)
    if what.startswith("[lesson ")
]
PART = re.compile(r"\[lesson (\w+), (.+)\]\((.+?)(?:#cell-id=(.+))?\)")
CHECK = re.compile(r'check\("([\w-]+)"')
CHINESE = re.compile(r"([\w`][^,.:*]*?) \(([^()]*[一-鿿][^()]*)\)")
ENTRY = re.compile(r"^<a id=\"[^\"]+\"></a>\*\*(.+?)\*\* \((.+?)\):", re.MULTILINE | re.DOTALL)

lesson = pytest.mark.parametrize("number", NUMBERS)


@pytest.fixture(scope="module")
def known(client):
    return facts(client)


@cache
def notebook(number):
    return nbformat.read(master(number), as_version=4)


def test_every_lesson_has_its_section_in_order():
    assert list(lessons()) == NUMBERS


@lesson
def test_a_section_says_the_lessons_minutes(number):
    first = lessons()[number].split("[Open the lesson]")[0]
    assert f"{minutes(notebook(number))} minutes" in first
    if "the short path" in first:
        assert f"{short_path_minutes(notebook(number)):.0f} of them on the short path" in first


@lesson
def test_every_prediction_has_its_poll_in_order(number):
    found = polls(number)
    assert [poll.cell for poll in found] == predictions(number)
    assert {poll.file for poll in found} <= {master(number).name}


@lesson
def test_a_poll_names_its_section(number):
    for poll in polls(number):
        where = place(master(number), poll.cell, "**Predict")
        assert where == f"lesson {number}, section {poll.section}"


@lesson
def test_a_poll_has_three_or_four_options(number):
    for poll in polls(number):
        assert "".join(poll.options) in ("ABC", "ABCD")
        assert poll.right in poll.options


def test_every_poll_whose_prediction_has_a_check_is_checked():
    found = {}
    for number in NUMBERS:
        lesson_cells = cells(master(number))
        ids = [cell["id"] for cell in lesson_cells]
        for i, poll in enumerate(polls(number), 1):
            # the prediction's check is called before the next text, or after one cell of code
            after = lesson_cells[ids.index(poll.cell) + 1 :][:3]
            called = [c for c in after if "exercise" in c["metadata"].get("tags", ())]
            names = CHECK.findall(called[0]["source"]) if called else []
            if names and _comes_next(after, called[0]):
                found[number, i] = names[0]
    assert found == {poll: name for poll, (name, _) in ANSWERS.items()}


def _comes_next(after, cell) -> bool:
    """Whether only code and a few words stand before the cell."""
    before = after[: after.index(cell)]
    return all("**Explain" not in each["source"] for each in before)


@pytest.mark.parametrize("poll", list(ANSWERS), ids=lambda poll: "-".join(map(str, poll)))
def test_the_check_calls_the_right_option_right_and_no_other(poll, known):
    number, place_in_lesson = poll
    name, answers = ANSWERS[poll]
    asked = polls(number)[place_in_lesson - 1]
    assert set(answers) == set(asked.options)
    right = [
        letter
        for letter, answer in answers.items()
        if verdict(name, answer, **known.get(name, {})).startswith("Correct.")
    ]
    assert right == [asked.right]


@pytest.mark.parametrize("wrong", WRONG)
def test_the_check_says_so_to_a_wrong_answer(wrong, known):
    answer = eval(wrong.code, {"np": np, "log_softmax": log_softmax})
    given = known.get(wrong.name, {})
    said = " ".join(verdict(wrong.name, answer, **given).split())
    assert said.startswith("Not yet.")
    assert wrong.says in said


@lesson
def test_the_words_are_the_glossarys(number):
    words = re.search(r"\*\*Words\.\*\*(.+?)\n\n", lessons()[number], re.DOTALL)[1]
    chinese = dict(ENTRY.findall(GLOSSARY.read_text("utf-8")))
    pairs = CHINESE.findall(" ".join(words.split()))
    assert pairs
    for english, said in pairs:
        assert chinese[english] == said


@pytest.mark.parametrize("plan", LENGTHS)
def test_a_plans_minutes_follow_one_another(plan):
    rows = plans()[plan]
    ends = []
    reached = 0
    for begin, end, _ in rows:
        if begin == 0 and reached:
            ends.append(reached)
            reached = 0
        assert begin == reached < end
        reached = end
    assert [*ends, reached] == LENGTHS[plan]


@pytest.mark.parametrize(("took", "what"), ROWS)
def test_a_plans_row_takes_the_lessons_own_minutes(took, what):
    number, part, file, cell = PART.fullmatch(what).groups()
    assert file == master(number).name
    if part == "whole":
        assert took == minutes(notebook(number))
    elif part == "short path":
        assert took == round(short_path_minutes(notebook(number)))
    else:
        first, last = re.fullmatch(r"sections? (\d+)(?: to (\d+))?", part).groups()
        takes = section_minutes(notebook(number))
        numbers = range(int(first), int(last or first) + 1)
        named = [title for title in takes if title.partition(".")[0] in map(str, numbers)]
        needed = sum(takes[title] for title in named) + (takes[""] if last else 0)
        assert abs(took - needed) <= 1
        assert cell is None or _begins(number, cell, first) or last


def _begins(number: str, cell: str, section: str) -> bool:
    """Whether the section's heading is in the cell."""
    (source,) = [each["source"] for each in cells(master(number)) if each["id"] == cell]
    return f"## {section}. " in source


def test_the_bill_is_made_of_the_record_and_of_the_prices():
    assert table() in GUIDE.read_text("utf-8"), f"the guide must have\n{table()}"


def test_the_guide_says_which_lessons_were_counted_otherwise_or_not():
    assert notes(NUMBERS) in " ".join(GUIDE.read_text("utf-8").split())


def test_the_record_has_no_prompt_that_costs_twice():
    assert set(counted()) <= set(NUMBERS)
    assert max(row["longest_prompt"] for row in counted().values()) < 272_000


def test_no_dollar_begins_a_formula():
    assert re.findall(r"(?<!\\)\$\d", GUIDE.read_text("utf-8")) == []
