"""checked: what each kind of annotation allows, and what the error asks for."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Annotated

import numpy as np
import pytest
from numpy.typing import ArrayLike

from samplers import Distribution
from samplers.lab.arguments import checked

NAN = float("nan")
INF = float("inf")
FIVE = Distribution.from_probs({"a": 0.5, "b": 0.25, "c": 0.25})


@checked
def every(
    whole: int = 1,
    real: float = 1.0,
    at_least: Annotated[int, 2] = 2,
    share: Annotated[float, (0, 1)] = 0.5,
    any_real: Annotated[float, (-INF, INF)] = 0.0,
    maybe: str | None = None,
    some: Annotated[Sequence[str], 1] = ("a",),
    pair: tuple[str, int] = ("a", 1),
    once: Iterable[int] = (1,),
    many: Collection[int] = (1,),
    table: Mapping[str, float] = {"a": 1},
    f: Callable = len,
    array: ArrayLike = (1,),
    free=None,
):
    return once


TAKEN = {
    "whole": [0, -1, np.int64(3), 10**30],
    "real": [0, -1.5, np.float32(2), 3],
    "at_least": [2, np.uint8(2), 10**30],
    "share": [0, 1, 0.5, np.float64(1)],
    "any_real": [INF, -INF, 0],
    "maybe": [None, "", "a"],
    "some": [["a"], ("a", "b"), np.array(["a"])],
    "pair": [("a", 1), ["a", 1]],
    "once": [[], (1, 2), iter([1])],
    "many": [[], {1, 2}, frozenset({1})],
    "table": [{}, {"a": 1, "b": 2.5}],
    "f": [len, checked],
    "array": [1, [], [[1, 2]], np.zeros((2, 0)), FIVE],
    "free": [None, object()],
}
REFUSED = {
    "whole": [1.0, True, "1", None, NAN, np.float64(1)],
    "real": [NAN, INF, True, "1", None, 1j, 10**400],
    "at_least": [1, 2.0, True, None, INF],
    "share": [-0.1, 1.1, NAN, INF, -INF, True, None],
    "any_real": [NAN, True, "1"],
    "maybe": [1, b"a"],
    "some": ["a", [], [1], {"a"}, np.array("a"), None],
    "pair": [("a",), ("a", 1.5), "a1", None, ("a", 1, 2)],
    "once": [1, ["a"], iter(["a"]), "1"],
    "many": [1, {"a"}, "1", {1: 2}],
    "table": [[("a", 1)], {1: 1}, {"a": "b"}, None],
    "f": [1, None],
    "array": ["a", None, [True], np.ma.array([1])],
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_an_annotation_allows(name):
    for value in TAKEN[name]:
        every(**{name: value})
    for value in REFUSED.get(name, []):
        with pytest.raises(ValueError, match=f"^{name} must be .*, got "):
            every(**{name: value})


def test_a_generator_is_read_once():
    assert every(once=(i for i in [1, 2])) == (1, 2)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("at_least", 1, "an integer >= 2, got 1"),
        ("share", 2, r"a number in \[0, 1\], got 2"),
        ("maybe", 1, "a text or None, got 1"),
        ("some", [], r"a sequence, each a text, not empty, got \[\]"),
        ("pair", 1, r"\(a text, an integer\), got 1"),
        ("table", 1, r"a mapping \{a text: a number\}, got 1"),
        ("f", 1, "a function, got 1"),
        ("array", "a", "an array of real numbers, got 'a'"),
    ],
)
def test_what_the_error_asks_for(name, value, words):
    with pytest.raises(ValueError, match=f"^{name} must be {words}$"):
        every(**{name: value})
