"""What a function's docstring says to a model: about the function and about each parameter.

docstring-parser reads the four styles that have a name: Google's, numpydoc's, Sphinx's fields and
epytext's. Its parsers are strict: one line that does not fit loses a whole docstring. So fields are
first made uniform, and plain lines (`name: text`), which belong to no style, are read here.
"""

import inspect
import math
import re
from collections.abc import Iterable, Iterator

PARAMETERS = re.compile(  # headers in Google's and numpydoc's style
    r"(keyword |other )?(args|arguments|parameters|params)\s*:?", re.IGNORECASE
)
# Other headers, and fields: what follows is not about the function, or for people who read the code
OTHER = re.compile(
    r"(attributes|returns?|raises|warns|yields|warnings?|examples?|notes?|references|see also)\s*:?"
    r"|[:@]\w+(\s[^:]*)?:(?!`).*",
    re.IGNORECASE,
)
PARAMETER_FIELD = re.compile(  # group 1 is the name: ":param dict[str, int] city:", "@param city:"
    r"^[ \t]*[:@](?:param|parameter|arg|argument|key|keyword)[ \t]+(?:[^:\n]*[ \t])?[*`\\]*(\w+)`*"
    r"[ \t]*:",
    re.MULTILINE,
)
# ":returns a list:", "@rtype:"; but :class:`City` is a role, inside a text
OTHER_FIELD = re.compile(r"^[:@](?!param )\w+(?:[ \t][^:\n]*)?:(?!`)", re.MULTILINE)
END_OF_FIELDS = re.compile(r"\n[ \t]*\n(?=[^\s:@])")  # an empty line, and a text that is no field
UNDERLINED = re.compile(r"^(\w[\w ]*?)[ \t]*\n[-=]{3,}[ \t]*$", re.MULTILINE)


def descriptions(function) -> tuple[str, dict[str, str]]:
    """(the description, {parameter: its description}) from `function`'s docstring.

    A parameter is described in one of the four styles, or by a line that begins with its name:
    ``city: where``, ``city (str): where`` or ```city`: where``, also in a list of Markdown's. Lines
    below it that are indented more belong to it. The function's description ends before the first
    parameter or section (Args:, Returns: …).
    """
    docstring = inspect.getdoc(function) or ""
    names = inspect.signature(function).parameters
    general, described = _plain(docstring, names)
    for name, text in _in_a_style(docstring):
        if name in names:
            described[name] = text

    return general, described


def _plain(docstring: str, names: Iterable[str]) -> tuple[str, dict[str, str]]:
    """(the description, {parameter: its description}) where plain lines describe the parameters."""
    parameter_line = _parameter_line(names)
    general: list[str] = []  # the lines about the function
    is_general = True
    described: dict[str, str] = {}
    current = None  # the parameter that the lines are about
    indent = math.inf  # of its line, or of another section's header; deeper lines belong to it

    for line in docstring.splitlines():
        depth = len(line) - len(line.lstrip())
        text = line.strip()
        is_inside = bool(text) and depth > indent
        match = parameter_line.fullmatch(line)
        if is_inside and not current:
            continue
        if match and match[1] not in described:
            current = match[1]
            indent = depth
            is_general = False
            described[current] = match[2].strip()
        elif is_inside:
            described[current] = f"{described[current]} {text}".strip()
        elif text or current:
            current = None
            header = text.strip("#* ")  # Markdown's, too
            is_other = bool(OTHER.fullmatch(header))
            indent = depth if is_other else math.inf
            is_general = is_general and not (is_other or PARAMETERS.fullmatch(header))
            if is_general:
                general.append(text)

    return _one_line(" ".join(general)), described


def _parameter_line(names: Iterable[str]) -> re.Pattern:
    """Matches a line about one of the parameters: group 1 is its name, group 2 its description."""
    name = "|".join(map(re.escape, names)) or "(?!)"  # (?!) matches nothing
    return re.compile(rf"\s*(?:[-*+]\s+)?[`*]*({name})[`*]*\s*(?:\([^)]*\))?\s*:\s*(.*)")


def _in_a_style(docstring: str) -> Iterator[tuple[str, str]]:
    """(parameter, its description) of each one that is described in one of the four styles."""
    from docstring_parser import DocstringStyle, parse  # here, for a fast start

    # numpydoc's headers are underlined as far as they are long, or its parser finds none
    underlined = UNDERLINED.sub(lambda match: f"{match[1]}\n{'-' * len(match[1])}", docstring)
    fields = OTHER_FIELD.sub(":other:", PARAMETER_FIELD.sub(r":param \1:", docstring))
    texts = [(DocstringStyle.GOOGLE, docstring), (DocstringStyle.NUMPYDOC, underlined)]
    texts += [(DocstringStyle.REST, block) for block in END_OF_FIELDS.split(fields)]
    for style, text in texts:
        try:
            parameters = parse(text, style).params
        except Exception:  # not only its ParseError: a line of "::" is an IndexError
            continue
        for parameter in parameters:
            for name in parameter.arg_name.split(","):  # numpydoc's "x, y : float"
                yield name.strip(" `*"), _one_line(parameter.description or "")


def _one_line(text: str) -> str:
    return " ".join(text.split())
