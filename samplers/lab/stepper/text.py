"""Between bytes and text: what half characters look like, and a tokenizer for a table of words."""

import re
from collections.abc import Sequence

_ESCAPED = re.compile("[\udc80-\udcff]+")  # what surrogateescape makes of bytes that are not UTF-8


def text_of(raw: bytes) -> str:
    """`raw` as text; bytes that make no whole character (yet) are written ⟨e4 bd⟩, as in the
    pictures.
    """
    text = raw.decode("utf-8", "surrogateescape")
    return _ESCAPED.sub(lambda run: f"⟨{run[0].encode('utf-8', 'surrogateescape').hex(' ')}⟩", text)


def longest_match(text: str, vocabulary: Sequence[bytes]) -> list[int]:
    """Ids of the tokens that write `text`: the longest that fits, again and again; of equal ones
    the lowest id.

    ValueError where no token fits. A real model brings its own tokenizer, which can split
    otherwise.
    """
    rest, ids = text.encode(), []
    while rest:
        fitting = [i for i, piece in enumerate(vocabulary) if piece and rest.startswith(piece)]
        if not fitting:
            here = text_of(rest)[:20]
            raise ValueError(
                f"text must be made of the vocabulary's tokens, got {text!r}: no token fits at {here!r}"
            )
        ids.append(max(fitting, key=lambda i: len(vocabulary[i])))
        rest = rest[len(vocabulary[ids[-1]]) :]
    return ids
