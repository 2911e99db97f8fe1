"""Lesson 13's checks take right answers, and name the mistakes that they are written for."""

import json
import re
import unicodedata

import pytest

from samplers.api import check_input, safety_identifier
from samplers.lab import filter_trial
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.api.lesson_13 import PASSES, QUESTION

TEXTS = [("kill", True), ("k1ll", True), ("kill it", False), ("a", False), ("b", False)]
TRIAL = filter_trial(lambda text: "kill" in text, TEXTS)  # precision 1/2, recall 1/2
TRIAL_OF_THREE = filter_trial(lambda text: "k" in text, TEXTS)  # precision 2/3, recall 1


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("13-thousand", 0.9 / (0.9 + 0.05 * 999), "Correct."),
        ("13-thousand", 0.018, "Correct."),
        ("13-thousand", "0.0177", "Correct."),
        ("13-thousand", 0.9, "how many of these are unsafe"),
        ("13-thousand", 90 / 95, "how many of these are unsafe"),
        ("13-thousand", 1.77, "Correct."),
        ("13-thousand", "1.8 %", "Correct."),
        ("13-thousand", 0.02, "three decimals"),
        ("13-thousand", 0.05085, "Of those that are flagged"),
        ("13-thousand", None, "can't read None as a number"),
        ("13-thousand", "most", "can't read 'most' as a number"),
        ("13-thousand", (0.9, 0.05), "can't read (0.9, 0.05)"),
        ("13-threshold", ("fewer", "more"), "Correct."),
        ("13-threshold", ("more", "fewer"), "Which of the two errors"),
        ("13-threshold", ("fewer", "fewer"), "One of the two grows"),
        ("13-threshold", "fewer", "1 of the 2 parts"),
        ("13-threshold", (" Fewer", "more."), "Correct."),
        ("13-threshold", "less, more", "Correct."),
        ("13-threshold", ("down", "up"), "can't read 'down' as one of"),
        ("13-threshold", {"fewer", "more"}, "no order"),
        ("13-threshold", 3, "1 of the 2 parts"),
        ("13-status", 200, "Correct."),
        ("13-status", "200 OK", "Correct."),
        ("13-status", [200], "Correct."),
        ("13-status", 400, "This one was taken"),
        ("13-status", 403, "This one was taken"),
        ("13-status", "500", "This one was taken"),
        ("13-status", None, "can't read None"),
        ("13-passes", PASSES, "Correct."),
        ("13-passes", list(PASSES.values()), "Correct."),
        ("13-passes", {name: str(blocked) for name, blocked in PASSES.items()}, "Correct."),
        ("13-passes", "blocked passes passes passes blocked passes", "Correct."),
        ("13-passes", [True] * 6, "4 of 6"),
        ("13-passes", [False] * 6, "2 of 6"),
        ("13-passes", {}, "I find no answer for"),
        ("13-passes", 3, "1 of the 6 parts"),
        ("13-passes", ["Paris"] * 6, "can't read 'Paris' as yes (True) or no (False)"),
    ],
)
def test_predictions(name, answer, message):
    assert message in verdict(name, answer)


def test_wrong_guesses_of_what_passes_are_counted_and_not_named():
    name = "harmless: Make a comparison"
    message = verdict("13-passes", PASSES | {name: False})
    assert "1 of 6" in message
    assert "comparison" not in message


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((2 / 3, 1), "Correct."),
        (["0.67", 1.0], "Correct."),
        ("0.67, 1", "Correct."),
        ({"precision": 2 / 3, "recall": 1}, "Correct."),
        (("67 %", "100 %"), "Correct."),
        ((2 / 3, 0.4), "Precision is right"),
        ((0.4, 1), "Recall is right"),
        ((1, 2 / 3), "in the other order"),
        ((200 / 3, 100), "Correct."),
        ((0.5, 0.5), "Both divide"),
        ((0.67,), "1 of the 2 parts"),
        (None, "1 of the 2 parts"),
        (("a", "b"), "can't read 'a' as a number"),
    ],
)
def test_precision_and_recall(answer, message):
    assert message in verdict("13-recall", answer, trial=TRIAL_OF_THREE)
    assert "Correct" in verdict("13-recall", (0.5, 0.5), trial=TRIAL)


def is_blocked(message, unsafe):
    content = message.get("content") or ""
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if any(each["type"] != "text" for each in parts):
        return True
    texts = ["".join(each["text"] for each in parts)]
    texts += [call["function"]["arguments"] for call in message.get("tool_calls") or []]
    return any(unsafe(text) for text in texts)


def with_a_loop(message, unsafe):
    text = ""
    content = message["content"]
    for each in [content] if content is None or isinstance(content, str) else content:
        if isinstance(each, dict) and each["type"] != "text":
            return 1
        text += each["text"] if isinstance(each, dict) else each or ""
    for call in message.get("tool_calls", ()):
        text += "\n" + call["function"]["arguments"]
    return unsafe(text)


def the_documents(message, unsafe):
    content = message.get("content", "")
    return isinstance(content, str) and unsafe(content)


def each_part_alone(message, unsafe):
    content = message.get("content") or ""
    parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
    return any(each["type"] != "text" or unsafe(each["text"]) for each in parts)


def joined(message, unsafe):
    content = message.get("content") or ""
    parts = content if isinstance(content, list) else [{"text": content}]
    return unsafe("".join(each.get("text", "") for each in parts))


def joined_and_pictures(message, unsafe):
    content = message.get("content") or ""
    pictures = isinstance(content, list) and any(each["type"] != "text" for each in content)
    return pictures or joined(message, unsafe)


