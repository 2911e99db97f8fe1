"""Exercises of lesson 05c, Tell three endpoints apart."""

import re

import numpy as np

from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.plain import (
    AnswerError,
    choice,
    several,
    short,
    whole,
    word,
)

SURE = 1000  # odds, to 1


def _question(answer) -> bool | str:
    request = choice(answer, "1", "2", "3")
    if request == "1":
        return "At T = 1 the temperature changes nothing, so it may stand first or last."
    if request == "2":
        return "top_p = 1 removes nothing, so it may stand first or last."
    return True


def _suspects(answer, suspects) -> bool | str:
    truth = suspects.reveal()
    verdicts = _verdicts(answer, truth)
    wrong = [name for name in truth if verdicts[name] != _kind(truth[name])]
    if not wrong:
        return True
    verb = "is" if len(wrong) == 1 else "are"
    return f"{len(wrong)} of the three {verb} not right yet."


def _verdicts(answer, names) -> dict[str, tuple[str, str]]:
    """{name: ("first", "raw")}, from a dict, whatever the case of its keys, or three in order."""
    if isinstance(answer, dict):
        given = {word(name).upper(): kind for name, kind in answer.items()}
        missing = [name for name in names if name not in given]
        if missing:
            raise AnswerError(f"I read nothing about {missing[0]}: write {{'A': …, 'B': …, …}}.")
    else:
        given = dict(zip(names, several(answer, len(names)), strict=True))
    return {name: _kind(given[name]) for name in names}


def _kind(settings) -> tuple[str, str]:
    """("temperature last", "raw") becomes ("last", "raw"); the two may come in either order."""
    parts = several(settings)
    said = {word(part) for part in parts if word(part) != "temperature"}
    said = {re.sub(r"^temperature\s+", "", part) for part in said}
    order = said & {"first", "last"}
    logprobs = said & {"raw", "processed"}
    if len(said) != 2 or len(order) != 1 or len(logprobs) != 1:
        raise AnswerError(f'I can\'t read {short(settings)} as ("first" or "last", "raw" or …).')
    return order.pop(), logprobs.pop()


def _odds(answer, p) -> bool | str:
    """`p`: of "The", if the temperature is first; if it is last, "The" has 1."""
    draws = whole(answer)
    needed = int(np.ceil(np.log(SURE) / -np.log(p)))
    if draws == needed:
        return True
    if draws < needed:
        return f"After {draws} the odds are about {(1 / p) ** max(draws, 0):,.0f} : 1."
    return "Fewer are enough: multiply the odds draw by draw."


EXERCISES = {
    "05-question": Exercise(
        ask="write 1, 2 or 3.",
        test=_question,
        hint="In which request does the order of the two stages change what is drawn?",
        why="Only where both stages act does their order matter.",
    ),
    "05-suspects": Exercise(
        ask='write ("first" or "last", "raw" or "processed") for each endpoint.',
        test=_suspects,
        hint="Compare what each drew, and what it showed, with the table of the four kinds.",
        why="Drawn tokens told the order; shown logprobs told their meaning.",
    ),
    "05-odds": Exercise(
        ask="write a whole number of draws.",
        test=_odds,
        hint='Every "The" multiplies the odds by 1 / p. How many factors make 1,000?',
        why="A good question needs few draws: the odds are multiplied, and not added.",
    ),
}
