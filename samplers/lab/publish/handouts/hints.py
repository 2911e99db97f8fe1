"""What a check answers to a wrong answer, for the instructor."""

import ast
import inspect
import textwrap

from samplers.lab.lessons.exercises import find


def hints(name: str) -> list[str]:
    """The exercise's hint, and then what its test says of particular wrong answers.

    Values that such a sentence takes from the answer are shown as "…". [] if there is no such
    exercise.
    """
    try:
        exercise = find(name)
    except ValueError:
        return []

    source = textwrap.dedent(inspect.getsource(exercise.test))
    said = [exercise.hint]
    for it in ast.walk(ast.parse(source)):
        if isinstance(it, ast.Return) and it.value is not None:
            said += filter(None, map(_text, _choices(it.value)))
    return list(dict.fromkeys(said))


def _choices(value: ast.expr) -> list[ast.expr]:
    """The expressions that `a if condition else b` can give."""
    if isinstance(value, ast.IfExp):
        return _choices(value.body) + _choices(value.orelse)
    return [value]


def _text(value: ast.expr) -> str:
    """A string, or an f-string, as it reads; "" for anything else."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.JoinedStr):
        return "".join(_text(part) or "…" for part in value.values)
    return ""
