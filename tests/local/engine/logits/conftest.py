"""One context beside no server, for the tests of each of this folder's modules."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from logit_rows import read_on

from samplers.local.engine import weights
from samplers.local.engine.logits.context import Context
from samplers.local.engine.logits.library import Unavailable, engine_library

SIZE = 256  # tokens


@pytest.fixture(scope="module")
def model_file() -> Path:
    """The whole model; a module may name another one."""
    return weights.ensure()


@pytest.fixture(scope="module")
def new_context(model_file):
    """A function that makes a context; all of them are closed at the end."""
    made = []

    def make(size: int = SIZE, file: Path = model_file) -> Context:
        try:
            made.append(Context(engine_library(), file, size))
        except Unavailable as why:
            pytest.skip(str(why))
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.fixture(scope="module")
def context(new_context):
    """A context that all tests use."""
    return new_context()


@pytest.fixture(scope="module")
def fresh(new_context):
    """A function: the logits after a prompt, from a cache that was empty.

    It reads a prompt for the first who asks.
    """
    own = new_context()

    @cache
    def after(prompt: tuple[int, ...]) -> np.ndarray:
        own.keep([], 0)
        return read_on(own, list(prompt))

    return lambda prompt: after(tuple(prompt))


@pytest.fixture
def memory_limit():
    """A context manager in which this process gets so many bytes more, and no others."""
    import resource  # Windows has none

    @contextmanager
    def limit(more: int) -> Iterator[None]:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        before = resource.getrlimit(resource.RLIMIT_AS)
        most = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_AS, before)

    return limit
