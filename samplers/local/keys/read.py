"""A file of keys: a line for each learner, with a name and a key."""

import os
import re
import stat
from pathlib import Path

BIGGEST_FILE = 1 << 20  # bytes
SHORTEST_KEY = 16  # characters: nobody in the room should guess it
LONGEST_KEY = 200
LONGEST_NAME = 40


class KeysError(ValueError):
    """A file of keys cannot be used. The message names the line, but shows nothing of it."""


def can_be_sent(key: str) -> bool:
    """Whether a key can stand in a header."""
    return key.isascii() and key.isprintable() and key != "" and " " not in key


def content_of(path: Path) -> bytes:
    """The file's bytes. KeysError if it cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe could keep its reader waiting
            raise KeysError(f"{path} is not a file. Name a file of keys.")
        with path.open("rb") as file:
            content = file.read(BIGGEST_FILE + 1)
    except OSError as error:
        raise KeysError(f"{path} cannot be read: {error.strerror}. Name a file of keys.") from None
    if len(content) > BIGGEST_FILE:
        raise KeysError(f"{path} is larger than {BIGGEST_FILE} bytes. Name a file of keys.")
    return content


def others_can_read(path: Path) -> bool:
    """Whether other users of this machine can read the file. Windows does not say it."""
    return os.name != "nt" and path.stat().st_mode & 0o077 != 0


def keys_in(content: bytes, path: Path) -> dict[str, str]:
    """The key of each name. Empty lines, and those that begin with #, say nothing.

    KeysError for the first line that is wrong, or if there is no key. `path` is for its message.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise KeysError(f"{path} is not UTF-8 text. Save it as UTF-8.") from None

    lines_of: dict[str, int] = {}  # of each name and each key
    keys: dict[str, str] = {}
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        problem = _problem(line.split(), lines_of)
        if problem:
            raise KeysError(f"{path}, line {number}: {problem} Correct this line.")
        name, key = line.split()
        lines_of |= {f"name {name}": number, f"key {key}": number}
        keys[name] = key

    if not keys:
        raise KeysError(
            f"{path} has no keys. Write a line for each learner: a name, a space and a key."
        )
    return keys


def _problem(words: list[str], lines_of: dict[str, int]) -> str:
    """What is wrong with the words of a line, beside the lines before it; "" if nothing is."""
    if len(words) != 2:
        return f"it must be a name, a space and a key, got {len(words)} words."
    name, key = words
    if not (len(name) <= LONGEST_NAME and name.isprintable()):
        return f"the name must be at most {LONGEST_NAME} printable characters, got {len(name)}."
    if not (SHORTEST_KEY <= len(key) <= LONGEST_KEY):
        return f"the key must have {SHORTEST_KEY} to {LONGEST_KEY} characters, got {len(key)}."
    if not can_be_sent(key):
        return "the key must be printable ASCII, to be sent in a header."
    for what in ("name", "key"):
        before = lines_of.get(f"{what} {name if what == 'name' else key}")
        if before is not None:
            return f"its {what} is also in line {before}."
    return ""
