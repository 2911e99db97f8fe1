"""Tokens and numbers as short labels that our fonts can draw."""

import unicodedata

from samplers.lab.plots import style
from samplers.wire.tokens import MARKS
from samplers.wire.tokens import readable as readable_bytes

INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}  # Unicode categories
VISIBLE = 0.0005  # the smallest probability or change that shows in three decimals


def drawable(char: str) -> bool:
    """True if one of our fonts has a glyph for `char` and the glyph can be seen."""
    if unicodedata.category(char) in INVISIBLE:
        return False
    return any(font.get_char_index(ord(char)) for font in style.fonts())


def escape(char: str) -> str:
    """The character as Python writes it in a string: \\x1b, \\u0645 or \\U0001f642."""
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\U{code:08x}"


def readable(text: str) -> str:
    """`text` with visible spaces (␣) and newlines (⏎); what no font here can draw is escaped."""
    return "".join(_readable_character(char) for char in text)


def _readable_character(char: str) -> str:
    mark = MARKS.get(char, char)  # ␍ is a mark that our own fonts lack
    return mark if drawable(mark) else escape(char)


def columns(text: str) -> int:
    """Width of `text` in half-width columns: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shorten(text: str, limit: int) -> str:
    """`text` cut to `limit` columns; an ellipsis shows the cut."""
    if columns(text) <= limit:
        return text
    while columns(text) > limit - 1:
        text = text[:-1]
    return text + "…"


def token_label(token: str, raw: bytes | None = None, limit: int = 18) -> str:
    """Label of a token, at most `limit` columns; bytes that are not whole UTF-8 become ⟨e4 bd⟩."""
    if raw is None or _is_utf8(raw):
        label = readable(token)
    else:
        characters = readable_bytes(raw)
        label = "".join(c if c == " " or drawable(c) else escape(c) for c in characters)
    return shorten(label, limit) or "⟨empty⟩"


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def number(p: float) -> str:
    """A probability in few characters: 0.600, 0.041, 3.1e-5, <1e-9, 0."""
    if p == 0:
        return "0"
    if p >= VISIBLE:
        return f"{p:.3f}"
    if p < 1e-9:
        return "<1e-9"
    mantissa, exponent = f"{p:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def signed(x: float, digits: int = 3) -> str:
    """A change with its sign, and a real minus sign: +0.141, −0.026."""
    return f"{x:+.{digits}f}".replace("-", "−")


def size(x: float) -> str:
    """An effective vocabulary: 3.4, 812, 12,345."""
    return f"{x:,.1f}" if x < 99.95 else f"{x:,.0f}"


def counted(n: int, noun: str) -> str:
    """A number of things: "1 token", "49,140 tokens"."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
