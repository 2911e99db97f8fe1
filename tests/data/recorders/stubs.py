"""Import one real module out of a serving engine without the rest of the engine.

vLLM and SGLang import GPU kernels and a whole server before their sampling code. Here every import
that is not asked for by name becomes a `Nothing`: falsy, callable, and silent. So `is_cuda()` is
false, and a missing kernel is never called. The torch functions that are recorded are the engine's
own, unchanged, on the CPU.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from pathlib import Path


class Nothing:
    """Stands for what is not installed: falsy, empty, its attributes and calls Nothing again."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()

    def __call__(self, *args, **kwargs):
        return Nothing()

    def __bool__(self):
        return False

    def __iter__(self):
        return iter(())

    def __mro_entries__(self, bases):  # lets a class derive from it
        return ()

    def __or__(self, other):  # in annotations: `Missing | None`
        return self

    __ror__ = __or__

    def __getitem__(self, key):
        return Nothing()


class _NothingModule(types.ModuleType):
    __path__ = ()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads an engine's modules in `real`; its other modules, and `missing`, are Nothing."""

    def __init__(self, engine: str, real: set[str], missing: set[str]):
        self.engine = engine
        self.real = real
        self.missing = missing
        self.root = Path(importlib.util.find_spec(engine).submodule_search_locations[0]).parent

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.missing:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        if name.split(".")[0] != self.engine:
            return None
        if name in self.real:
            place = self.root.joinpath(*name.split("."))
            file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
            inside = [str(place)] if place.is_dir() else None
            return importlib.util.spec_from_file_location(
                name, file, submodule_search_locations=inside
            )
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return _NothingModule(spec.name)

    def exec_module(self, module):
        pass


def only(engine: str, *real: str, missing: tuple[str, ...] = ()) -> None:
    """From now on only the modules `real` of the package `engine` are loaded as they are."""
    finder = _Finder(engine, set(real), set(missing))
    sys.meta_path.insert(0, finder)
