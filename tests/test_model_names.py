"""The lessons name no model, price or limit that the dated table of models does not hold.

Of names with a date the table knows only the model; those are compared with OpenAI's SDK. What is
not of today's world stands in the lists below, with its reason.
"""

import json
import re
from typing import get_args

import pytest
from lesson_pages import (
    DOCUMENT,
    GLOSSARY,
    MASTERS,
    ROOT,
    cells,
    code_cells,
    markdown,
    markdown_cells,
    outputs,
)
from openai.types.shared import ChatModel

TABLE = json.loads((ROOT / "samplers/wire/models.json").read_text("utf-8"))
KNOWN = {*TABLE["models"], *TABLE["aliases"], *get_args(ChatModel)}
PAGES = [ROOT / "README.md", DOCUMENT, GLOSSARY, *MASTERS]
FAMILIES = (
    "gpt|chatgpt|claude|gemini|deepseek|glm|whisper|tts|dall-e|text-embedding|omni-moderation"
)
NAME = re.compile(
    rf"(?<![\w/.-])(?:(?:{FAMILIES})-[a-z\d][\w.-]*|o\d(?:-[a-z\d][\w-]*)?)(?!\w)", re.IGNORECASE
)
NAMES = {  # besides those that are known
    "gpt-17": "invented: a model that does not exist",
    "gpt-7": "invented: README adds it to the table",
    "gpt-5.5-nope": "invented: a model that does not exist",
    "gpt-4o-2025-08-06": "the document's, which never existed",
    "gpt-3": "history: the first public prompt injection, of 2022",
    "gpt-6": "the beginning of several names, in code",
    "gpt-oss-120b": "an open model, whose card says what effort buys",
    "gpt-oss-20b": "the same",
    "gpt-transcribe": "transcribes; the table has the models that chat",
    "gpt-4o-transcribe": "transcribes",
    "whisper-1": "transcribes",
    "whisper-tiny.en": "the local endpoint's own, which transcribes",
    "omni-moderation-latest": "moderates",
}

FORMULA = re.compile(r"\$\$.+?\$\$|(?<!\\)\$[^$]+\$", re.DOTALL)
MONEY = re.compile(r"(?<=\$)\d[\d.,]*|\d[\d.,]*(?=\s+(?:USD|dollars|cents)\b)")
TOKENS = re.compile(r"(\d{1,3}(?:,\d{3})+)\s+(?:tokens|patches)\b")
AMOUNTS = {  # {(lesson, cell's id): (amounts, reason)}
    ("10", "models-explain"): ("0.0001 0.0019", "the document's, and wrong, as the cell says"),
    ("11b", "limits"): (
        "5 50 250 1000 10000 100 200000",
        "the document's tiers, and those of OpenAI's page of July 2026",
    ),
    ("12", "picture-explain"): ("0.0019", "the document's, and wrong, as the cell says"),
    ("12", "choose-explain"): ("0.10", "our own default, as README says"),
}
COUNTS = {
    ("02", "02-24"): ("49140", "49,152 without the twelve that are shown"),
    ("05b", "05-36"): ("49132", "49,152 without the 20 that are shown"),
    ("06", "06-16"): ("1024", "OpenAI's rule of July 2026; lesson 12 shows it"),
    ("06", "limits-explain"): ("1024", "the local endpoint's own, where no limit is set"),
    ("07", "07-55"): ("1600", "four answers of at most 400"),
    ("12", "prefix-rules"): ("1024 3000", "OpenAI's rule of July 2026, and an exercise's own"),
}


def named(path) -> set[str]:
    """The models that a page, or a lesson's text, code and outputs name."""
    text = markdown(path)
    if path.suffix == ".ipynb":
        text += "\n".join(cell["source"] for cell in code_cells(path)) + outputs(path)
    return {name.lower().rstrip(".-") for name in NAME.findall(text)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_model_that_is_named_is_known(path):
    assert named(path) - KNOWN - NAMES.keys() == set()


def test_the_list_of_other_names_is_short():
    """A name that is known by now, or is named no more, does not stay in the list."""
    everywhere = set().union(*map(named, PAGES))
    assert NAMES.keys() - KNOWN == NAMES.keys()
    assert NAMES.keys() <= everywhere


def numbers_in(value) -> set[float]:
    """All numbers in a JSON value."""
    if isinstance(value, dict):
        return set().union(*map(numbers_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(numbers_in, value))
    return (
        {float(value)} if isinstance(value, int | float) and not isinstance(value, bool) else set()
    )


def number(text: str) -> float:
    return float(text.replace(",", "").rstrip("."))


def unfounded(path, pattern: re.Pattern, allowed: dict) -> list[tuple[str, str]]:
    """(cell's id, number) where neither the table nor the lesson's code or outputs have it."""
    lesson = path.name.partition("_")[0]
    shown = "\n".join(cell["source"] for cell in code_cells(path)) + outputs(path)
    shown = shown.replace("_", "")  # 1_000 in code
    known = {number(found) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", shown)}
    known |= numbers_in(TABLE["models"])

    found = []
    for cell in markdown_cells(path):
        excepted, _ = allowed.get((lesson, cell["id"]), ("", ""))
        fine = known | set(map(float, excepted.split()))
        stated = pattern.findall(FORMULA.sub("", cell["source"]))
        found += [(cell["id"], text) for text in stated if number(text) not in fine]
    return found


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_prices_and_limits_in_a_lessons_text_are_the_tables_or_shown_by_its_code(path):
    assert unfounded(path, MONEY, AMOUNTS) == []
    assert unfounded(path, TOKENS, COUNTS) == []


@pytest.mark.parametrize("allowed", [AMOUNTS, COUNTS])
def test_no_exception_is_left_over(allowed):
    lessons = {path.name.partition("_")[0]: path for path in MASTERS}
    for lesson, cell in allowed:
        assert cell in {it["id"] for it in cells(lessons[lesson])}


def test_what_is_unfounded_is_found(tmp_path):
    text = (
        "$1/T$ costs 2.50 USD or 7.77 USD, takes 9,999 tokens, not 1,050,000 tokens, and is gpt-9."
    )
    cell = {"id": "x", "cell_type": "markdown", "source": [text]}
    path = tmp_path / "98_invented.ipynb"
    path.write_text(json.dumps({"cells": [cell]}))
    assert unfounded(path, MONEY, {}) == [("x", "7.77")]
    assert unfounded(path, TOKENS, {}) == [("x", "9,999")]
    assert named(path) - KNOWN == {"gpt-9"}
