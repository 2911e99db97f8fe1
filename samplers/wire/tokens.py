"""A token's bytes as text for a person: for showing only, as there is no way back to the bytes.

"好" is two tokens of SmolLM2, e5 a5 and bd: a token need not be whole UTF-8.
"""

import re
from itertools import groupby

MARKS = {" ": "␣", "\n": "⏎", "\r": "␍", "\t": "⇥"}  # characters that leave no ink, and their marks
_MARKED = str.maketrans(MARKS)
_NOT_UTF8 = re.compile("[\udc80-\udcff]+")  # what surrogateescape makes of bytes that are not UTF-8


def as_text(raw: bytes) -> str:
    """`raw` as text; bytes that make no whole character (yet) are written ⟨e4 bd⟩."""
    text = raw.decode("utf-8", "surrogateescape")
    return _NOT_UTF8.sub(lambda run: _as_hex(run[0]), text)


def readable(token: bytes) -> str:
    """A token's bytes with every character visible.

    Spaces, line ends and tabs become ␣ ⏎ ␍ ⇥; what cannot be printed becomes hex in ⟨ ⟩.
    ``readable(b" The")`` is ``"␣The"``; the first two bytes of 好 are ``"⟨e5 a5⟩"``; a token of no
    bytes (an end-of-turn mark, say) is ``"⟨empty⟩"``.
    """
    text = token.decode("utf-8", "surrogateescape")
    if not text:
        return "⟨empty⟩"
    if text.isprintable():  # nearly every token of a vocabulary
        return text.translate(_MARKED)

    runs = ((visible, "".join(run)) for visible, run in groupby(text, _is_visible))
    return "".join(run.translate(_MARKED) if visible else _as_hex(run) for visible, run in runs)


def _is_visible(character: str) -> bool:
    return character.isprintable() or character in MARKS


def _as_hex(text: str) -> str:
    return f"⟨{text.encode('utf-8', 'surrogateescape').hex(' ')}⟩"
