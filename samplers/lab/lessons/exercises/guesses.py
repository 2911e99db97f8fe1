"""A table of guesses, each of them True or False: how many are wrong, and never which."""

from collections.abc import Mapping

from samplers.lab.lessons.exercises.plain import AnswerError, several, word, yes


def wrong_guesses(answer, right: dict[str, bool], said: dict[str, bool] | None = None) -> list[str]:
    """The names of `right` whose guess differs from it.

    The answer is a dict with these names, or a list or a text with a guess for each, in their
    order. `said` has further words: {"blocked": True}. AnswerError if a guess is missing, or cannot
    be read.
    """
    if not isinstance(answer, Mapping):
        answer = dict(zip(right, several(answer, len(right)), strict=True))
    given = {word(name): guess for name, guess in answer.items()}

    wrong = []
    for name, value in right.items():
        if word(name) not in given:
            raise AnswerError(f"Your guess for {name!r} is missing.")
        if _read(given[word(name)], said or {}) != value:
            wrong.append(name)
    return wrong


def _read(guess, said: dict[str, bool]) -> bool:
    known = word(guess)
    return said[known] if known in said else yes(guess)
