"""What every stored lesson must be, besides one that runs: executed, compared and described."""

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from samplers.lab.publish import learner
from samplers.lab.publish.learner import KERNEL, tags
from samplers.lab.publish.minutes import ON_THE_SHORT_PATH, minutes, short_path_minutes

ROOT = Path(__file__).parents[1]
MASTERS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
NOTEBOOKS = [nbformat.read(path, as_version=4) for path in MASTERS]
LESSONS = [
    pytest.param(notebook, id=path.stem) for path, notebook in zip(MASTERS, NOTEBOOKS, strict=True)
]
SHORT_PATH = {"01", "02", "03", "05"}  # lessons of which some sections are on it
COLUMNS = 100
# a line may be longer than that for what no author can break, or a reader does not see
UNBROKEN = re.compile(r"\]\([^)]*\)|\$[^$]+\$|\$\$.+\$\$|<[^>]+>|`[^`]+`|https?://\S+")

lesson = pytest.mark.parametrize("notebook", LESSONS)


def code_cells(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def pictures(cell) -> list:
    return [output for output in cell.outputs if "image/png" in output.get("data", {})]


def text_of(notebook) -> str:
    """All Markdown of a lesson."""
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_there_are_lessons():
    assert len(MASTERS) >= 5


@lesson
def test_every_code_cell_was_run_and_none_failed(notebook):
    for cell in code_cells(notebook):
        assert cell.execution_count is not None, cell.id
        failed = any(output.output_type == "error" for output in cell.outputs)
        assert failed == ("raises-exception" in tags(cell)), cell.id


@lesson
def test_at_least_half_of_the_code_cells_are_compared(notebook):
    cells = code_cells(notebook)
    compared = [cell for cell in cells if "nbval-ignore-output" not in tags(cell)]
    assert len(compared) >= len(cells) / 2


@lesson
def test_every_picture_has_alternative_text(notebook):
    for cell in code_cells(notebook):
        for output in pictures(cell):
            assert len(output.metadata["image/png"]["alt"]) > 20, cell.id


@lesson
def test_every_picture_has_an_assertion_on_its_numbers_beside_it(notebook):
    cells = code_cells(notebook)
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        beside = cell.source + (following.source if following else "")
        assert not pictures(cell) or "assert " in beside, cell.id


@lesson
def test_code_cells_are_at_most_twelve_lines(notebook):
    longest = max(code_cells(notebook), key=lambda cell: len(cell.source.splitlines()))
    assert len(longest.source.splitlines()) <= 12, longest.id


@lesson
def test_exercises_have_solutions_and_checks(notebook):
    def checked(tag: str) -> set[str]:
        source = "".join(cell.source for cell in code_cells(notebook) if tag in tags(cell))
        return set(re.findall(r'check\("([\w-]+)"', source))

    assert len(checked("solution")) >= 2
    # an exercise may have no solution: a prediction is answered by what the lesson shows next
    assert checked("solution") <= checked("exercise")


@lesson
def test_headings_are_in_order(notebook):
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text_of(notebook), re.MULTILINE)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))


@lesson
def test_a_lesson_says_how_long_it_takes(notebook):
    """By the formula of `samplers.lab.publish.minutes`, which prints the number."""
    needs = re.search(r"\*\*You need\*\*.*?(\d+)\s+minutes", text_of(notebook), re.DOTALL)
    assert int(needs[1]) == minutes(notebook)


def test_the_short_path_takes_ninety_minutes():
    numbers = [path.name.partition("_")[0] for path in MASTERS]
    on_it = {
        n for n, it in zip(numbers, NOTEBOOKS, strict=True) if ON_THE_SHORT_PATH in text_of(it)
    }
    assert on_it == SHORT_PATH
    short = [short_path_minutes(it) for n, it in zip(numbers, NOTEBOOKS, strict=True) if n in on_it]
    assert 80 <= sum(short) <= 95, short


@lesson
def test_markdown_is_held_to_a_hundred_columns(notebook):
    lines = text_of(notebook).splitlines()
    long = [line for line in lines if len(UNBROKEN.sub("", line)) > COLUMNS]
    assert [line for line in long if not line.startswith("|")] == []


@lesson
def test_every_file_that_is_named_is_there(notebook):
    text = "\n".join(cell.source for cell in notebook.cells)
    named = set(re.findall(r"\b(?:samplers|tests)/[\w/]+\.\w+", text))
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


@lesson
def test_metadata_is_the_kernel_and_nothing_else(notebook):
    assert notebook.metadata == KERNEL


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_no_key_is_stored(path):
    assert not re.search(r"sk-[\w-]{20,}|Bearer [\w-]{16,}", path.read_text("utf-8"))


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_no_folder_of_a_machine_is_stored(path):
    assert not re.search(r"[\\/]site-packages[\\/]", path.read_text("utf-8"))


def test_learners_copies_are_fresh(capsys):
    assert learner.main([str(ROOT / "notebooks"), "--check"]) == 0, capsys.readouterr().err
