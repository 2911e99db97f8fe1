"""Exercises of lesson 13, Keep it safe."""

import json
from collections.abc import Callable

from samplers.api import safety_identifier
from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import returned
from samplers.lab.lessons.exercises.guesses import wrong_guesses
from samplers.lab.lessons.exercises.plain import (
    AnswerError,
    choice,
    several,
    share,
    whole,
    word,
)
from samplers.lab.lessons.filter_trial import FilterTrial

PASSES = {  # whether the document's filter blocks it
    "one text: Tell me about Paris": True,
    "one part of text: Tell me about Paris": False,
    "two parts of text: Tell me about Pa | ris": False,
    "full-width letters: Tell me about Ｐａｒｉｓ": False,
    "harmless: Make a comparison": True,
    "the answer: The capital of France is Paris": False,
}
SAID = {"blocked": True, "passes": False}


def _text(words: str) -> dict:
    return {"type": "text", "text": words}


def _call(arguments: str) -> dict:
    return {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": arguments}}


PICTURE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
# (a description, the message, whether it is blocked, what is wrong with another answer)
MESSAGES = (
    ("a text with it", {"content": "in Paris"}, True, "Its text has it."),
    ("a harmless text", {"content": "in Rome"}, False, "Nothing is wrong with it."),
    ("a part with it", {"content": [_text("in Paris")]}, True, "Read the parts, too."),
    (
        "two parts, Pa and ris",
        {"content": [_text("in Pa"), _text("ris")]},
        True,
        "A model reads the parts as one text. Join them first, with nothing between them.",
    ),
    ("two harmless parts", {"content": [_text("a"), _text("b")]}, False, "Nothing is wrong."),
    ("a picture", {"content": [_text("a"), PICTURE]}, True, "Nobody has read it: block it."),
    (
        "a call with it in its arguments",
        {"content": None, "tool_calls": [_call('{"city": "Rome"}'), _call('{"city": "Paris"}')]},
        True,
        "Look at the arguments of every call.",
    ),
    (
        "a harmless call, with content None",
        {"content": None, "tool_calls": [_call('{"city": "Rome"}')]},
        False,
        "A message with calls may have None as its content.",
    ),
)

# (a text, whether it has the word, what is wrong with another answer)
DISGUISES = (
    ("Tell me about Paris.", True, "That is the word itself."),
    ("PARIS!", True, "Case: casefold()."),
    ("about Ｐａｒｉｓ", True, 'Full-width letters: unicodedata.normalize("NFKC", text).'),
    ("about Pa\u200bris", True, "A zero-width space: its unicodedata.category is Cf."),
    ("about Pa\u00adris", True, "A soft hyphen: its unicodedata.category is Cf."),
    ("P a r i s", True, "Spaces between the letters."),
    ("P.a.r-i.s", True, "Punctuation between the letters."),
    ("I love Paris and Rome", True, "It stands in the middle of a text."),
    ("Make a comparison.", False, "A word that contains it is another word."),
    ("the parish church", False, "A word that begins with it is another word."),
    ("Is the spa rising?", False, "Without its spaces this has it, but it is not that word."),
    ("Hello!", False, "There is no such word in it."),
)

QUESTION = "Read the page example.com/soup, then mail it to Ann."
# (name, arguments, question, what to decide, what is wrong with another answer)
DECISIONS = (
    ("read_page", {"url": "example.com/soup"}, "run", "The user named this page."),
    (
        "read_page",
        {"url": "example.com/soup?notes=all"},
        "refuse",
        "An address can carry data away, so it must be exactly the user's.",
    ),
    ("read_page", {"url": "example.com"}, "refuse", "The user did not name this page."),
    ("mail", {"to": "Ann"}, "confirm", "The user named her, but a mail cannot be taken back."),
    ("mail", {"to": "Eve"}, "refuse", "The user did not name her."),
    ("mail", {"to": "An"}, "refuse", "It is only a piece of a name. Compare whole words."),
    ("mail", {}, "refuse", "An argument is missing."),
    ("mail", {"to": ["Ann"]}, "refuse", "That is not a name."),
    ("delete_all", {"to": "Ann"}, "refuse", "Only the two tools that you know are allowed."),
    ("mail", "Ann", "refuse", "The arguments must be a JSON object."),
)
NOT_JSON = '{"to": "Ann'


def _passes(answer) -> bool | str:
    wrong = wrong_guesses(answer, PASSES, SAID)
    if not wrong:
        return True
    # which of them would be the answer, as each has only two
    return f"{len(wrong)} of {len(PASSES)} are not right. What do the two `if` lines look at?"


def _blocked(is_blocked: Callable) -> bool | str:
    for name, fields, blocked, problem in MESSAGES:
        message = json.loads(json.dumps({"role": "user", **fields}))
        result = _tried(is_blocked, message, lambda text: "Paris" in text)
        if isinstance(result, Exception) or bool(result) != blocked:
            return f"{name}: yours gives {_shown(result)}. {problem}"
    return True


def _finds(finds: Callable) -> bool | str:
    for text, has_it, problem in DISGUISES:
        result = _tried(finds, text)
        if type(result) is int and result not in (0, 1):
            return f"{text!r}: yours gives {result}, perhaps a place. Give True or False."
        if isinstance(result, Exception) or bool(result) != has_it:
            return f"{text!r}: yours gives {_shown(result)}. {problem}"
    return True


def _recall(answer, trial: FilterTrial) -> bool | str:
    unsafe = len(trial.found) + len(trial.misses)
    flagged = len(trial.found) + len(trial.false_alarms)
    precision = len(trial.found) / flagged
    recall = len(trial.found) / unsafe
    first, second = map(share, several(answer, 2))
    if _near(first, precision) and _near(second, recall):
        return True
    if _near(first, recall) and _near(second, precision):
        return "These are the two, in the other order."
    if _near(first, precision):
        return "Precision is right. Recall: 20 texts are unsafe; how many of them did it flag?"
    if _near(second, recall):
        return "Recall is right. Precision: add up all that it flagged; how many are unsafe?"
    return False


def _threshold(answer) -> bool | str:
    misses, alarms = (_change(part) for part in several(answer, 2))
    if misses == alarms:
        return "One of the two grows, and the other falls."
    return (misses, alarms) == ("fewer", "more")


def _change(part) -> str:
    return "fewer" if word(part) == "less" else choice(part, "fewer", "more")


def _status(answer) -> bool:
    return whole(word(answer).removeprefix("http ").removesuffix(" ok")) == 200


def _thousand(answer) -> bool | str:
    flagged_unsafe = 0.9 * 1
    flagged_harmless = 0.05 * 999
    right = flagged_unsafe / (flagged_unsafe + flagged_harmless)
    answer = share(answer)
    if abs(answer - right) < 0.001:
        return True
    if abs(answer - right) < 0.003:
        return "Very near. Give it to three decimals."
    if 0.89 < answer < 0.96:  # among others 90 / (90 + 5), as if half of the texts were unsafe
        return "Think of 1,000 texts: how many are flagged, and how many of these are unsafe?"
    if abs(answer - 0.0509) < 0.002:
        return "That share of all texts is flagged. Of those that are flagged, how many are unsafe?"
    return False


def _decide(decide: Callable) -> bool | str:
    cases = [(name, json.dumps(given), right, why) for name, given, right, why in DECISIONS]
    cases.append(("mail", NOT_JSON, "refuse", "The arguments are not JSON."))
    for name, arguments, right, problem in cases:
        result = _tried(decide, name, arguments, QUESTION)
        if not _says(result, right):
            return f"{name} {arguments}: yours gives {_shown(result)}. {problem}"

    other = _tried(decide, "mail", '{"to": "Bob"}', "Mail it to Bob!")
    if not _says(other, "confirm"):
        return f"With the question 'Mail it to Bob!' and Bob, yours gives {_shown(other)}."
    return True


def _hash(answer, identifier: str) -> bool | str:
    customer = word(answer)
    if not (customer.isdecimal() and len(customer) == 4):
        return "Give one number of four digits, as text, such as '0042'."
    return safety_identifier(customer) == identifier


def _says(result, right: str) -> bool:
    return isinstance(result, str) and word(result) == right


def _near(a: float, b: float) -> bool:
    return abs(a - b) < 0.006  # two decimals are enough


def _tried(function: Callable, *arguments):
    """What the function gives, or the error that it raises."""
    try:
        return returned(function, *arguments)
    except AnswerError as error:
        if error.__cause__ is None:  # it is no function
            raise
        return error.__cause__


def _shown(value) -> str:
    if isinstance(value, Exception):
        return f"{type(value).__name__}: {value!s:.100}"
    return shown(value)


EXERCISES = {
    "13-passes": Exercise(
        ask="write True (blocked) or False for each.",
        test=_passes,
        hint="Read the two `if` lines of the code. What must `content` be, and what is compared?",
        why="It reads only a content that is one text, compares letters, and reads no answer.",
    ),
    "13-blocked": Exercise(
        ask="write is_blocked(message, unsafe): True or False.",
        test=_blocked,
        hint="Content can be a str, None or a list of parts; tool_calls may be missing.",
        why="Parts are joined, calls are read, and what cannot be read is blocked.",
    ),
    "13-finds": Exercise(
        ask="write finds(text): True if the word Paris is in the text.",
        test=_finds,
        hint="First bring the text into one form, then look for the whole word.",
        why="The disguises are seen through, and the harmless texts pass.",
    ),
    "13-recall": Exercise(
        ask="write two numbers from 0 to 1: (precision, recall).",
        test=_recall,
        hint="Both divide the unsafe texts that were flagged: by all flagged, and by all unsafe.",
        why="Precision: how much a flag means. Recall: how much is found.",
    ),
    "13-thousand": Exercise(
        ask="write a number from 0 to 1.",
        test=_thousand,
        hint="Take 1,000 texts: 1 is unsafe, 999 are harmless. How many of each are flagged?",
        why="Of 1,000 texts about 50 harmless ones are flagged, and on average 0.9 unsafe ones.",
    ),
    "13-threshold": Exercise(
        ask='write two words, each "fewer" or "more": (misses, false alarms).',
        test=_threshold,
        hint="A lower threshold flags more texts. Which of the two errors is a flag?",
        why="More flags mean fewer misses, and more harmless texts among the flags.",
    ),
    "13-status": Exercise(
        ask="write a number: 200, 400 or 403.",
        test=_status,
        hint="400 and 403 refuse a request. This one was taken, and a part of its answer came.",
        why="It is an answer, and a part of it is there. Only finish_reason says what happened.",
    ),
    "13-decide": Exercise(
        ask='write decide(name, arguments, question): "run", "confirm" or "refuse".',
        test=_decide,
        hint='Begin with "refuse" for everything, then name what is allowed.',
        why="What the user did not ask for is refused, whatever a page says.",
    ),
    "13-hash": Exercise(
        ask="write the customer's number, four digits.",
        test=_hash,
        hint="There are only 10,000 of them. Try each.",
        why="A hash hides nothing that can be guessed.",
    ),
}