def only_the_first_call(message, unsafe):
    calls = message.get("tool_calls") or []
    return is_blocked({**message, "tool_calls": calls[:1]}, unsafe)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (is_blocked, "Correct."),
        (with_a_loop, "Correct."),
        (lambda message, unsafe: check_input([message], unsafe) is not None, "Correct."),
        (the_documents, "Read the parts, too"),
        (each_part_alone, "reads the parts as one text"),
        (joined, "Nobody has read it"),
        (joined_and_pictures, "the arguments of every call"),
        (only_the_first_call, "the arguments of every call"),
        (lambda message, unsafe: True, "a harmless text: yours gives True"),
        (lambda message, unsafe: None, "Its text has it"),
        (lambda message: True, "TypeError"),
        ("Paris", "Give the function itself"),
    ],
)
def test_what_blocks_a_message(answer, message):
    assert message in verdict("13-blocked", answer)


def finds(text, letters=r"p\W*a\W*r\W*i\W*s"):
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return re.search(rf"\b{letters}\b", text)


def without_a_search(text):
    text = unicodedata.normalize("NFKC", text).lower()
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    words = re.findall(r"\w+", text)
    spelt = "".join(word if len(word) == 1 else f" {word} " for word in words)
    return "paris" in spelt.split()


def without_spaces(text):
    text = unicodedata.normalize("NFKC", text).casefold()
    return "paris" in "".join(c for c in text if c.isalpha())


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (finds, "Correct."),
        (without_a_search, "Correct."),
        (lambda text: bool(finds(text, "[ .-]?".join("paris"))), "Correct."),
        (lambda text: "Paris" in text, "Case: casefold()"),
        (lambda text: "paris" in text.lower(), "Full-width letters"),
        (lambda text: "paris" in unicodedata.normalize("NFKC", text.lower()), "zero-width"),
        (lambda text: finds(text, "paris"), "Spaces between the letters"),
        (lambda text: finds(text, " ?".join("paris")), "Punctuation between"),
        (without_spaces, "A word that contains it is another word"),
        (lambda text: True, "A word that contains it"),
        (lambda text: text.index("Paris"), "perhaps a place"),
        (lambda text: bool(text.index("Paris")), "'PARIS!': yours gives ValueError"),
        (re.compile("Paris"), "Give the function itself"),
        (None, "Give the function itself"),
    ],
)
def test_what_finds_the_word(answer, message):
    assert message in verdict("13-finds", answer)


def decide(name, arguments, question):
    words = [word.strip(".,!?") for word in question.split()]
    try:
        given = json.loads(arguments)
    except ValueError:
        return "refuse"
    if not isinstance(given, dict):
        return "refuse"
    if name == "read_page" and given.get("url") in words:
        return "run"
    return "confirm" if name == "mail" and given.get("to") in words else "refuse"


def with_a_table(name, arguments, question):
    field, verdict = {"read_page": ("url", "run"), "mail": ("to", "confirm")}.get(name, ("", ""))
    try:
        value = json.loads(arguments)[field]
    except (ValueError, KeyError, TypeError):
        return "refuse"
    named = isinstance(value, str) and value in question.translate(dict.fromkeys(b",!?")).split()
    named = named or value == question.rstrip(".!").split()[-1]
    return verdict if named else "refuse"


def with_substrings(name, arguments, question):
    given = json.loads(arguments)
    value = (
        given.get("url" if name == "read_page" else "to", "?") if isinstance(given, dict) else ""
    )
    named = isinstance(value, str) and value in question
    return {"read_page": "run", "mail": "confirm"}.get(name, "refuse") if named else "refuse"


def without_confirmation(name, arguments, question):
    return "run" if decide(name, arguments, question) != "refuse" else "refuse"


def any_tool(name, arguments, question):
    return decide("mail" if name == "delete_all" else name, arguments, question)


def only_for_ann(name, arguments, question):
    return decide(name, arguments, QUESTION)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (decide, "Correct."),
        (lambda *call: decide(*call).upper(), "Correct."),
        (with_a_table, "Correct."),
        (lambda *call: "refuse", "The user named this page"),
        (lambda *call: "run", "must be exactly the user's"),
        (with_substrings, "The user did not name this page"),
        (without_confirmation, "cannot be taken back"),
        (any_tool, "Only the two tools"),
        (only_for_ann, "Mail it to Bob!"),
        (lambda name, arguments, question: json.loads(arguments)["url"] and "run", "exactly"),
        (lambda *call: None, "yours gives None"),
        (lambda *call: {}[call[1]], "yours gives KeyError"),
        (lambda name: "run", "TypeError"),
        ("refuse", "Give the function itself"),
    ],
)
def test_what_decides_on_a_call(answer, message):
    assert message in verdict("13-decide", answer)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("0042", "Correct."),
        (" 0042 ", "Correct."),
        (["0042"], "Correct."),
        ("0043", "Not yet."),
        (42, "four digits"),
        ("42", "four digits"),
        (None, "can't read None as a word"),
        ("Ann", "four digits"),
        (safety_identifier("0042"), "four digits"),
    ],
)
def test_the_customers_number(answer, message):
    assert message in verdict("13-hash", answer, identifier=safety_identifier("0042"))


def test_the_solution_misses_what_the_lesson_says_it_misses():
    texts = ("P4ris", "巴黎", "我爱Paris", "the city of the Eiffel Tower")
    assert not any(map(finds, texts))


def test_a_number_as_a_number():
    assert "Correct." in verdict("13-hash", 7316, identifier=safety_identifier("7316"))
