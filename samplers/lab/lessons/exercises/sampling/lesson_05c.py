"""Exercises of lesson 05c, Tell three endpoints apart."""

import re
from collections.abc import Set

import numpy as np

from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.plain import (
    AnswerError,
    by_name,
    several,
    whole,
    word,
)

SURE = 1000  # odds, to 1


def _question(answer) -> bool | str:
    if isinstance(answer, str):
        answer = re.sub(r"(?i)^\W*(the |request|number|no\.|#|\s)*(?=\d)", "", answer)
    request = whole(answer)
    if request not in (1, 2, 3):
        return "There are three requests: 1, 2 and 3."
    if request == 1:
        return "At T = 1 the temperature changes nothing, so it may come first or last."
    if request == 2:
        return "top_p = 1 removes nothing, so it may come first or last."
    return True


def _suspects(answer, suspects) -> bool | str:
    truth = suspects.reveal()
    given = by_name(answer, truth)
    wrong = [name for name in truth if _kind(given[name]) != _kind(truth[name])]
    if not wrong:
        return True
    verb = "is" if len(wrong) == 1 else "are"
    return f"{len(wrong)} of the three {verb} not right yet."


def _kind(settings) -> tuple[str, str]:
    """("temperature last", "raw") becomes ("last", "raw"); the two may come in either order."""
    parts = settings if isinstance(settings, Set) else several(settings)
    said = set(re.findall(r"\w+", " ".join(map(word, parts)))) - {"temperature", "logprobs", "and"}
    order = said & {"first", "last"}
    logprobs = said & {"raw", "processed"}
    if len(said) != 2 or len(order) != 1 or len(logprobs) != 1:
        kinds = '("first" or "last", "raw" or "processed")'
        raise AnswerError(f"I can't read {shown(settings)} as {kinds}.")
    return order.pop(), logprobs.pop()


def _odds(answer, p) -> bool | str:
    """`p`: of "The", if the temperature is first; if it is last, "The" has 1."""
    draws = whole(answer)
    needed = int(np.ceil(np.log(SURE) / -np.log(p)))
    if draws == needed:
        return True
    if draws < 1:
        return "Before the first draw the odds are 1 : 1."
    if draws < needed:
        return f"After {draws} the odds are about {(1 / p) ** draws:,.0f} : 1."
    return "Fewer are enough: multiply the odds draw by draw."


EXERCISES = {
    "05-question": Exercise(
        ask="write 1, 2 or 3.",
        test=_question,
        hint="In which request does the order of the two stages change what is drawn?",
        why="The order of the two stages matters only where both of them act.",
    ),
    "05-suspects": Exercise(
        ask='write ("first" or "last", "raw" or "processed") for each endpoint.',
        test=_suspects,
        hint="Compare what each drew, and what it showed, with what each kind would do.",
        why=(
            "The drawn tokens told the order, "
            "and the shown logprobs told whether they are raw or processed."
        ),
    ),
    "05-odds": Exercise(
        ask="write a whole number of draws.",
        test=_odds,
        hint='Every "The" multiplies the odds by 1 / p. How many such factors make 1,000?',
        why="A good request needs few draws: the odds are multiplied, not added.",
    ),
}
