"""Lines that fit on paper, where Typst alone breaks at blanks only, and strings in its code."""

import re
import unicodedata

COLUMNS = 100  # of a line of code; what is longer goes on in the next line
LONGEST = 24  # characters that stay together where a line may have to break
PIECE = re.compile(r"[^/_.,:;=&?-]{1,24}[/_.,:;=&?-]*|[/_.,:;=&?-]{1,24}")


def folded(text: str, columns: int = COLUMNS) -> str:
    """A text whose lines have at most `columns` columns; it breaks at a blank where it can."""
    return "\n".join(part for line in text.split("\n") for part in _fold(line, columns))


def _fold(line: str, columns: int) -> list[str]:
    parts = []
    while (end := _fits(line, columns)) < len(line):
        blank = line.rfind(" ", columns // 2, end + 1)
        end = blank + 1 if blank > 0 else end
        parts.append(line[:end])
        line = line[end:]
    return [*parts, line]


def _fits(line: str, columns: int) -> int:
    """How many characters of a line fit; Chinese ones take two columns."""
    used = 0
    for index, character in enumerate(line):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > columns:
            return index
    return len(line)


def pieces(text: str) -> list[str]:
    """A text in pieces between which a line may break; a short one is one piece."""
    if max(map(len, text.split()), default=0) <= LONGEST:
        return [text]
    return PIECE.findall(text)


def string(text: str) -> str:
    """A string in Typst's code."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    for character, code in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        escaped = escaped.replace(character, code)
    return f'"{escaped}"'
