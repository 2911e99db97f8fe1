"""Exercises of lesson 00, Start here."""

from samplers.lab.lessons.exercises import Exercise

LOCAL_MODEL = "smollm2-135m-instruct"
PINNED = {"gpt-4o-2024-08-06", "gpt-4-0613", "o3-2025-04-16"}


def _is_number(answer) -> bool:
    """True for an int or a float, and not for a bool."""
    return isinstance(answer, int | float) and not isinstance(answer, bool)


def _is_message(message) -> bool:
    return isinstance(message, dict) and bool(message.get("role") and message.get("content"))


def _request(request, models=(LOCAL_MODEL,)) -> bool | str:
    """True if none of the request's three faults is left; a hint for the first that is.

    `models`: the names of those that the endpoint has.
    """
    if not isinstance(request, dict):
        return "Give the whole request: check('00-mend', request)."
    if request.get("model") not in models:
        return "One fault is the model: your endpoint has another one. client.models() lists it."

    messages = request.get("messages")
    if not isinstance(messages, list) or not messages or not all(map(_is_message, messages)):
        return (
            "One fault is messages: on the wire it is a list, "
            "and each message has a role and a content."
        )

    temperature = request.get("temperature", 1)
    if not _is_number(temperature) or not 0 <= temperature <= 2:
        return "One fault is temperature: which range does the error in this section name?"
    return True


def _cost(usd) -> bool | str:
    """True for (11 * 2.50 + 2 * 10.00) / 1e6 USD."""
    if not _is_number(usd):
        return False
    if abs(usd - 47.5) < 0.5:
        return (
            "That is the price of a million such requests: "
            "the table's prices are for a million tokens."
        )
    return abs(usd - 47.5e-6) < 5e-7


def _pinned(names) -> bool | str:
    """True for the set of names that stay with one model."""
    names = {names} if isinstance(names, str) else set(names)
    if "gpt-5-chat-latest" in names:
        return "'latest' is a promise to move."
    if "gpt-4-32k" in names:
        return "32k is a size, not a date."
    return names == PINNED


EXERCISES = {
    "00-wrong-key": Exercise(
        ask="predict the status, one number, then run this cell again.",
        test=lambda status: int(status) == 401,
        hint="Run the next cell and see.",
        why="See it in the next cell.",
    ),
    "00-three-points": Exercise(
        ask="predict how many points, one number, then run this cell again.",
        test=lambda points: int(points) == 0,
        hint="Run the next cell and see.",
        why="See in the next cell why.",
    ),
    "00-mend": Exercise(
        ask="mend three faults in the request, then check it.",
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
        why="Five thousandths of a cent. The two tokens out cost nearly as much as the eleven in.",
    ),
    "00-pinned": Exercise(
        ask="a set of the names that stay with one model.",
        test=_pinned,
        hint="A pinned name ends with a date. Older names write it in four digits: month and day.",
        why=(
            "A date at the end pins a name, "
            "also the older form with month and day: 0613 is the 13th of June."
        ),
    ),
}
