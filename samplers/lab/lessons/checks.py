"""Check an exercise's answer in the notebook, with no key and no network."""

from samplers.lab.lessons.exercises import find


def verdict(name: str, answer, **facts) -> str:
    """What `check` prints: "Your turn: …", "Correct. …" or "Not yet. …"."""
    exercise = find(name)
    if _unanswered(answer):
        return f"Your turn: {exercise.ask}"
    try:
        result = exercise.test(answer, **facts)
    except Exception as error:
        # the answer may be anything, a function with a bug too: say what happened, and the hint
        return (
            f"Not yet: checking your answer gave {type(error).__name__}: {error}\n{exercise.hint}"
        )
    if isinstance(result, str):
        return f"Not yet. {result}"
    return f"Correct. {exercise.why}" if result else f"Not yet. {exercise.hint}"


def check(name: str, answer, **facts) -> None:
    """Print what the answer to exercise `name` is worth.

    `...`, alone or in a list, a tuple or a dict, is no answer yet: nothing fails when all cells are
    run. `facts` go to the exercise's test, for answers that depend on a live model:
    check("02-gainer", answer, dist=dist). ValueError if there is no such exercise.
    """
    print(verdict(name, answer, **facts))


def _unanswered(answer) -> bool:
    parts = (
        answer.values()
        if isinstance(answer, dict)
        else answer
        if isinstance(answer, list | tuple)
        else [answer]
    )
    return any(part is ... for part in parts)
