"""The exercises, one module per lesson, so that no notebook holds a test that reveals its answer.

`lesson_02.py` holds `EXERCISES = {"02-ratio": Exercise(...), ...}`; every name begins with the
lesson's number. A lesson calls `check("02-ratio", answer)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules


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


def lessons() -> list[str]:
    """Numbers of the lessons that have exercises: ["00", "01", …]."""
    names = (module.name for module in iter_modules(__path__))
    return sorted(name.removeprefix("lesson_") for name in names if name.startswith("lesson_"))


def find(name: str) -> Exercise:
    """The exercise called `name`; ValueError that lists the lesson's exercises if there is none."""
    number = name.partition("-")[0]
    if number not in lessons():
        numbers = ", ".join(lessons())
        raise ValueError(
            f"exercise must begin with one of {numbers}, as in '02-name', got {name!r}"
        )

    exercises = import_module(f"{__name__}.lesson_{number}").EXERCISES
    if name not in exercises:
        raise ValueError(f"exercise must be one of {', '.join(exercises)}, got {name!r}")
    return exercises[name]
