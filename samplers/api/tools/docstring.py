"""What a function's docstring says, for a model: the function's description, and one a parameter."""

import inspect
import re

# Google's and NumPy's headers, reST's fields: what comes after them is for people who read the code
SECTION = re.compile(
    r"(args|arguments|parameters|returns?|raises|yields|examples?|notes?)\s*:?|:(returns?|raises|rtype).*",
    re.I,
)


def descriptions(function) -> tuple[str, dict[str, str]]:
    """(the description, {parameter: its description}) of `function`'s docstring.

    A parameter is described by a line that begins with its name: ``city: where``, ``city (str):
    where``, ```city`: where`` or ``:param city: where``; more indented lines go on with it. The
    description is what comes before the first such line or section (Args:, Returns: …).
    """
    parameters = [re.escape(name) for name in inspect.signature(function).parameters]
    line_of = re.compile(
        rf"\s*(?::param\s+)?`?({'|'.join(parameters) or '(?!)'})`?\s*(?:\([^)]*\))?\s*:\s*(.*)"
    )
    told: list[str] = []
    found: dict[str, str] = {}
    current, indent, before = None, 0, True
    for line in (inspect.getdoc(function) or "").splitlines():
        depth = len(line) - len(line.lstrip())
        if match := line_of.fullmatch(line):
            current, indent, before = match[1], depth, False
            found[current] = match[2].strip()
        elif current and line.strip() and depth > indent:
            found[current] = f"{found[current]} {line.strip()}".strip()
        else:
            current = None
            before = before and not SECTION.fullmatch(line.strip())
            if before:
                told.append(line.strip())
    return " ".join(" ".join(told).split()), found
