"""Imports that leave out what is slow and not needed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(name: str) -> Iterator[None]:
    """In this context a module that was not imported yet cannot be.

    For a package that goes on without an optional part. Example: all but a twentieth of the time
    that `import jsonschema` takes is that of "rfc3987_syntax", its check of IRIs.
    """
    missing = name not in sys.modules
    if missing:
        sys.modules[name] = None
    try:
        yield
    finally:
        if missing:
            del sys.modules[name]
