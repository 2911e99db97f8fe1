"""What each edition has of a lesson: cells, questions and their numbers, answers, headings."""

import pytest
from small_handouts import Page, code, html_of, pdf_text, pdfium, printed, stream, text

from samplers.lab.publish.handouts.hints import hints

STUB = 'answer = ...\ncheck("02-ratio", answer)'
LESSON = [
    text("# A small lesson\n\n**You will**\n\n- see it."),
    text("## One\n\nBefore.\n\n**Predict.** What comes?\n\n**See.** Run it."),
    code(STUB, stream("Your turn: write a number.\n"), tags=["exercise"]),
    code("answer = 3.46", stream("Correct. Its root.\n"), tags=["solution"]),
    code("print('what came')", stream("what came\n")),
    code("assert 'proof'", tags=["test"]),
    text("**Explain.** This is why.", tags=[]),
    text("For the teacher.", tags=["instructor"]),
    text("## Exercises\n\n**A. By hand.** Compute it."),
    code("def f():\n    ...", tags=["exercise"]),
    text("The reason.", tags=["solution"]),
]


@pytest.fixture(scope="module")
def editions(tmp_path_factory):
    return {
        edition: printed(tmp_path_factory.mktemp(edition), *LESSON, edition=edition)
        for edition in ("student", "instructor")
    }


def test_only_the_instructor_has_answers(editions):
    answers = ("answer = 3.46", "Correct. Its root.", "The reason.", "For the teacher.")
    student, instructor = (Page(html_of(pdf)).text for pdf in editions.values())
    assert [answer for answer in answers if answer in student] == []
    assert [answer for answer in answers if answer not in instructor] == []
    assert "Answer to question 1" in instructor
    assert "Answer to question 2" in instructor
    assert [hint for hint in hints("02-ratio") if hint not in instructor] == []
    for page in (student, instructor):
        assert "proof" not in page
        for kept in ("Your turn: write a number.", "what came", "This is why."):
            assert kept in page


def test_questions_have_the_same_numbers_and_students_room(editions):
    student, instructor = (Page(html_of(pdf)) for pdf in editions.values())
    for page in (student, instructor):
        first, second = page.text.index("Question 1"), page.text.index("Question 2")
        assert page.text.index("Before.") < first < page.text.index("What comes?") < second
        assert second < page.text.index("Compute it.")
    labels = [room["aria-label"] for room in student.all("textarea")]
    room = student.html.index("<textarea")
    assert student.html.index("What comes?") < room < student.html.index("Run it.")
    assert labels == ["Your answer to question 1", "Your answer to question 2"]
    assert instructor.all("textarea") == []


def test_what_came_is_not_on_the_page_of_the_prediction(editions):
    pages = pdfium().PdfDocument(editions["student"])
    texts = [page.get_textpage().get_text_range() for page in pages]
    asked = next(n for n, it in enumerate(texts) if "What comes?" in it)
    assert "This is why." not in texts[asked]
    assert "what came\r\n" not in texts[asked]
    assert "This is why." in texts[asked + 1]


def test_title_objectives_minutes_licence_and_date(editions):
    for edition, pdf in editions.items():
        for shown in (pdf_text(pdf), Page(html_of(pdf)).text):
            assert "A small lesson" in shown
            assert "You will" in shown
            assert "minutes" in shown
            assert f"Samplers · {edition}'s edition · MIT licence · 2026-11-30" in shown


@pytest.mark.parametrize(
    ("sources", "levels"),
    [
        (["# A", "### B", "# C", "##### D"], [1, 2, 2, 3]),
        (["no heading", "## B"], [1, 2]),
        (["text first\n\n# A"], [1, 2]),
    ],
)
def test_headings_are_in_order(tmp_path, sources, levels):
    page = Page(html_of(printed(tmp_path, *map(text, sources), kinds=["html"])))
    assert page.levels() == levels


def test_two_headings_of_one_name_and_a_link_to_it(tmp_path):
    source = "# T\n\n[there](#results)\n\n## Results\n\n1\n\n## Results\n\n2"
    pdf = printed(tmp_path, text(source))
    page = Page(html_of(pdf))
    identifiers = [attributes["id"] for attributes in page.all("h2")]
    assert len(set(identifiers)) == 2
    assert "results" in identifiers
    assert "#results" in [link["href"] for link in page.all("a")]
    assert "there" in pdf_text(pdf)
