"""A table of guesses, each of them True or False: how many are wrong, and never which."""

from samplers.lab.lessons.exercises.plain import by_name, word, yes


def wrong_guesses(answer, right: dict[str, bool], said: dict[str, bool] | None = None) -> list[str]:
    """The names of `right` whose guess differs from it.

    The answer is a dict with these names, or a list or a text with a guess for each, in their
    order. `said` has further words: {"blocked": True}. AnswerError if a guess is missing, or cannot
    be read.
    """
    given = by_name(answer, right)
    return [name for name, value in right.items() if _read(given[name], said or {}) != value]


def _read(guess, said: dict[str, bool]) -> bool:
    known = word(guess)
    return said[known] if known in said else yes(guess)
