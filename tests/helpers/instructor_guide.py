"""The instructor's guide, read: its plans, its sections on the lessons, their polls and answers."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lesson_pages import GUIDE, MASTERS, cells

SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
LESSON = re.compile(r"Lesson (\w+): (.+)")
ITEM = re.compile(r"^(?:\d+\.|-) (.+(?:\n(?!\d+\. |- |\n).+)*)", re.MULTILINE)
OPTION = re.compile(r"\*\*([A-D])\*\* (.+?)(?= · |\. \*Right)")
LINK = re.compile(r"^\[Section (\d+)\]\((\S+?)#cell-id=(\S+?)\)\. ")
RIGHT = re.compile(r"\*Right: ([A-D])\.\* \S")
ANSWER = re.compile(r"^`([\w-]+)`, `(.+?)`: “(.+?)”")
ROW = re.compile(r"^\| (\d+)–(\d+) \| (.+?) \|", re.MULTILINE)


@dataclass(frozen=True)
class Poll:
    """A question for raised hands: the cell that asks it, its options and the right letter."""

    section: str
    file: str
    cell: str
    options: dict[str, str]
    right: str


@dataclass(frozen=True)
class WrongAnswer:
    """An answer as Python has it, and words of what the check of this name says to it."""

    name: str
    code: str
    says: str


def sections() -> dict[str, str]:
    """{title: text} of the guide's sections."""
    _, *parts = SECTION.split(GUIDE.read_text("utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def lessons() -> dict[str, str]:
    """{number: text} of the sections on the lessons."""
    found = {LESSON.fullmatch(title): text for title, text in sections().items()}
    return {match[1]: text for match, text in found.items() if match}


def master(number: str) -> Path:
    """The lesson's notebook."""
    (path,) = [path for path in MASTERS if path.name.startswith(f"{number}_")]
    return path


@cache
def polls(number: str) -> list[Poll]:
    """The polls of a lesson, in order; AssertionError for one that cannot be read."""
    found = []
    for item in _items(lessons()[number], "**Polls.**"):
        link, right = LINK.search(item), RIGHT.search(item)
        assert link, f"lesson {number}: no link to a section at the beginning of {item}"
        assert right, f"lesson {number}: no *Right: X.* with a reason in {item}"
        found.append(Poll(link[1], link[2], link[3], dict(OPTION.findall(item)), right[1]))
    return found


@cache
def wrong_answers(number: str) -> list[WrongAnswer]:
    """What people answer in a lesson, in order; AssertionError for one that cannot be read."""
    found = []
    for item in _items(lessons()[number], "**What goes wrong.**"):
        match = ANSWER.search(item)
        assert match, f"lesson {number}: no `check`, `answer`: “words” in {item}"
        found.append(WrongAnswer(*match.groups()))
    return found


def predictions(number: str) -> list[str]:
    """The id of the cell of each prediction of a lesson, in order."""
    found = []
    for cell in cells(master(number)):
        if cell["cell_type"] == "markdown":
            found += [cell["id"]] * cell["source"].count("**Predict")
    return found


def plans() -> dict[str, list[tuple[int, int, str]]]:
    """{plan: [(from, to, what), …]}; the tables of one plan follow one another."""
    _, *parts = re.split(r"^### (.+)$", sections()["Three plans"], flags=re.MULTILINE)
    tables = zip(parts[::2], parts[1::2], strict=True)
    return {
        name: [(int(begin), int(end), what) for begin, end, what in ROW.findall(text)]
        for name, text in tables
    }


def _items(text: str, after: str) -> list[str]:
    """The items of the list that follows a label, each in one line."""
    below = text.partition(after)[2].partition("\n**")[0]
    return [" ".join(item.split()) for item in ITEM.findall(below)]
