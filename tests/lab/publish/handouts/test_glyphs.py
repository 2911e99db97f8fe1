"""Every character that is printed has a glyph in a font that the PDF holds."""

import pytest
from lesson_pages import DOCUMENT, GLOSSARY, MASTERS, NOTEBOOKS, ROOT, markdown, outputs
from small_handouts import pdf_text, printed, text

from samplers.lab.publish.handouts.glyphs import drawn, missing, readable

GUIDE = NOTEBOOKS / "instructor.md"
PAGES = [DOCUMENT, GLOSSARY, ROOT / "README.md", *([GUIDE] if GUIDE.exists() else [])]
NAMED = set("🌟🙂")  # lessons 01 and 07 show them; a PDF prints their names


@pytest.mark.parametrize("path", [*MASTERS, *PAGES], ids=lambda path: path.name)
def test_no_glyph_is_missing(path):
    printed = path.read_text("utf-8")
    if path in MASTERS:
        printed += markdown(path) + outputs(path)
    found = "".join(sorted(missing(printed) - NAMED - set("\x1b\r")))
    assert not found, f"add to samplers/lab/plots/fonts/characters.txt: {found}"


def test_a_character_without_a_glyph_is_named(tmp_path):
    assert readable("a🙂b") == "a[slightly smiling face]b"
    assert ord("🙂") not in drawn()
    pdf = printed(tmp_path, text("# T\n\n🙂 `🌟` 好 ⏎ ␣ ✓"), kinds=["pdf"])
    for shown in ("slightly smiling face", "glowing star", "好", "⏎", "␣", "✓"):
        assert shown in pdf_text(pdf)
