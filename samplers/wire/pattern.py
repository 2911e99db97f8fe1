"""The patterns of JSON Schema: ECMA-262's regular expressions, read as Unicode (its flag `u`).

`in_rust` writes one for Rust's crate regex-syntax, which llguidance uses, with the same meaning.
Beyond the flag's syntax two habits are allowed that all other readers take alike: a backslash
before any ASCII punctuation or a space, and a brace that begins no quantifier.

The engine's llguidance, 1.0.1, forgets what a pattern asks for after a character that JSON escapes.
So a pattern with such a character by itself cannot be enforced here.
"""

import re

from samplers.wire.pattern_names import is_property

MAX_DEPTH = 100  # of groups inside groups
MAX_REPEAT = 100_000  # times, which is far more than an answer has room for
LAST = 0x10FFFF

LINE_ENDS = r"\n\r\x{2028}\x{2029}"
CLASSES = {"d": "0-9", "w": "0-9A-Z_a-z", "s": r"\t-\r\x{2028}\x{2029}\x{FEFF}\p{Zs}"}
CONTROLS = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
# A question mark at its end makes it lazy: the same strings match.
_QUANTIFIER = re.compile(r"(?:[*+?]|\{([0-9]+)(?:(,)([0-9]*))?\})\??")
_NAME = re.compile(r"<([^\W\d$]|[$])([\w$\u200c\u200d]*)>")


class NoPattern(ValueError):
    """A text is no regular expression of ECMA-262."""


class NotEnforceable(ValueError):
    """A regular expression means what no grammar of ours can hold."""


def is_pattern(text: str) -> bool:
    """Whether a text is a regular expression."""
    try:
        in_rust(text)
    except ValueError as error:
        return isinstance(error, NotEnforceable)
    return True


def in_rust(pattern: str) -> str:
    """The same pattern for Rust's regex-syntax. NoPattern or NotEnforceable if there is none."""
    return _Reader(pattern).read()


