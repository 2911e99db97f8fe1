"""Readable text for tokens and numbers: spaces and newlines show, half characters are bytes, no
glyph is missing.
"""

import unicodedata

from samplers.lab.plots import style
from samplers.wire.tokens import MARKS
from samplers.wire.tokens import readable as readable_bytes

INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}


def drawable(char: str) -> bool:
    """True if one of our fonts has a glyph for `char` and the glyph can be seen."""
    if unicodedata.category(char) in INVISIBLE:
        return False
    return any(font.get_char_index(ord(char)) for font in style.fonts())


def escape(char: str) -> str:
    """The character as Python writes it in a string: \\u0645 or \\U0001f642."""
    code = ord(char)
    return (
        f"\\x{code:02x}"
        if code < 0x80
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )


def readable(text: str) -> str:
    """`text` with visible spaces (␣) and newlines (⏎); what no font here can draw is escaped."""
    return "".join(MARKS.get(c) or (c if drawable(c) else escape(c)) for c in text)


def columns(text: str) -> int:
    """Width of `text` in half-width columns: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shorten(text: str, limit: int) -> str:
    """`text` cut to `limit` columns, the cut shown by an ellipsis."""
    if columns(text) <= limit:
        return text
    while columns(text) > limit - 1:
        text = text[:-1]
    return text + "…"


def token_label(token: str, raw: bytes | None = None, limit: int = 18) -> str:
    """Label of a token, at most `limit` columns; `raw` bytes that are not whole UTF-8 are written
    ⟨e4 bd⟩.
    """
    if raw is not None:
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            return shorten(readable_bytes(raw), limit)
    return shorten(readable(token), limit) or "⟨empty⟩"


def number(p: float) -> str:
    """A probability in few characters: 0.600, 0.041, 3.1e-5, <1e-9, 0."""
    if p == 0 or p >= 0.0005:
        return "0" if p == 0 else f"{p:.3f}"
    if p < 1e-9:
        return "<1e-9"
    mantissa, exponent = f"{p:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def signed(x: float, digits: int = 3) -> str:
    """A change with its sign, the minus sign typographic: +0.141, −0.026."""
    return f"{x:+.{digits}f}".replace("-", "−")


def size(x: float) -> str:
    """An effective vocabulary: 3.4, 812, 12,345."""
    return f"{x:,.1f}" if x < 99.95 else f"{x:,.0f}"
