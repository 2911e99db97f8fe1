"""A tokenizer for a table of words."""

from collections.abc import Sequence

from samplers.wire.tokens import as_text


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
            here = as_text(rest)[:20]
            raise ValueError(
                f"text must be made of the vocabulary's tokens, got {text!r}: no token fits at {here!r}"
            )
        ids.append(max(fitting, key=lambda i: len(vocabulary[i])))
        rest = rest[len(vocabulary[ids[-1]]) :]
    return ids
