"""The exercises, one module per lesson, so that no notebook holds a test that reveals its answer.

`sampling/` has the lessons 00 to 05c, and `api/` those from 06 on. `lesson_02.py` holds
`EXERCISES = {"02-ratio": Exercise(...), ...}`; a lesson calls `check("02-ratio", answer)`. Every
name begins with the two digits of the lesson, or with its number: those of lesson 11b with "11b-",
and those of 05b with "05-", as they had stood in lesson 05.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from samplers.lab.lessons.exercises import api, sampling


@dataclass(frozen=True)
class Exercise:
    """One exercise. All texts are constant, because a notebook test compares them.

    `test(answer, **facts)` returns True, False, or a hint for this very answer (a string). `facts`
    are what `check` was given besides the answer: a live distribution, for instance.
    """

    ask: str  # what to do, shown while the answer is still `...`
    test: Callable[..., bool | str]
    hint: str  # where to look; it never reveals the answer
    why: str  # shown after a right answer


@cache
def lessons() -> dict[str, str]:
    """{number of each lesson that has exercises: its module's name}, in order."""
    modules = {}
    for package in (sampling, api):
        for module in iter_modules(package.__path__):
            number = module.name.removeprefix("lesson_")
            modules[number] = f"{package.__name__}.{module.name}"
    return dict(sorted(modules.items()))


def find(name: str) -> Exercise:
    """The exercise called `name`; ValueError that lists the lesson's exercises if there is none."""
    number = name.partition("-")[0]
    if number not in lessons():
        numbers = ", ".join(lessons())
        raise ValueError(
            f"exercise must begin with one of {numbers}, as in '02-name', got {name!r}"
        )

    exercises = {}
    for other, module in lessons().items():
        if other.startswith(number):
            exercises |= import_module(module).EXERCISES
    if name not in exercises:
        raise ValueError(f"exercise must be one of {', '.join(exercises)}, got {name!r}")
    return exercises[name]
