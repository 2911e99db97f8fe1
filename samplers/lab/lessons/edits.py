"""How far a text that was read or heard is from the true one."""

from collections.abc import Sequence

from samplers.checks import is_sequence, shown


def edit_distance(read: str | Sequence[str], true: str | Sequence[str]) -> int:
    """The fewest insertions, deletions and replacements that turn `read` into `true`.

    Of characters if both are texts, of words if both are lists of words. Source: V. Levenshtein,
    "Binary codes capable of correcting deletions, insertions, and reversals", 1966.
    """
    for name, value in (("read", read), ("true", true)):
        if not isinstance(value, str) and not is_sequence(value):
            raise ValueError(f"{name} must be a text or a list of words, got {shown(value)}")

    row = list(range(len(true) + 1))  # from nothing to each beginning of `true`
    for count, symbol in enumerate(read, 1):
        above = row
        row = [count]
        for place, wanted in enumerate(true, 1):
            replaced = above[place - 1] + (symbol != wanted)
            row.append(min(above[place] + 1, row[-1] + 1, replaced))
    return row[-1]
