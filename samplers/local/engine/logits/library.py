"""llama.cpp's C interface in the engine's own library, declared for ctypes.

Little of its binary interface is relied on. The structs of parameters stay opaque: the library
fills in its defaults, and only their first fields are set. `llama_batch` is declared in full.
Source: include/llama.h of llama.cpp. `trial.py` tries in another process whether all this holds.
"""

import ctypes
import sys
from ctypes import POINTER, c_bool, c_char_p, c_float, c_int8, c_int32, c_size_t, c_void_p

from samplers.local.engine.server import set_environment

# Larger than the real structs. x86-64 copies such a struct to the stack, AArch64 and Windows pass
# its address: either way the library reads the part that it knows.
_OPAQUE_BYTES = 512


class ModelParams(ctypes.Structure):
    """llama_model_params: the first field, a list of devices, ends with NULL."""

    _fields_ = (("devices", c_void_p), ("rest", ctypes.c_uint64 * (_OPAQUE_BYTES // 8 - 1)))


class ContextParams(ctypes.Structure):
    """llama_context_params: the first four fields are sizes, in tokens and in sequences."""

    _fields_ = (
        ("n_ctx", ctypes.c_uint32),
        ("n_batch", ctypes.c_uint32),
        ("n_ubatch", ctypes.c_uint32),
        ("n_seq_max", ctypes.c_uint32),
        ("rest", ctypes.c_uint64 * (_OPAQUE_BYTES // 8 - 2)),
    )


class Batch(ctypes.Structure):
    """llama_batch: `logits[i]` is 1 for each place whose logits are wanted.

    Without `seq_id` all tokens are of sequence 0.
    """

    _fields_ = (
        ("n_tokens", c_int32),
        ("token", POINTER(c_int32)),
        ("embd", POINTER(c_float)),
        ("pos", POINTER(c_int32)),
        ("n_seq_id", POINTER(c_int32)),
        ("seq_id", POINTER(POINTER(c_int32))),
        ("logits", POINTER(c_int8)),
    )


# name: (the type of the result, the types of the arguments). A pointer to one of the library's own
# objects is a void pointer.
FUNCTIONS = {
    "llama_model_default_params": (ModelParams, ()),
    "llama_model_load_from_file": (c_void_p, (c_char_p, ModelParams)),
    "llama_model_free": (None, (c_void_p,)),
    "llama_model_get_vocab": (c_void_p, (c_void_p,)),
    "llama_vocab_n_tokens": (c_int32, (c_void_p,)),
    "llama_context_default_params": (ContextParams, ()),
    "llama_init_from_model": (c_void_p, (c_void_p, ContextParams)),
    "llama_free": (None, (c_void_p,)),
    "llama_n_ctx": (ctypes.c_uint32, (c_void_p,)),
    "llama_n_ubatch": (ctypes.c_uint32, (c_void_p,)),
    "llama_set_n_threads": (None, (c_void_p, c_int32, c_int32)),
    "llama_set_abort_callback": (None, (c_void_p, c_void_p, c_void_p)),
    "llama_get_memory": (c_void_p, (c_void_p,)),
    "llama_memory_clear": (None, (c_void_p, c_bool)),
    "llama_memory_seq_rm": (c_bool, (c_void_p, c_int32, c_int32, c_int32)),
    "llama_decode": (c_int32, (c_void_p, Batch)),
    "llama_get_logits_ith": (POINTER(c_float), (c_void_p, c_int32)),
    "llama_state_seq_get_size": (c_size_t, (c_void_p, c_int32)),
    "llama_state_seq_get_data": (c_size_t, (c_void_p, c_void_p, c_size_t, c_int32)),
    "llama_state_seq_set_data": (c_size_t, (c_void_p, c_void_p, c_size_t, c_int32)),
}


class Unavailable(Exception):
    """The C interface cannot be used; the message is one short line that says why."""


def engine_library() -> ctypes.CDLL:
    """The library inside xllamacpp, its functions declared. Unavailable if it lacks one."""
    set_environment()
    import xllamacpp.xllamacpp

    return declared(xllamacpp.xllamacpp.__file__)


def declared(path: str) -> ctypes.CDLL:
    """The library in a file, its functions declared. Unavailable if it lacks one of FUNCTIONS."""
    try:
        library = ctypes.CDLL(path)
    except OSError:
        raise Unavailable("the engine's library cannot be opened") from None

    for name, (result, arguments) in FUNCTIONS.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise Unavailable(f"the engine's library exports no {name}") from None
        function.restype = result
        function.argtypes = arguments

    return library


def strlen() -> c_void_p:
    """The address of C's strlen, which `Context` uses as an abort callback."""
    standard = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
    return ctypes.cast(standard.strlen, c_void_p)
