"""CT5: a library whose binary interface has changed, or that lacks a function."""

import shutil
import subprocess

import pytest

from samplers.local.engine import weights
from samplers.local.engine.logits.context import Context
from samplers.local.engine.logits.library import FUNCTIONS, Unavailable, declared, engine_library

# llama_context_params has grown by 64 bytes, and n_ctx has moved to their end.
HEADER = """
#include <stdint.h>
#include <stdlib.h>
struct model_params { void *devices; char rest[64]; };
struct context_params { char new_ones[64]; uint32_t n_ctx, n_batch, n_ubatch, n_seq_max; };
struct model_params llama_model_default_params(void) { return (struct model_params){0}; }
struct context_params llama_context_default_params(void)
{ return (struct context_params){{0}, 4096, 2048, 512, 1}; }
void *llama_model_load_from_file(const char *path, struct model_params params)
{ return malloc(1); }
void *llama_init_from_model(void *model, struct context_params params)
{ uint32_t *n_ctx = malloc(4); *n_ctx = params.n_ctx; return n_ctx; }
uint32_t llama_n_ctx(uint32_t *context) { return *context; }
uint32_t llama_n_ubatch(void *context) { return 63; }
void llama_free(void *context) { free(context); }
void llama_model_free(void *model) { free(model); }
"""


@pytest.fixture
def library(tmp_path):
    """A function: compiles C code into a library, and gives its path."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler here")

    def compiled(code: str) -> str:
        source = tmp_path / "stub.c"
        source.write_text(code)
        target = tmp_path / "stub.so"
        command = [compiler, "-shared", "-fPIC", "-o", str(target), str(source)]
        subprocess.run(command, check=True, capture_output=True)
        return str(target)

    return compiled


def functions(*left_out: str) -> str:
    """C code of the functions that HEADER does not have; they do nothing."""
    names = [name for name in FUNCTIONS if name not in left_out and f" {name}(" not in HEADER]
    names = [name for name in names if f"*{name}(" not in HEADER]
    return "\n".join(f"void *{name}(void) {{ return 0; }}" for name in names)


def test_a_struct_that_has_grown_is_noticed(library):
    """n_ctx is read back: it is not what was asked."""
    stub = declared(library(HEADER + functions()))
    with pytest.raises(Unavailable, match="its context has another size"):
        Context(stub, weights.ensure(), 1024)


def test_a_missing_function_is_named(library):
    path = library(HEADER + functions("llama_decode"))
    with pytest.raises(Unavailable, match="the engine's library exports no llama_decode"):
        declared(path)


def test_a_file_that_is_no_library(tmp_path):
    path = tmp_path / "no.so"
    path.write_text("no library")
    with pytest.raises(Unavailable, match="cannot be opened"):
        declared(str(path))


def test_a_file_that_is_no_model(tmp_path):
    path = tmp_path / "no.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(Unavailable, match="does not load the model"):
        Context(engine_library(), path, 512)