class _Reader:
    """Reads a pattern once, from its left to its right."""

    def __init__(self, pattern: str):
        self._text = pattern
        self._at = 0
        self._groups = 0  # that capture
        self._back = 0  # the largest group that is referred to
        self._names_back: set[str] = set()
        self._lacks: str | None = None  # what cannot be enforced

    def read(self) -> str:
        """The whole pattern."""
        rust, names = self._choice(0)
        if self._at < len(self._text):
            raise NoPattern("a ) that closes nothing")
        if self._back > self._groups or self._names_back - names:
            raise NoPattern("a reference to no group")
        if self._lacks is not None:
            raise NotEnforceable(self._lacks)
        return rust

    def _next(self, size: int = 1) -> str:
        return self._text[self._at : self._at + size]

    def _take(self, token: str) -> bool:
        found = self._text.startswith(token, self._at)
        if found:
            self._at += len(token)
        return found

    def _choice(self, depth: int) -> tuple[str, set[str]]:
        """Alternatives, and the names of the groups in them."""
        if depth > MAX_DEPTH:
            raise NotEnforceable(f"groups nested more than {MAX_DEPTH} deep")
        rust, names = self._sequence(depth)
        while self._take("|"):
            text, more = self._sequence(depth)
            rust += f"|{text}"
            names |= more
        return rust, names

    def _sequence(self, depth: int) -> tuple[str, set[str]]:
        texts = []
        names: set[str] = set()
        while self._at < len(self._text) and self._next() not in "|)":
            text, more, repeats = self._term(depth)
            if names & more:
                raise NoPattern("two groups of one name")
            names |= more
            quantifier = self._quantifier()
            if quantifier and not repeats:
                raise NoPattern("an assertion that repeats")
            texts.append(text + quantifier)
        return "".join(texts), names

    def _term(self, depth: int) -> tuple[str, set[str], bool]:
        """One term, the names in it, and whether it may repeat."""
        if self._next() in "^$":
            return self._character(), set(), False
        if self._take("\\b") or self._take("\\B"):
            self._lacks = "a word boundary"
            return "", set(), False
        if self._take("("):
            return self._group(depth)
        if self._take("."):
            return f"[^{LINE_ENDS}]", set(), True
        if self._take("["):
            return self._class(), set(), True
        if self._take("\\"):
            return self._escape(), set(), True
        if self._next() == "]" or _QUANTIFIER.match(self._text, self._at):
            raise NoPattern(f"a {self._next()} that follows nothing")
        if self._text.startswith("{,", self._at):
            raise NoPattern("a quantifier without a first number")
        return self._one(ord(self._character())), set(), True

    def _one(self, value: int) -> str:
        """A character outside a class."""
        if chr(value) in '"\\' or value < 32 or value == 127:
            self._lacks = "a quotation mark, a backslash or a control character by itself"
        return _literal(value)

    def _character(self) -> str:
        if self._at >= len(self._text):
            raise NoPattern("the pattern ends too early")
        self._at += 1
        return self._text[self._at - 1]

    def _quantifier(self) -> str:
        match = _QUANTIFIER.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0][0] if match[1] is None else self._counted(match)

    def _counted(self, match: re.Match) -> str:
        least, comma, most = match.groups()
        numbers = [number.lstrip("0") or "0" for number in (least, most) if number]
        if any(len(number) > 6 or int(number) > MAX_REPEAT for number in numbers):
            self._lacks = f"more than {MAX_REPEAT} repetitions"
        if most and (len(numbers[0]), numbers[0]) > (len(numbers[1]), numbers[1]):
            raise NoPattern("a quantifier whose numbers are out of order")
        return f"{{{numbers[0]}{comma or ''}{numbers[1] if most else ''}}}"

    def _group(self, depth: int) -> tuple[str, set[str], bool]:
        own: set[str] = set()
        is_assertion = False
        if self._next(2) in ("?=", "?!") or self._next(3) in ("?<=", "?<!"):
            self._at += 2 if self._next(2) != "?<" else 3
            self._lacks = "a lookaround"
            is_assertion = True
        elif self._take("?<"):
            own = {self._name(self._at - 1)}
            self._groups += 1
        elif self._take("?"):
            if not self._take(":"):
                self._modifiers()
        else:
            self._groups += 1

        inner, names = self._choice(depth + 1)
        if not self._take(")"):
            raise NoPattern("a group without an end")
        if own & names:
            raise NoPattern("two groups of one name")
        return f"(?:{inner})", own | names, not is_assertion

    def _name(self, start: int) -> str:
        """The name in <> at `start`."""
        match = _NAME.match(self._text, start)
        if match is None:
            raise NoPattern("a group's name that is none")
        self._at = match.end()
        return match[0]

    def _modifiers(self) -> None:
        match = re.compile("([ims]*)(?:-([ims]*))?:").match(self._text, self._at)
        letters = "" if match is None else match[1] + (match[2] or "")
        if not letters or len(set(letters)) < len(letters):
            raise NoPattern("a group of an unknown kind")
        self._at = match.end()
        self._lacks = "flags of a group"

    def _escape(self) -> str:
        """An escape outside a class, after its backslash."""
        number = re.compile("[1-9][0-9]*").match(self._text, self._at)
        if number or self._next() == "k":
            self._lacks = "a reference to a group"
            if number:
                self._at = number.end()
                self._back = max(self._back, int(number[0][:9]))
            else:
                self._names_back.add(self._name(self._at + 1))
            return ""
        value = self._class_escape()
        return self._one(value) if isinstance(value, int) else f"[{value}]"

    def _class_escape(self) -> int | str:
        """An escape in a class or outside: a code point, or the inside of a class."""
        letter = self._character()
        if letter.lower() in CLASSES:
            inside = CLASSES[letter.lower()]
            return inside if letter.islower() else f"[^{inside}]"
        if letter in "pP":
            return self._property(letter)
        if letter in CONTROLS:
            return CONTROLS[letter]
        if letter == "0" and not (self._next() and self._next() in "0123456789"):
            return 0
        if letter == "c" and self._next().isascii() and self._next().isalpha():
            return ord(self._character()) % 32
        if letter == "x":
            return self._hexadecimal(2)
        if letter == "u":
            return self._unicode()
        if letter.isascii() and not letter.isalnum() and letter.isprintable():
            return ord(letter)
        raise NoPattern(f"an escape of {letter!r}")

    def _hexadecimal(self, size: int) -> int:
        digits = self._next(size)
        if not re.fullmatch(f"[0-9A-Fa-f]{{{size}}}", digits):
            raise NoPattern("an escape without its digits")
        self._at += size
        return int(digits, 16)

    def _unicode(self) -> int:
        if self._take("{"):
            end = self._text.find("}", self._at)
            digits = self._text[self._at : max(end, self._at)]
            if not re.fullmatch("0*[0-9A-Fa-f]{1,6}", digits) or int(digits, 16) > LAST:
                raise NoPattern("an escape without its digits")
            self._at = end + 1
            return self._scalar(int(digits, 16))

        value = self._hexadecimal(4)
        low = re.compile(r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})").match(self._text, self._at)
        if 0xD800 <= value < 0xDC00 and low:
            self._at = low.end()
            return 0x10000 + ((value - 0xD800) << 10) + int(low[1], 16) - 0xDC00
        return self._scalar(value)

    def _scalar(self, value: int) -> int:
        if 0xD800 <= value < 0xE000:
            self._lacks = "half a surrogate pair"
        return value

    def _property(self, letter: str) -> str:
        match = re.compile(r"\{(?:(\w+)=)?(\w+)\}", re.ASCII).match(self._text, self._at)
        if match is None or not is_property(match[1], match[2]):
            raise NoPattern("an unknown property of characters")
        self._at = match.end()
        name = f"{match[1]}={match[2]}" if match[1] else match[2]
        return rf"\{letter}{{{name}}}"

    def _class(self) -> str:
        """A class, after its bracket."""
        negated = self._take("^")
        parts = []
        while not self._take("]"):
            low = self._member()
            if self._next() != "-" or self._next(2) == "-]":
                parts.append(_in_class(low))
                continue
            self._take("-")
            high = self._member()
            if isinstance(low, str) or isinstance(high, str) or low > high:
                raise NoPattern("a range whose ends are out of order or no characters")
            parts.append(f"{_in_class(low)}-{_in_class(high)}")

        if not negated and len(parts) == 1 and isinstance(low, int) and parts == [_literal(low)]:
            return self._one(low)
        inside = "".join(parts) or rf"^\x{{0}}-\x{{{LAST:X}}}"
        if not negated:
            return f"[{inside}]"
        return f"[^{inside}]" if parts else rf"[\x{{0}}-\x{{{LAST:X}}}]"

    def _member(self) -> int | str:
        if not self._take("\\"):
            return ord(self._character())
        return 8 if self._take("b") else self._class_escape()


def _literal(value: int) -> str:
    character = chr(value)
    return character if character.isalnum() and character.isascii() else rf"\x{{{value:X}}}"


def _in_class(member: int | str) -> str:
    return member if isinstance(member, str) else _literal(member)
