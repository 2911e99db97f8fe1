"""Patterns of ECMA-262, against the engine of the package `regress`."""

import re

import pytest
import regress
from grammar_check import accepts
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.local.engine.grammars.grammar import of_schema
from samplers.wire.pattern import NoPattern, NotEnforceable, in_rust, is_pattern

PARTS = [
    *("a", "b", "z", "0", "-", "_", "^", "$", ".", "*", "+", "?", "(", ")", "(?:", "[", "[^", "]"),
    *("{", "}", "{2}", "{2,}", "{1,3}", "{3,1}", "{,2}", "|", "*?", ",", "/", " ", "é", "😀", "\n"),
    *("(?=", "(?!", "(?<=", "(?<!", "(?<y>", "(?<z>", "\\k<y>", "\\1", "\\2", "(?i:", "(?P<x>"),
    *("\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\-", "\\.", "\\/", "\\@", "\\_", "\\a", "\\Z"),
    *("\\n", "\\0", "\\ ", "\\cA", "\\c", "\\x41", "\\x4", "\\u0041", "\\u{1F600}"),
    *("\\ud83d\\ude00", "\\ud83d", "\\p{L}", "\\P{Lu}", "\\p{Script=Greek}", "\\p{IsX}", "\\pL"),
    *("[:alpha:]", "&&", "--", "~~", "a-z", "0-9", "[\\b]", "[\\d-x]", "[]", "[^]", "\\"),
]
PATTERNS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=7).map("".join)
TEXTS = st.text("abz09-_.&~[]:/@ \t\n\xa0\ufeff\u2028\x85é😀ΩA٣^$()lph", max_size=4)

# The same patterns each time: regress has rare leniencies of its own, such as a number that is too
# high after half a surrogate pair.
alike = settings(max_examples=400, deadline=None, derandomize=True, database=None)


def is_theirs(pattern: str, flags: str) -> bool:
    try:
        regress.Regex(pattern, flags)
    except regress.RegressError:
        return False
    return True


@given(PATTERNS)
@alike
def test_the_syntax_is_that_of_ecma_262(pattern):
    if re.search(r"\\[bB][*+?{]", pattern):
        return  # ECMA-262 lets no assertion repeat; regress allows it for this one
    if is_theirs(pattern, "u"):
        assert is_pattern(pattern)
    elif is_pattern(pattern):  # its older syntax has the two habits that are allowed here
        assert is_theirs(pattern, "")
        assert re.search(r"\\[^\w\s]|\\[_ ]|[{}]", pattern)


@given(PATTERNS, st.lists(TEXTS, min_size=3, max_size=3))
@alike
def test_the_meaning_stays_the_same(pattern, texts):
    flags = "u" if is_theirs(pattern, "u") else ""
    if not flags and "\\p" in pattern.lower():
        return  # the older syntax has no properties
    try:
        grammar = of_schema({"type": "string", "pattern": pattern})
        matched = accepts(grammar, *texts)
    except ValueError:  # no pattern, not enforceable, or none that llguidance takes
        return
    theirs = regress.Regex(pattern, flags)
    assert matched == [text for text in texts if theirs.find(text) is not None]


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        (r"^\p{L}+$", ["é", "Ω"], ["1", ""]),
        (r"^(?<year>\d{4})$", ["2024"], ["٢٠٢٤"]),
        (r"^\u{1F600}\ud83d\ude00$", ["😀😀"], ["😀"]),
        (r"^[a&&b]$", ["a", "&", "b"], [""]),
        (r"^[a~~b]$", ["~"], ["c"]),
        (r"^[[a]$", ["[", "a"], ["b"]),
        (r"^.$", ["x", "\x85"], ["\u2028", "\r"]),
        (r"^\s$", ["\ufeff", "\u3000"], ["\x85"]),
        (r"^\w$", ["_"], ["é"]),
        (r"^[\W]$", ["é"], ["_"]),
        (r"^a+?b??$", ["aa", "ab"], ["b"]),
        (r"^{a}$", ["{a}"], ["a"]),
        (r"^\-\@$", ["-@"], ["\\-"]),
        (r"^[^]$", ["x", "\u2028"], [""]),
    ],
)
def test_what_other_dialects_read_otherwise(pattern, inside, outside):
    grammar = of_schema({"type": "string", "pattern": pattern})
    assert accepts(grammar, *inside) == inside
    assert accepts(grammar, *outside) == []


@pytest.mark.parametrize(
    "pattern",
    [
        *("(", "a**", "[z-a]", "[[:alpha:]]", "(?P<x>a)", r"\Z", r"\pL", "a{2,1}", "{,2}", "]"),
        *("(?<a>)(?<a>)", r"\p{IsGreek}", r"\k<x>", r"\1", r"[\d-x]", "^*", r"\u{110000}"),
        *("(?#x)", "+", "\\"),
    ],
)
def test_what_is_no_pattern(pattern):
    assert not is_pattern(pattern)
    with pytest.raises(NoPattern):
        in_rust(pattern)


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(?=a)b", "lookaround"),
        ("(?<!a)b", "lookaround"),
        (r"(a)\1", "reference"),
        (r"(?<y>a)\k<y>", "reference"),
        (r"a\b", "word boundary"),
        ("(?i:a)", "flags"),
        (r"\ud83d", "surrogate"),
        ("^a{4294967295}$", "repetitions"),
        ("^a{1," + "9" * 5000 + "}$", "repetitions"),
        ("(" * 3000 + ")" * 3000, "nested"),
        ('^"[a-z]+"$', "quotation mark"),
        (r"^\\[nrt]$", "backslash"),
    ],
)
def test_what_no_grammar_can_hold(pattern, says):
    assert is_pattern(pattern)
    with pytest.raises(NotEnforceable, match=says):
        in_rust(pattern)
