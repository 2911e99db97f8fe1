"""Scores a text by a list of words and phrases, in English and Chinese. It understands nothing.

A word is found in a quotation, a joke and a news report, too, and a bad wish in other words is not.
The list, word_list.json, was made for lessons: its phrases are mild, and they are few.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

FLAGGED = 0.5  # the least score that is flagged
# What a match leaves of the chance that nothing is wrong. So one strong match is enough to flag,
# and so are two weak ones: 1 - 0.7 ** 2 = 0.51.
STRONG = 0.1
WEAK = 0.7
INVISIBLE = "Cf"  # Unicode's format characters, such as a zero-width space or a soft hyphen


def matches(text: str) -> dict[str, tuple[set[str], set[str]]]:
    """{category: (its strong matches, its weak ones)}, in the order of the list.

    A pattern is a regular expression. It is looked for in the text's NFKC form, case folded, with
    straight apostrophes, single spaces and nothing invisible, and not inside an English word. What
    several places match in the same words counts once. A part of a category, such as
    "violence/graphic", counts for "violence", too.
    """
    normal = _normal(text)
    found = {}
    for category, patterns in _patterns().items():
        found[category] = tuple({match[0] for match in each.finditer(normal)} for each in patterns)
    for part, of_part in found.items():
        whole, _, rest = part.partition("/")
        if rest:
            found[whole] = tuple(a | b for a, b in zip(found[whole], of_part, strict=True))
    return found


def score(strong: Iterable[str], weak: Iterable[str]) -> float:
    """A category's score: 1 - 0.1 ** (strong matches) * 0.7 ** (weak matches).

    Each match lowers the chance that nothing is wrong, as if they were independent.
    """
    return round(1 - STRONG ** len(strong) * WEAK ** len(weak), 6)


def _normal(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    seen = "".join(c for c in normal if c.isascii() or unicodedata.category(c) != INVISIBLE)
    return " ".join(seen.split())


@cache
def _patterns() -> dict[str, tuple[re.Pattern, re.Pattern]]:
    listed = json.loads(files(__package__).joinpath("word_list.json").read_text(encoding="utf-8"))
    return {
        category: (_one_of(patterns["strong"]), _one_of(patterns["weak"]))
        for category, patterns in listed.items()
    }


def _one_of(patterns: list[str]) -> re.Pattern:
    """One expression for all of them. Without any it matches nothing."""
    if not patterns:
        return re.compile("(?!)")
    return re.compile(f"(?<![a-z0-9])(?:{'|'.join(patterns)})(?![a-z0-9])")
