"""The fonts of the PDFs, and what they can draw.

Typst brings Latin, mathematics and a monospaced font; Chinese is drawn by our own font, and signs
that these lack by matplotlib's DejaVu Sans. The fonts of the machine are not used, so that a
handout is the same wherever it is made.
"""

import unicodedata
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font

from samplers.lab.plots.style import BUNDLED

LATIN = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
FOLDERS = [BUNDLED.parent, LATIN]


@cache
def drawn() -> frozenset[int]:
    """The code points that have a glyph."""
    files = [BUNDLED, LATIN / "DejaVuSans.ttf", LATIN / "DejaVuSansMono.ttf"]
    return frozenset().union(*(FT2Font(file).get_charmap() for file in files))


def missing(text: str) -> set[str]:
    """The characters of a text that no font draws; breaks of lines are none."""
    return {character for character in set(text) - set("\n\t") if ord(character) not in drawn()}


def readable(text: str) -> str:
    """The text with names in place of characters that no font draws: "[glowing star]"."""
    for character in missing(text):
        name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
        is_seen = unicodedata.category(character) not in ("Cf", "Mn", "Me", "Cc")
        text = text.replace(character, f"[{name}]" if is_seen else "")
    return text
