"""The bound book: contents, links inside it, pages of text, and the glossary's index."""

import nbformat
import pytest
from nbformat.v4 import new_notebook
from small_handouts import COMMIT, pdf_text, pdfium, text

from samplers.lab.publish.handouts.__main__ import print_book
from samplers.lab.publish.handouts.book import terms
from samplers.lab.publish.handouts.pdf import Sheet

GLOSSARY = """# Glossary

<a id="agent-loop"></a>**agent loop** (智能体循环): It asks again.

<a id="top_p"></a>**`top_p`** (核采样): See [lesson 01](01_first.ipynb#cell-id=nucleus).
"""
FIRST = [
    text("# First\n\nSee [the second](02_second.ipynb#cell-id=end)."),
    text("## 1. Nucleus\n\nHere is `top_p`, not top_pack."),
    text("And `top_p` again."),
]
SECOND = [text("# Second"), text("Two agent loops. The [word](glossary.md#agent-loop).")]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    FIRST[1]["id"] = "nucleus"
    SECOND[1]["id"] = "end"
    nbformat.write(new_notebook(cells=FIRST), folder / "01_first.ipynb")
    nbformat.write(new_notebook(cells=SECOND), folder / "02_second.ipynb")
    (folder / "glossary.md").write_text(GLOSSARY, "utf-8")
    paths = [folder / name for name in ("01_first.ipynb", "02_second.ipynb", "glossary.md")]
    for out in ("once", "again"):
        (folder / out).mkdir()
        print_book(paths, Sheet("letter", "student", COMMIT), folder / out)
    return folder / "once" / "samplers.pdf"


def test_terms_are_the_glossarys(book):
    assert terms(book.parent.parent / "glossary.md") == ["agent loop", "top_p"]


def test_contents_name_each_lesson_and_section(book):
    contents = pdfium().PdfDocument(book)[1].get_textpage().get_text_range()
    for line in ("Contents", "01 First", "1. Nucleus", "02 Second", "Glossary", "Index"):
        assert line in contents


def test_links_lead_to_pages_of_the_book(book):
    found = " ".join(pdf_text(book).split())
    assert "See the second (p. 4)." in found
    assert "The word (p. 5)." in found
    assert "See lesson 01 (p. 3)." in found


def test_index_has_the_pages_of_each_word(book):
    index = pdf_text(book).rpartition("Index")[2]
    assert "agent loop 4" in " ".join(index.split())
    assert "top_p 3" in " ".join(index.split())


def test_two_builds_of_one_commit_are_equal_bytes(book):
    assert book.read_bytes() == (book.parent.parent / "again" / "samplers.pdf").read_bytes()
