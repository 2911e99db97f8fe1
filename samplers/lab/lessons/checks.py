"""Check an exercise's answer in the notebook, with no key and no network."""

import textwrap

from samplers.checks import shown
from samplers.lab.arguments import checked
from samplers.lab.lessons.exercises import find
from samplers.lab.lessons.exercises.plain import AnswerError

COLUMNS = 100  # a longer line would be broken inside a word, in the notebook and on paper


def verdict(name: str, answer, **facts) -> str:
    """What `check` prints: "Your turn: …", "Correct. …" or "Not yet. …"."""
    exercise = find(name)
    if _is_unanswered(answer):
        return f"Your turn: {exercise.ask}"

    try:
        result = exercise.test(answer, **facts)
    except AnswerError as error:
        return f"Not yet. {error}"
    except Exception as error:
        # the answer may be anything; what it does to a test says something only if it is a function
        if callable(answer):
            return f"Not yet. Your function raised {type(error).__name__}: {error}"
        return f"Not yet. I can't read {shown(answer)} as an answer: {exercise.ask}"

    if isinstance(result, str):
        return f"Not yet. {result}"
    return f"Correct. {exercise.why}" if result else f"Not yet. {exercise.hint}"


@checked
def check(name: str, answer, **facts) -> None:
    """Print whether the answer to the exercise `name` is right, or a hint.

    `...`, alone or in a list, a tuple or a dict, is not an answer yet, so nothing fails when all
    cells are run. `facts` go to the exercise's test, for answers that depend on a live model:
    check("02-gainers", answer, dist=dist). ValueError if there is no such exercise.
    """
    print(_folded(verdict(name, answer, **facts)))


def _folded(text: str) -> str:
    """The text with its long lines broken between words."""
    return "\n".join(
        textwrap.fill(line, COLUMNS, break_long_words=False, break_on_hyphens=False)
        if len(line) > COLUMNS
        else line
        for line in text.split("\n")
    )


def _is_unanswered(answer) -> bool:
    parts = [answer]
    if isinstance(answer, dict):
        parts = answer.values()
    elif isinstance(answer, list | tuple):
        parts = answer
    return any(part is ... for part in parts)
