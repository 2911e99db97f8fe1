"""Every lesson's learner copy, with the solutions filled in, from top to bottom in JupyterLab."""

from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from chromium import needs_chromium
from lab_page import menu, opened, save, scroll_to, stop_kernel, take_pictures, wait_until_all_ran
from lesson_pages import MASTERS
from solved import solved
from widget_checks import check_explorer, check_stepper

from samplers.lab.publish.learner import tags

NAMES = {path.name for path in MASTERS}
LESSONS = [pytest.param(path, id=path.stem) for path in MASTERS]
BROKEN = ("Error displaying widget", "Error creating widget", "Loading widget")
WITHOUT_WORDS = """() => [...document.querySelectorAll(".jp-Notebook img")]
  .filter((it) => !it.alt).map((it) => it.closest(".jp-Cell").innerText.slice(0, 300))"""

pytestmark = needs_chromium


class Ran(NamedTuple):
    """A lesson that was run."""

    page: object
    solutions: int  # cells of code in the master
    sent: nbformat.NotebookNode  # as the learner ran it
    saved: nbformat.NotebookNode  # as JupyterLab saved it after that


@pytest.fixture(scope="module", params=LESSONS)
def ran(request, browser, lab):
    """One lesson after the other; each kernel is stopped before the next one starts."""
    path = lab.folder / "solved" / request.param.name
    path.parent.mkdir(exist_ok=True)
    master = nbformat.read(request.param, as_version=4)
    solutions = sum("solution" in tags(cell) for cell in code_cells(master))
    sent = solved(master, NAMES)
    path.write_text(nbformat.writes(sent), "utf-8")

    page = opened(browser, lab, f"solved/{path.name}")
    menu(page, "Run", "Run All Cells")
    wait_until_all_ran(page)
    save(page)
    yield Ran(page, solutions, sent, nbformat.read(path, as_version=4))

    folder = request.config.getoption("--pictures", None)
    if folder:
        take_pictures(page, Path(folder), path.stem)
    stop_kernel(page)
    page.close()


def code_cells(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def printed(cell) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


def errors(cell) -> list:
    return [output for output in cell.outputs if output.output_type == "error"]


def test_every_cell_runs_and_fails_only_where_the_lesson_says_so(ran):
    assert [cell.id for cell in ran.saved.cells] == [cell.id for cell in ran.sent.cells]
    cells = code_cells(ran.saved)
    for cell in cells:
        meant = "raises-exception" in tags(cell)
        assert bool(errors(cell)) == meant, (cell.id, errors(cell))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


def test_every_answer_is_correct(ran):
    answers = [cell for cell in code_cells(ran.saved) if "solution" in tags(cell)]
    checked = [cell for cell in answers if "check(" in cell.source]
    assert len(answers) == ran.solutions > 0
    for cell in checked:
        said = printed(cell)
        assert said.count("Correct.") == cell.source.count("check("), (cell.id, said)


def test_every_picture_has_words_and_every_formula_is_set(ran):
    assert ran.page.evaluate(WITHOUT_WORDS) == []
    assert ran.page.locator("mjx-merror").count() == 0


def test_every_widget_is_drawn_and_moves(ran):
    """By the mouse and by keys; a screen reader gets its parts; axe-core finds no serious fault."""
    page = ran.page
    notebook = page.locator(".jp-Notebook")
    assert not [words for words in BROKEN if words in notebook.inner_text()]

    boxes = page.locator(".samplers-explorer")
    shown = [cell for cell in ran.saved.cells if "widget" in tags(cell)]
    assert boxes.count() == len(shown)
    for box in boxes.all():
        scroll_to(page, box)
        if box.locator(".tree").count():
            check_stepper(box.locator("xpath=ancestor::*[contains(@class, 'samplers-stepper')]"))
        else:
            check_explorer(box)
