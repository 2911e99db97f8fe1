"""What a function's docstring says to a model: about the function and about each parameter."""

import inspect
import re
from collections.abc import Iterable

# Headers of Google's and NumPy's style, and fields of reST. What follows them is for people who
# read the code.
SECTION = re.compile(
    r"(args|arguments|parameters|returns?|raises|yields|examples?|notes?)\s*:?"
    r"|:(returns?|raises|rtype).*",
    re.IGNORECASE,
)


def descriptions(function) -> tuple[str, dict[str, str]]:
    """(the description, {parameter: its description}) from `function`'s docstring.

    A parameter is described by a line that begins with its name: ``city: where``, ``city (str):
    where``, ```city`: where`` or ``:param city: where``. Lines below it that are indented more
    belong to it. The function's description ends before the first such line or section (Args:,
    Returns: …).
    """
    parameter_line = _parameter_line(inspect.signature(function).parameters)
    general: list[str] = []  # the lines about the function
    is_general = True
    described: dict[str, str] = {}
    current = None  # the parameter that the lines are about, and its line's indent
    indent = 0

    for line in (inspect.getdoc(function) or "").splitlines():
        depth = len(line) - len(line.lstrip())
        text = line.strip()
        match = parameter_line.fullmatch(line)
        if match:
            current = match[1]
            indent = depth
            is_general = False
            described[current] = match[2].strip()
        elif current and text and depth > indent:
            described[current] = f"{described[current]} {text}".strip()
        else:
            current = None
            is_general = is_general and not SECTION.fullmatch(text)
            if is_general:
                general.append(text)

    return " ".join(" ".join(general).split()), described


def _parameter_line(names: Iterable[str]) -> re.Pattern:
    """Matches a line about one of the parameters: group 1 is its name, group 2 its description."""
    name = "|".join(map(re.escape, names)) or "(?!)"  # (?!) matches nothing
    return re.compile(rf"\s*(?::param\s+)?`?({name})`?\s*(?:\([^)]*\))?\s*:\s*(.*)")
