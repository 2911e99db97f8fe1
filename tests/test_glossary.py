"""notebooks/glossary.md: each word in English and Chinese, with the place that introduces it."""

import re

import pytest
from lesson_pages import GLOSSARY, LINK, MASTERS, cell_of, cells, markdown, place

ENTRY = re.compile(r'<a id="([^"]+)"></a>\*\*(.+?)\*\*\s\(([^)]+)\): (.+)', re.DOTALL)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LINKS_HERE = re.compile(r"\]\(glossary\.md#([^)\s]+)\)")
ENTRIES = markdown(GLOSSARY).strip().split("\n\n")[2:]


def read(entry: str) -> tuple[str, str, str, str]:
    """(anchor, word, Chinese, meaning) of an entry."""
    found = ENTRY.match(entry)
    assert found, entry
    anchor, word, chinese, meaning = found.groups()
    return anchor, word.replace("`", ""), chinese, meaning


def test_the_words_are_in_order():
    words = [read(entry)[1] for entry in ENTRIES]
    assert words == sorted(words, key=str.lower)
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: read(entry)[1])
def test_a_word_is_translated_and_introduced_in_a_lesson_that_links_here(entry):
    anchor, word, chinese, meaning = read(entry)
    assert anchor == word.lower().replace(" ", "-")
    assert CHINESE.search(chinese)

    link = LINK.findall(meaning)[-1]
    lesson, cell = cell_of(GLOSSARY, link)
    source = next(it["source"] for it in cells(lesson) if it["id"] == cell)
    assert anchor in LINKS_HERE.findall(source), "the cell does not link to the entry"
    where = place(lesson, cell, f"(glossary.md#{anchor})")
    assert " ".join(meaning.split()).endswith(f"See [{where}]({link}).")


def test_each_word_is_linked_in_a_lesson():
    """And no lesson links to a word that is not here: `test_links.py`."""
    linked = {anchor for path in MASTERS for anchor in LINKS_HERE.findall(markdown(path))}
    assert {read(entry)[0] for entry in ENTRIES} - linked == set()
