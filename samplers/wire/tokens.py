"""How a token is shown. What a token is, its bytes, is never changed by this."""

from itertools import groupby

_MARKS = str.maketrans({" ": "␣", "\n": "⏎", "\t": "⇥"})


def readable(token: bytes) -> str:
    """A token's bytes as text for a person: spaces, newlines and tabs as ␣ ⏎ ⇥, what cannot be
    shown as hex in ⟨ ⟩.

    ``readable(b" The")`` is ``"␣The"``; the first two bytes of 好 are ``"⟨e5 a5⟩"``; a token of no
    bytes (an end-of-turn mark, say) is ``"⟨empty⟩"``. It is for showing only: there is no way back
    to the bytes.
    """
    text = token.decode("utf-8", errors="surrogateescape")
    if not text:
        return "⟨empty⟩"
    return "".join(_shown(can, "".join(run)) for can, run in groupby(text, _can_be_shown))


def _can_be_shown(character: str) -> bool:
    return character.isprintable() or character in "\n\t"


def _shown(can_be_shown: bool, run: str) -> str:
    if can_be_shown:
        return run.translate(_MARKS)
    return f"⟨{run.encode('utf-8', errors='surrogateescape').hex(' ')}⟩"
