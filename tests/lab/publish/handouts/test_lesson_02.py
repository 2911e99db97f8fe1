"""Lesson 02 as it is handed out, and the command that prints it."""

import pytest
from lesson_pages import MASTERS, NOTEBOOKS
from small_handouts import COMMIT, Page, html_of, outside, pdf_alts, pdf_text, squeezed

from samplers.lab.publish.handouts.__main__ import jobs, main, print_one
from samplers.lab.publish.handouts.commit import Commit, commit_of
from samplers.lab.publish.handouts.pdf import Sheet

LESSON = NOTEBOOKS / "02_turn_the_temperature.ipynb"
QUESTIONS = 11


@pytest.fixture(scope="module")
def editions(tmp_path_factory):
    printed = {}
    for edition in ("student", "instructor"):
        out = tmp_path_factory.mktemp(edition)
        print_one(LESSON, {"pdf", "html"}, Sheet("a4", edition, COMMIT), out)
        printed[edition] = out / f"{LESSON.stem}.pdf"
    return printed


@pytest.mark.parametrize("edition", ["student", "instructor"])
def test_paper_and_page_have_the_lesson(editions, edition):
    page = Page(html_of(editions[edition]))
    for shown in (pdf_text(editions[edition]), page.text):
        assert "Turn the temperature" in shown
        assert "40 minutes" in shown
        assert [n for n in range(1, QUESTIONS + 1) if f"Question {n}" not in shown] == []
        assert f"Question {QUESTIONS + 1}" not in shown
        assert squeezed("T = 0.7  effective vocabulary 2.31 of 5") in squeezed(shown)
        assert "超级" in shown
    assert len(page.all("math")) > 20
    assert page.levels()[0] == 1
    assert page.levels().count(1) == 1
    assert all(image["alt"] for image in page.all("img"))
    assert len(pdf_alts(editions[edition])) >= len(page.all("img")) >= 6


def test_nothing_lies_outside_the_paper(editions):
    assert outside(editions["instructor"]) == []


def test_answers_are_the_instructors(editions):
    for shown in (pdf_text, lambda pdf: Page(html_of(pdf)).text):
        student, instructor = (squeezed(shown(editions[it])) for it in ("student", "instructor"))
        for answer in (
            'answer = "gains"',
            "(0.6 / 0.05) ** (1 / 2)",
            "That is the ratio at T = 1.",
        ):
            assert squeezed(answer) in instructor
            assert squeezed(answer) not in student


def test_every_lesson_gets_both_editions(tmp_path):
    planned = jobs(MASTERS, {"pdf", "html", "book"}, "a4", tmp_path)
    for edition in ("student", "instructor"):
        printed = [job[1] for job in planned if job[-1] == tmp_path / edition]
        assert [path for path in MASTERS if path not in printed] == []


def test_the_commit_is_that_of_the_checkout(tmp_path):
    assert commit_of(tmp_path) == Commit("undated", 0)


@pytest.mark.parametrize("name", ["gone.ipynb", "notes.txt"])
def test_what_is_no_lesson_is_refused(name, capsys):
    with pytest.raises(SystemExit):
        main([name])
    assert f"such as notebooks/02*.ipynb, got {name}" in capsys.readouterr().err
