"""Results of tools as JSON: every kind of value that a function returns."""

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import functools
import json
import math
import types

import numpy as np
import pydantic
import pytest

from samplers.api import ToolError, tool


class Color(enum.Enum):
    RED = "red"


class Station(pydantic.BaseModel):
    name: str
    degrees: float
    extra: object = None


@dataclasses.dataclass(slots=True)
class Reading:
    at: datetime.date
    value: object


class Frame:
    """Like a pandas DataFrame or Series."""

    def __init__(self, columns):
        self._columns = columns

    def to_dict(self):
        return self._columns

    def tolist(self):
        raise AssertionError("to_dict says more")


class Tensor:
    """Like PyTorch's and JAX's."""

    def tolist(self):
        return [[1.5, math.inf]]


class Column:
    """Like a polars Series."""

    def to_list(self):
        return [1, None]


class Plain:
    to_dict = None

    def __str__(self):
        return "plain"


def given(result) -> str:
    """What the model reads of a function that returns `result`."""

    @tool
    def give() -> object:
        return result

    return give.run("{}")


DATE = datetime.date(2026, 7, 1)


@pytest.mark.parametrize(
    ("result", "text"),
    [
        # numpy's scalars and arrays
        (np.int64(3), "3"),
        (np.uint64(2**64 - 1), "18446744073709551615"),
        (np.float32(0.5), "0.5"),
        (np.longdouble(0.5), "0.5"),
        (np.bool_(True), "true"),
        ({"ok": np.False_, np.int64(1): np.str_("x")}, '{"ok":false,"1":"x"}'),
        (np.arange(6).reshape(2, 3), "[[0,1,2],[3,4,5]]"),
        (np.zeros((2, 0)), "[[],[]]"),
        (np.float16([1.5, np.inf]), "[1.5,null]"),
        (np.ma.masked_array([1, 2], [False, True]), "[1,null]"),
        (np.array([1, None, DATE], dtype=object), '[1,null,"2026-07-01"]'),
        (np.datetime64("2026-07-01T12:00:00.000000000"), '"2026-07-01T12:00:00.000000000"'),
        (np.array(["2026-07-01", "NaT"], "M8[D]"), '["2026-07-01","NaT"]'),
        (np.timedelta64(5, "D"), '"5 days"'),
        (np.clongdouble(1 + 2j), '"1+2j"'),
        (np.array([(1, 2.5)], dtype=[("a", int), ("b", float)]), "[[1,2.5]]"),
        # what is like pandas, PyTorch and polars
        (Frame({"a": {0: np.int64(1), 1: math.nan}}), '{"a":{"0":1,"1":null}}'),
        ([Tensor()], "[[[1.5,null]]]"),
        (Column(), "[1,null]"),
        (Plain(), '"plain"'),
        # Infinity and NaN
        (math.inf, "null"),
        ([-math.inf, math.nan, 1.0], "[null,null,1.0]"),
        (Station(name="x", degrees=math.nan), '{"name":"x","degrees":null,"extra":null}'),
        (Reading(DATE, np.float64("inf")), '{"at":"2026-07-01","value":null}'),
        (decimal.Decimal("Infinity"), '"Infinity"'),  # a text, as every Decimal is
        # models, dataclasses, and what is in them
        (Station(name="x", degrees=1, extra=np.int8(2)), '{"name":"x","degrees":1.0,"extra":2}'),
        (Reading(DATE, {Color.RED}), '{"at":"2026-07-01","value":["red"]}'),
        (Color.RED, '"red"'),
        (decimal.Decimal("1.10"), '"1.10"'),
        (datetime.datetime(2026, 7, 1, 12), '"2026-07-01T12:00:00"'),
        (datetime.timedelta(hours=1), '"PT1H"'),
        # collections
        ({3}, "[3]"),
        (frozenset(), "[]"),
        (range(3), "[0,1,2]"),
        ((i for i in range(2)), "[0,1]"),
        (map(str, [1]), '["1"]'),
        ({"a": 1}.keys(), '["a"]'),
        ({"a": 1}.items(), '[["a",1]]'),
        (collections.deque([1]), "[1]"),
        (collections.UserDict(a=1), '{"a":1}'),
        (types.MappingProxyType({"a": 1}), '{"a":1}'),
        (array.array("d", [0.5]), "[0.5]"),
        # bytes
        (b"caf\xc3\xa9", '"café"'),
        (b"\xff\xfe\xfd", '"__79"'),
        ([bytearray(b"a"), memoryview(b"b")], '["a","b"]'),
        (iter([b"\xff", b"a"]), '["_w==","YQ=="]'),
        # half surrogate pairs cannot be sent
        (["a\ud83d", {"b": "\ude00"}], '["a?",{"b":"?"}]'),
        (Frame, f'"{Frame}"'),
    ],
)
def test_a_result_is_json_that_any_parser_reads(result, text):
    assert given(result) == text
    json.loads(text, parse_constant=pytest.fail)


def test_a_long_array_is_whole():
    assert json.loads(given(np.arange(5_000))) == list(range(5_000))


def test_a_value_that_contains_itself_fails():
    circle = []
    circle.append(circle)
    with pytest.raises(ToolError, match="give failed: ValueError: Circular reference"):
        given(circle)


def test_a_coroutine_in_a_result_is_a_failure_that_says_why():
    async def later(x: int) -> int:
        return x

    @functools.wraps(later)
    def wrapper(*args, **kwargs):
        return later(*args, **kwargs)

    with pytest.raises(ToolError, match="TypeError: an async function has to be awaited"):
        tool(wrapper).run('{"x": 1}')


def test_a_failures_text_can_be_sent_too():
    @tool
    def broken() -> str:
        raise ValueError("half \ud83d" + "x" * 1_000)

    with pytest.raises(ToolError, match=r"^broken failed: ValueError: half \?x+$") as caught:
        broken.run("{}")
    assert len(str(caught.value)) == 500
