"""Every token can be read, with and without installed fonts for Chinese: no box, no blank."""

import json
import unicodedata
import warnings
from pathlib import Path

import pytest
from matplotlib import font_manager

from samplers.lab import plot_distribution
from samplers.lab.plots import style
from samplers.lab.plots.labels import columns, drawable, number, readable, shorten, token_label

ROOT = Path(__file__).parents[3]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
DOCUMENT = sorted((ROOT.parent / "shared" / "seed").glob("*.txt"))


def clear():
    for cached in (style.families, style.fonts, style.settings):
        cached.cache_clear()


@pytest.fixture
def bundled_only(monkeypatch):
    """A machine without any CJK font: DejaVu Sans (matplotlib's own) and ours."""
    monkeypatch.setattr(style, "SYSTEM_FAMILIES", ())
    clear()
    yield
    clear()


def chinese(text: str) -> set[str]:
    """Han characters, CJK punctuation and full-width forms of a text."""
    return {c for c in set(text) if 0x2E80 <= ord(c) <= 0x9FFF or 0xFF00 <= ord(c) <= 0xFF60}


def test_only_two_families_without_system_fonts(bundled_only):
    assert style.families() == ("DejaVu Sans", "Samplers CJK")


def test_every_chinese_character_of_the_lessons_has_a_glyph(bundled_only):
    notebooks = [json.loads(path.read_text("utf-8")) for path in NOTEBOOKS]
    text = json.dumps(notebooks, ensure_ascii=False) + "这个系统非常好用很不错超级极"
    missing = "".join(sorted(c for c in chinese(text) if not drawable(c)))
    assert not missing, f"add to samplers/lab/plots/fonts/characters.txt: {missing}"


@pytest.mark.skipif(not DOCUMENT, reason="the document is in ../shared, which is not here")
def test_every_chinese_character_of_the_document_has_a_glyph(bundled_only):
    text = "".join(f.read_text("utf-8") for f in DOCUMENT)
    assert len(chinese(text)) > 100
    assert {c for c in chinese(text) if not drawable(c)} == set()


@pytest.mark.parametrize("fonts", ["bundled", "installed"])
def test_drawing_any_token_warns_of_no_missing_glyph(fonts, five, large, request):
    if fonts == "bundled":
        request.getfixturevalue("bundled_only")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plot_distribution(five)
        plot_distribution(large)


def test_the_check_above_can_fail(bundled_only, monkeypatch, large):
    monkeypatch.setattr("samplers.lab.plots.labels.drawable", lambda c: True)
    with pytest.warns(UserWarning, match="Glyph .* missing"):
        plot_distribution(large)


def test_the_bundled_font_keeps_its_licence_and_its_size():
    assert style.BUNDLED.stat().st_size < 400_000
    assert "SIL OPEN FONT LICENSE" in (style.BUNDLED.parent / "OFL.txt").read_text("utf-8")
    assert font_manager.get_font(str(style.BUNDLED)).family_name == "Samplers CJK"


def test_spaces_newlines_and_tabs_show():
    assert readable(" the\n\t") == "␣the⏎⇥"


def test_a_half_character_is_its_bytes():
    assert token_label("\ufffd", b"\xe4\xbd") == "⟨e4 bd⟩"
    assert token_label("好", "好".encode()) == "好"


def test_a_token_without_text_says_so():
    assert token_label("") == "⟨empty⟩"


def test_what_no_font_has_is_escaped(bundled_only):
    assert readable("🀄\u0928") == r"\U0001f004\u0928" or drawable("🀄")
    assert readable("\u200b\u202e\x00") == r"\u200b\u202e\x00"
    assert unicodedata.category("\u202e") == "Cf"  # it would turn the label around


def test_a_mark_that_no_font_has_is_escaped(bundled_only):
    assert readable("\r\n") == r"\x0d⏎"
    assert token_label("\ufffd", b"\xe4 \r") == r"⟨e4⟩␣\u240d"


def test_long_tokens_are_cut_by_width_not_length():
    assert shorten("a" * 30, 18) == "a" * 17 + "…"
    assert columns(shorten("好" * 30, 18)) <= 18


@pytest.mark.parametrize(
    ("p", "text"), [(0, "0"), (0.6, "0.600"), (0.0005, "0.001"), (3.14e-5, "3.1e-5"), (1, "1.000")]
)
def test_numbers_are_short(p, text):
    assert number(p) == text
