"""Small notebooks printed for a test, and what stands in their PDF and HTML."""

import base64
import io
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from samplers.lab.publish.handouts.__main__ import print_one
from samplers.lab.publish.handouts.commit import Commit
from samplers.lab.publish.handouts.pdf import Sheet

COMMIT = Commit("2026-11-30", 1_796_000_000)


def png(colour: str) -> str:
    """A small picture, as a notebook holds it."""
    file = io.BytesIO()
    Image.new("RGB", (24, 16), colour).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def code(source: str, *outputs, tags=()) -> dict:
    return new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def stream(text: str, name: str = "stdout") -> dict:
    return new_output("stream", name=name, text=text)


def shown(data: dict, metadata: dict | None = None) -> dict:
    return new_output("display_data", data=data, metadata=metadata or {})


def text(source: str, tags=(), **named) -> dict:
    return new_markdown_cell(source, metadata={"tags": list(tags)}, **named)


def printed(
    folder: Path, *cells, edition="student", kinds=("pdf", "html"), name="99_small"
) -> Path:
    """Print a lesson of these cells; returns the path of its PDF, beside which is its HTML."""
    name = "99_small"
    lesson = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), lesson)
    out = folder / edition
    out.mkdir(exist_ok=True)
    print_one(lesson, set(kinds), Sheet("a4", edition, COMMIT), out)
    return out / f"{name}.pdf"


def html_of(pdf: Path) -> str:
    return pdf.with_suffix(".html").read_text("utf-8")


class Page(HTMLParser):
    """The text of an HTML page, its tags with attributes, and the levels of its headings."""

    def __init__(self, html: str):
        super().__init__()
        self.html = html
        self.text = ""
        self.tags = []
        self.silent = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.silent += tag in ("script", "style")

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        self.text += "" if self.silent else data

    def all(self, tag: str) -> list[dict]:
        """The attributes of each tag of that name."""
        return [attributes for name, attributes in self.tags if name == tag]

    def levels(self) -> list[int]:
        return [int(tag[1]) for tag, _ in self.tags if tag in ("h1", "h2", "h3", "h4", "h5", "h6")]


def pdfium():
    """The library that reads PDFs; the test is skipped where it is not installed."""
    return pytest.importorskip("pypdfium2", reason="pypdfium2 reads the PDFs")


def pdf_text(path: Path) -> str:
    """All text of a PDF; lines end where they end on paper."""
    pages = pdfium().PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def squeezed(text: str) -> str:
    """A text without blanks and ends of lines."""
    return "".join(text.split())


def outside(path: Path) -> list[str]:
    """The characters of a PDF that do not lie inside their page."""
    found = []
    for page in pdfium().PdfDocument(path):
        width, height = page.get_size()
        content = page.get_textpage()
        for index in range(content.count_chars()):
            left, bottom, right, top = content.get_charbox(index)
            if left < 0 or bottom < 0 or right > width or top > height:
                found.append(content.get_text_range(index, 1))
    return found


def pdf_alts(path: Path) -> list[str]:
    """The alternative texts in a PDF's structure, in order."""
    pdfium()
    import ctypes

    import pypdfium2.raw as raw

    def visit(element):
        size = raw.FPDF_StructElement_GetAltText(element, None, 0)
        if size > 2:
            buffer = ctypes.create_string_buffer(size)
            raw.FPDF_StructElement_GetAltText(element, buffer, size)
            found.append(buffer.raw[: size - 2].decode("utf-16-le"))
        for index in range(raw.FPDF_StructElement_CountChildren(element)):
            child = raw.FPDF_StructElement_GetChildAtIndex(element, index)
            if child:
                visit(child)

    found = []
    for page in pdfium().PdfDocument(path):
        tree = raw.FPDF_StructTree_GetForPage(page)
        for index in range(raw.FPDF_StructTree_CountChildren(tree)):
            visit(raw.FPDF_StructTree_GetChildAtIndex(tree, index))
        raw.FPDF_StructTree_Close(tree)
    return found


def pdf_colours(path: Path) -> list[tuple[int, int, int]]:
    """The colour of the first point of each picture of a PDF, in order."""
    found = []
    for page in pdfium().PdfDocument(path):
        for it in page.get_objects(filter=[pdfium().raw.FPDF_PAGEOBJ_IMAGE], max_depth=5):
            found.append(it.get_bitmap().to_pil().convert("RGB").getpixel((0, 0)))
    return found
