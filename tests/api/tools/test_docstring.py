"""What a docstring says to a model, in each style that people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samplers.api import tool
from samplers.api.tools.docstring import descriptions

# Each one says the same: "Gets the weather. Slowly.", and of the parameters WHERE and HOW_LONG.
WHERE = "where: a town, as exactly as you can"
HOW_LONG = "how long"
PLAIN = """Gets the weather.

Slowly.

city: where: a town,
    as exactly as you can
days: how long
"""
GOOGLE = """Gets the weather.

Slowly.

Args:
    city (Callable[[str], int], optional): where: a town,
        as exactly as

        you can
    days (int): how long

Returns:
    dict: city: the weather, by day

Raises:
    ValueError: days: when there are none
"""
GOOGLE_LOWER = """Gets the weather.

Slowly.

args:
  `city`: where: a town,
    as exactly as you can
keyword args:
  days (int):
    how long
"""
NUMPYDOC = """Gets the weather.

Slowly.

Parameters
----------
city : str, optional
    where: a town,
    as exactly as

    you can
days : int
    how long

Returns
-------
dict
    city: the weather, by day
"""
NUMPYDOC_SHORT = """Gets the weather.

Slowly.

Parameters
---
city
    where: a town, as exactly as you can

Other Parameters
================
days : {1, 2}
    how long
"""
SPHINX = """Gets the weather.
Slowly.

:param str city: where: a town,
    as exactly as you can
:param Dict[str, int] days: how long
:returns: city: the weather
:rtype: dict of str
:raises ValueError, KeyError: if there is none

days: a text for people.
"""
SPHINX_TYPES = """Gets the weather. Slowly.
    :param city: where: a town, as exactly as you can
    :type city: str
    :keyword days: how long
    :type days: int, optional
"""
EPYTEXT = """Gets the weather.
Slowly.

@param city: where: a town,
    as exactly as you can
@type city: str
@param days: how long
@return: the weather
@rtype: dict
"""
MIXED = """Gets the weather.

Slowly.

city: where: a town, as exactly as you can

:param days: how long
"""


@pytest.mark.parametrize(
    "docstring",
    [
        *(PLAIN, GOOGLE, GOOGLE_LOWER, NUMPYDOC, NUMPYDOC_SHORT),
        *(SPHINX, SPHINX_TYPES, EPYTEXT, MIXED),
    ],
)
def test_every_style_describes_the_function_and_each_parameter(docstring):
    def weather(city: str, days: int): ...

    weather.__doc__ = docstring
    function = tool(weather).definition["function"]
    assert function["description"] == "Gets the weather. Slowly."
    properties = function["parameters"]["properties"]
    assert properties["city"]["description"] == WHERE
    assert properties["days"]["description"] == HOW_LONG


def described(docstring: str) -> tuple[str, dict[str, str]]:
    def function(x, y): ...

    function.__doc__ = docstring
    return descriptions(function)


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("", ("", {})),
        ("Adds.", ("Adds.", {})),
        # a role begins no field
        (
            "Adds.\n:class:`int` only.\n\n:param x: a\n  :class:`int`",
            ("Adds. :class:`int` only.", {"x": "a :class:`int`"}),
        ),
        # a type is no description, and names of no parameter are not ours
        (
            "Adds.\n\nParameters\n----------\nx : int\ny : int\n    b",
            ("Adds.", {"x": "", "y": "b"}),
        ),
        (
            "Adds.\n\nParameters\n----------\nx, y : int\n    both\n",
            ("Adds.", {"x": "both", "y": "both"}),
        ),
        ("Adds.\n\n@type x: int\n@param z: c", ("Adds.", {})),
        # what the parsers refuse costs one style, not the rest
        ("Adds.\n\nArgs:\n    x the first\n    y: b\n", ("Adds.", {"y": "b"})),
        ("Adds.\n::\n\nx: a\n", ("Adds. ::", {"x": "a"})),
        ("Adds.\n\nRaises:\n    if it must\n", ("Adds.", {})),
        # a longer line below a parameter belongs to it, a shorter one to nothing
        ("Adds.\n\n  x: a\n    b\n  c\n    d", ("Adds.", {"x": "a b"})),
        ("x: a\n\n  b", ("", {"x": "a"})),
        # what another section says of a name is not about the parameter
        (
            "Adds.\n\nx: a\n\nReturns:\n    x: c\n\n    y: d\n\ny: b",
            ("Adds.", {"x": "a", "y": "b"}),
        ),
        ("Adds.\n\nx: a\nx: b\nNote:\n  y: c", ("Adds.", {"x": "a"})),
        ("Adds.\nSee Also\nx_y", ("Adds.", {})),
        # Markdown
        ("Adds.\n\n- x: a\n  b\n* `y` (int): c", ("Adds.", {"x": "a b", "y": "c"})),
        (
            "Adds.\n\n## Parameters\n+ **x**: a\n+ *y*: b\n\n**Returns:**\n- x: c",
            ("Adds.", {"x": "a", "y": "b"}),
        ),
    ],
)
def test_docstrings_by_hand(docstring, expected):
    assert described(docstring) == expected


LINES = [
    *("Args:", "    x: a", "  y (int): b", "Returns:", "x: a", "", "text"),
    *("Parameters", "----------", "x : int"),
    *(":param x: a", ":param:", ":x", ":", "::", ": :", "@param y: b", "@param:", "@"),
]


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=5), max_size=8))
def test_no_docstring_is_an_error(lines):
    general, about = described("\n".join(lines))
    assert "\n" not in general
    assert set(about) <= {"x", "y"}
