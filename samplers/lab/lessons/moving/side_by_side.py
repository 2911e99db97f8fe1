"""Several JSON bodies side by side, two in a row, as a notebook, a projector and paper can show."""

import html
import json
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from samplers.lab.arguments import checked

WIDTH = 38  # characters in a line of a body: two bodies side by side in 768 pixels
LONG = 80  # characters of a text without spaces that is shown whole
SHOWN = 30
JOINED = "\u00a0"  # a name and its value stay in one line
CELL = 'style="width:50%;text-align:left;vertical-align:top"'
PRE = (
    'style="font:11px monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:0;'
    'background:none;text-align:left"'
)


@dataclass(frozen=True)
class SideBySide:
    """What `side_by_side` returns, shown as tables; `bodies` are those given.

    Its text holds the names alone, since a model's answer differs between machines.
    """

    bodies: dict[str, object]

    def __repr__(self) -> str:
        return f"<Side by side: {', '.join(self.bodies)}>"

    def _repr_html_(self) -> str:
        bodies = list(self.bodies.items())
        return "".join(_table(bodies[i : i + 2]) for i in range(0, len(bodies), 2))


def _table(pair: list[tuple[str, object]]) -> str:
    """A table with one body or two, each below its name."""
    names = [f'<th scope="col" {CELL}>{html.escape(name)}</th>' for name, _ in pair]
    texts = [html.escape(json_lines(body)) for _, body in pair]
    cells = [f"<td {CELL}><pre {PRE}>{text}</pre></td>" for text in texts]
    head = f"<thead><tr>{''.join(names)}</tr></thead>"
    body = f"<tbody><tr>{''.join(cells)}</tr></tbody>"
    return f'<table style="width:100%">{head}{body}</table>'


@checked
def side_by_side(bodies: Annotated[Mapping[str, object], 1]) -> SideBySide:
    """{name: body} as tables of two bodies each. A body is anything that JSON can say."""
    return SideBySide(dict(bodies))


def json_lines(body) -> str:
    """JSON with a line for each field of an object, and for each part of a long list in it.

    Lines end after WIDTH characters, where there is a space; a long text without any is cut.
    """
    if not isinstance(body, dict):
        return _wrapped("", body, "", 0)
    lines = []
    last = len(body) - 1
    for i, (name, value) in enumerate(body.items()):
        lines += _field(name, value, "," if i < last else "")
    return "\n".join(["{", *lines, "}"])


def _field(name: str, value, comma: str) -> list[str]:
    before = f"{json.dumps(name)}:{JOINED}"
    whole = _wrapped(before, value, comma, 1)
    if not isinstance(value, list) or "\n" not in whole:
        return [whole]
    last = len(value) - 1
    parts = [_wrapped("", part, "," if i < last else "", 2) for i, part in enumerate(value)]
    return [f" {json.dumps(name)}: [", *parts, f" ]{comma}"]


def _wrapped(before: str, value, after: str, indent: int) -> str:
    separators = (", ", f":{JOINED}")
    text = json.dumps(_shortened(value), ensure_ascii=False, separators=separators)
    line = f"{before}{text}{after}"
    margin = " " * indent
    filled = textwrap.fill(
        line,
        WIDTH,
        initial_indent=margin,
        subsequent_indent=f"{margin}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled.replace(JOINED, " ")


def _shortened(value):
    """A copy in which a text without spaces that is longer than LONG is cut: an image's bytes."""
    if isinstance(value, dict):
        return {name: _shortened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_shortened(each) for each in value]
    if isinstance(value, str) and len(value) > LONG and " " not in value:
        return f"{value[:SHOWN]}… ({len(value):,} characters)"
    return value
