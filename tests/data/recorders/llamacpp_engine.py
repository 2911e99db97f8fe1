"""Record llama.cpp: its C sampler functions, called by ctypes inside the xllamacpp wheel's library.

The chain is built here in the server's default order (`common/sampling.cpp`).
tests/test_llamacpp_oracle.py shows on the running server that it has this order, and that it counts
the prompt.
"""

import ctypes
from ctypes import c_bool, c_float, c_int32, c_int64, c_size_t, c_uint32, c_void_p
from importlib.metadata import version

import numpy as np
import xllamacpp.xllamacpp

ENGINE = "llama.cpp"
VERSION = f"xllamacpp {version('xllamacpp')}"
FUNCTIONS = [
    f"llama_sampler_init_{name}"
    for name in ["logit_bias", "penalties", "top_k", "top_p", "min_p", "temp", "dist"]
] + ["llama_sampler_accept", "llama_sampler_apply"]
WINDOW = 64  # repeat_last_n


class Token(ctypes.Structure):
    _fields_ = [("id", c_int32), ("logit", c_float), ("p", c_float)]


class Tokens(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.POINTER(Token)),
        ("size", c_size_t),
        ("selected", c_int64),
        ("sorted", c_bool),
    ]


class _Bias(ctypes.Structure):
    _fields_ = [("token", c_int32), ("bias", c_float)]


library = ctypes.CDLL(xllamacpp.xllamacpp.__file__)


def _sampler(name: str, *args) -> c_void_p:
    """llama_sampler_init_<name>(*args), args being ctypes values."""
    make = getattr(library, f"llama_sampler_init_{name}")
    make.restype = c_void_p
    return c_void_p(make(*args))


def accepts(params: dict) -> bool:
    return True


def chain(params: dict, V: int) -> list[c_void_p]:
    """The samplers in the server's default order; what is off (DRY, typical, XTC …) is left out."""
    bias = {int(token): value for token, value in (params.get("logit_bias") or {}).items()}
    biases = (_Bias * len(bias))(*bias.items())
    repetition = c_float(params.get("repetition_penalty", 1.0))
    frequency = c_float(params.get("frequency_penalty", 0.0))
    presence = c_float(params.get("presence_penalty", 0.0))
    return [
        _sampler("logit_bias", c_int32(V), c_int32(len(bias)), biases),
        _sampler("penalties", c_int32(V), c_int32(WINDOW), repetition, frequency, presence),
        _sampler("top_k", c_int32(params.get("top_k", 0))),
        _sampler("top_p", c_float(params.get("top_p", 1.0)), c_size_t(0)),
        _sampler("min_p", c_float(params.get("min_p", 0.0)), c_size_t(0)),
        _sampler("temp", c_float(params.get("temperature", 1.0))),
        _sampler("dist", c_uint32(0)),
    ]


def record(case: dict) -> np.ndarray:
    """Probabilities (V,) of one case."""
    logits = case["logits"]
    data = (Token * len(logits))(*[(i, x, 0.0) for i, x in enumerate(logits)])
    tokens = Tokens(data, len(logits), -1, False)
    for sampler in chain(case["params"], len(logits)):
        for token in case["prompt"] + case["output"]:
            library.llama_sampler_accept(sampler, c_int32(token))
        library.llama_sampler_apply(sampler, ctypes.byref(tokens))
        library.llama_sampler_free(sampler)
    probs = np.zeros(len(logits))
    for i in range(tokens.size):
        probs[tokens.data[i].id] = tokens.data[i].p
    return probs / probs.sum()
