"""SamplingParams: each range's edges, each wrong type, and what the error says."""

import copy
import json
import pickle
from dataclasses import FrozenInstanceError, asdict, fields
from fractions import Fraction

import numpy as np
import pytest
from marks import no_warnings

from samplers import SamplingParams

pytestmark = no_warnings
INF = float("inf")
NAN = float("nan")
INSIDE = {  # parameter: values that are in its range
    "temperature": [0, 0.0, 1e-300, 1, 2, 2.0],
    "top_p": [0, 1e-9, 0.5, 1],
    "min_p": [0, 0.05, 1],
    "frequency_penalty": [-2, -2.0, 0, 2],
    "presence_penalty": [-2, 0.5, 2],
    "repetition_penalty": [1e-9, 0.5, 1, 1.3, 100],
    "top_k": [0, 1, 10**9],
    "n": [1, 128],
    "seed": [None, 0, -1, -(2**63), 2**63 - 1],
    "max_tokens": [None, 1, 10**9],
    "stop": [None, "x", ["x"], ("a", "b", "c", "d"), "\n"],
    "logit_bias": [None, {}, {5: 100}, {5: -100}, {0: 0.5}],
    "logprobs": [False, True],
}
NOT_REAL = ["1", "", True, False, np.bool_(True), None, [1], np.array([1.0]), 1j, object]
NOT_NUMBERS = [*NOT_REAL, NAN, INF, -INF, np.float32(NAN)]
NOT_INTEGERS = [v for v in NOT_NUMBERS if v is not None] + [1.0, 1.5, np.float64(1)]
BAD_STOPS = ["", [], [""], ["a"] * 5, 5, b"x", ["a", 5], [None], True, {"a"}]
BAD_IDS = [{-1: 0}, {"x": 0}, {"-1": 0}, {"1.0": 0}, {1.0: 0}, {True: 0}, {None: 0}]
BAD_BIASES = [{5: 101}, {5: -100.1}, {5: NAN}, {5: "1"}, {5: None}, {5: True}, {5: INF}]
OUTSIDE = {  # parameter: (the range in the error's words, values outside of it or of a wrong type)
    "temperature": (
        "a number in [0, 2]",
        [-0.1, 2.0001, np.nextafter(2, 3), 10**400, *NOT_NUMBERS],
    ),
    "top_p": ("a number in [0, 1]", [-1e-9, 1.0001, *NOT_NUMBERS]),
    "min_p": ("a number in [0, 1]", [-1e-9, 1.0001, *NOT_NUMBERS]),
    "frequency_penalty": ("a number in [-2, 2]", [-2.1, 2.1, *NOT_NUMBERS]),
    "presence_penalty": ("a number in [-2, 2]", [-2.1, 2.1, *NOT_NUMBERS]),
    "repetition_penalty": ("a number > 0", [0, 0.0, -1, 10**400, *NOT_NUMBERS]),
    "top_k": ("an integer >= 0", [-1, None, *NOT_INTEGERS]),
    "n": ("an integer in [1, 128]", [0, 129, None, *NOT_INTEGERS]),
    "seed": (f"an integer in [{-(2**63)}, {2**63 - 1}]", [2**63, -(2**63) - 1, *NOT_INTEGERS]),
    "max_tokens": ("an integer >= 1", [0, -1, *NOT_INTEGERS]),
    "top_logprobs": ("an integer in [0, 20]", [-1, 21, *NOT_INTEGERS]),
    "stop": ("a string or 1 to 4 strings", BAD_STOPS),
    "logprobs": ("True or False", [None, 0, 1, "true", 2]),
    "logit_bias": ("", [[], "5", 5, *BAD_IDS, *BAD_BIASES]),
}


def test_the_defaults_are_openais():
    assert asdict(SamplingParams()) == {
        "temperature": 1.0,
        "top_p": 1.0,
        "frequency_penalty": 0.0,
        "presence_penalty": 0.0,
        "logit_bias": None,
        "seed": None,
        "max_tokens": None,
        "stop": None,
        "logprobs": False,
        "top_logprobs": None,
        "top_k": 0,
        "min_p": 0.0,
        "repetition_penalty": 1.0,
        "n": 1,
    }


