"""Exercises of lesson 00, Start here."""

import re

from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.plain import number, several, whole, word, words

LOCAL_MODEL = "smollm2-135m-instruct"
LIMITS = ("max_completion_tokens", "max_tokens")
ROLES = ("system", "developer", "user", "assistant")  # "tool" answers a call, and there is none
NONE = ("none", "none of them", "no", "zero", "no point", "no points")
MILLION = 1_000_000
COST = (11 * 0.10 + 2 * 0.50) / MILLION  # USD: 11 tokens in and 2 out, at gpt-6-luna
COST_THEN = (11 * 2.50 + 2 * 10.00) / MILLION  # the same at the document's gpt-4o
PINNED = {"gpt-5.5-2026-04-23", "gpt-5.4-mini-2026-03-17", "gpt-5.2-2025-12-11"}
MOVING = {
    "chat-latest": "A name with 'latest' moves on to each new model.",
    "gpt-5.6": "gpt-5.6 points to gpt-5.6-sol today, and it can point elsewhere tomorrow.",
}


def _request(request, models=(LOCAL_MODEL,)) -> bool | str:
    """True if none of the request's three faults is left; a hint for the first that is.

    `models`: the names of those that the endpoint has.
    """
    if not isinstance(request, dict):
        return "Give the whole request: check('00-mend', request)."
    if request.get("model") not in models:
        return "One fault is the model: your endpoint has no such model. See client.models()."

    messages = request.get("messages")
    if not isinstance(messages, list | tuple) or not messages:
        return "One fault is messages: it must be a list of messages, each with a role and content."
    for message in messages:
        if not isinstance(message, dict) or not (message.get("role") and message.get("content")):
            return "Each message must be a dict with a role and content."
        if message["role"] not in ROLES:
            return f"The role {shown(message['role'])} does not fit here: you ask as the user."
        if not isinstance(message["content"], str | list):
            return "The content of a message must be a text."

    temperature = request.get("temperature", 1)
    if isinstance(temperature, str | list | tuple):
        return "The temperature must be just a number, without quotes or brackets."
    if temperature is not None and not 0 <= number(temperature) <= 2:
        return "One fault is temperature: which range does the error in this section name?"

    for name in LIMITS:
        limit = request.get(name)
        if limit is not None and (isinstance(limit, str) or whole(limit) < 1):
            return f"{name} was right before: it is a whole number, 1 or more, without quotes."
    return True


def _cost(answer) -> bool | str:
    """True for (11 * 0.10 + 2 * 0.50) / 1e6 USD."""
    usd = number(answer)
    if _near(usd, COST * MILLION):
        return (
            "That is the price of a million such requests: "
            "the table's prices are for a million tokens."
        )
    if _near(usd, COST_THEN) or _near(usd, COST_THEN * MILLION):
        return "That is the price at gpt-4o. Use the prices of gpt-6-luna."
    if _near(usd, 13 * 0.10 / MILLION) or _near(usd, 13 * 0.50 / MILLION):
        return "Tokens in and tokens out have different prices."
    return _near(usd, COST)


def _near(usd: float, right: float) -> bool:
    return abs(usd - right) < 0.01 * right


def _pinned(answer) -> bool | str:
    """True for the set of names that stay with one model."""
    names = words(several(answer) if isinstance(answer, str) else answer)
    for name, problem in MOVING.items():
        if name in names:
            return problem
    if names < PINNED and names:
        return f"Right so far, and there are more: you have {len(names)} of {len(PINNED)}."
    return names == PINNED


def _status(answer) -> bool:
    """True for 401, also if it is written as "HTTP 401" or "401 Unauthorized"."""
    if isinstance(answer, str):
        answer = re.sub(r"^(?:http|status)\s+|(?<=\d{3})\s.*$", "", word(answer))
    return whole(answer) == 401


def _three_points(answer) -> bool:
    """True for none of the points, as a number or in words."""
    if isinstance(answer, str) and word(answer) in NONE:
        return True
    return whole(answer) == 0


EXERCISES = {
    "00-wrong-key": Exercise(
        ask="predict the status, one number, then run this cell again.",
        test=_status,
        hint="Run the next cell and see.",
        why="See it in the next cell.",
    ),
    "00-three-points": Exercise(
        ask="predict how many points, one number, then run this cell again.",
        test=_three_points,
        hint="Run the next cell and see.",
        why="The next cell shows why.",
    ),
    "00-mend": Exercise(
        ask="fix three faults in the request, then check it.",
        test=_request,
        hint="Read the three errors of this section again.",
        why="The model exists, messages is a list of messages, and temperature is at most 2.",
    ),
    "00-cost": Exercise(
        ask="a number of USD. The table has the prices of a million tokens.",
        test=_cost,
        hint=(
            "Tokens in times the price of input, "
            "plus tokens out times the price of output, for a million tokens."
        ),
        why=(
            "Two millionths of a dollar. The two tokens out cost nearly as much as the eleven in: "
            "a token out costs five times as much as a token in."
        ),
    ),
    "00-pinned": Exercise(
        ask="a set of the names that stay with one model.",
        test=_pinned,
        hint="A pinned name ends with a date.",
        why="A date at the end pins a name. Its model does not change until it is shut down.",
    ),
}