def test_every_parameter_is_tested():
    names = {f.name for f in fields(SamplingParams)}
    assert set(OUTSIDE) == names
    assert set(INSIDE) | {"top_logprobs"} == names


@pytest.mark.parametrize(
    ("name", "value"), [(n, v) for n, values in INSIDE.items() for v in values]
)
def test_the_edges_are_inside(name, value):
    kept = getattr(SamplingParams(**{name: value}), name)
    if name == "stop" and value is not None:
        value = (value,) if isinstance(value, str) else tuple(value)
    assert kept == value


@pytest.mark.parametrize("value", [0, 20, None])
def test_top_logprobs_edges(value):
    assert SamplingParams(logprobs=True, top_logprobs=value).top_logprobs == value


@pytest.mark.parametrize(
    ("name", "value"), [(n, v) for n, (_, values) in OUTSIDE.items() for v in values]
)
def test_the_error_names_the_parameter_the_range_and_what_came(name, value):
    given = {name: value}
    if name == "top_logprobs":
        given["logprobs"] = True
    with pytest.raises(ValueError, match=rf"^{name} must ") as error:
        SamplingParams(**given)
    text = str(error.value)
    assert OUTSIDE[name][0] in text
    if name != "logit_bias":
        assert f"got {value!r}" in text
        return
    assert "[-100, 100]" in text or ">= 0" in text
    ((token, bias),) = value.items() if isinstance(value, dict) else [(value, value)]
    assert f"got {token!r}" in text or f"got {bias!r} for token {token}" in text


def test_top_logprobs_needs_logprobs():
    with pytest.raises(ValueError, match="top_logprobs needs logprobs=True, got top_logprobs=5"):
        SamplingParams(top_logprobs=5)


def test_numpy_numbers_become_pythons():
    params = SamplingParams(temperature=np.float32(0.5), top_k=np.uint8(3), seed=np.int64(7))
    assert (params.temperature, params.top_k, params.seed) == (0.5, 3, 7)
    assert SamplingParams(top_p=Fraction(1, 4)).top_p == 0.25
    assert json.loads(json.dumps(asdict(params)))["temperature"] == 0.5
    penalty = SamplingParams(repetition_penalty=np.float32(2)).repetition_penalty
    assert penalty == 2
    assert type(penalty) is float


def test_logit_bias_keys_may_be_the_digits_of_json():
    bias = json.loads(json.dumps({50256: -100, 7: 5}))
    assert SamplingParams(logit_bias=bias).logit_bias == {50256: -100.0, 7: 5.0}
    assert SamplingParams(logit_bias={np.int64(3): np.float32(0.5)}).logit_bias == {3: 0.5}


def test_the_callers_objects_are_copied():
    bias = {1: 1}
    stop = ["a"]
    params = SamplingParams(logit_bias=bias, stop=stop)
    bias[2] = 2
    stop.append("b")
    assert (params.logit_bias, params.stop) == ({1: 1.0}, ("a",))


def test_replace_checks_again_and_leaves_the_first():
    params = SamplingParams(temperature=0.5, stop="x", logit_bias={1: 2})
    expected = SamplingParams(temperature=2, stop=["x"], logit_bias={"1": 2})
    assert params.replace(temperature=2) == expected
    assert params.temperature == 0.5
    with pytest.raises(ValueError, match="temperature"):
        params.replace(temperature=3)
    with pytest.raises(TypeError, match="temprature"):
        params.replace(temprature=1)


def test_frozen_and_portable():
    params = SamplingParams(stop="x", logit_bias={1: 2})
    with pytest.raises(FrozenInstanceError):
        params.temperature = 2
    assert pickle.loads(pickle.dumps(params)) == copy.deepcopy(params) == params
