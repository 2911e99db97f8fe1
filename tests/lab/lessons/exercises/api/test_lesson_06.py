"""Lesson 06's checks: right answers in any dress, and each wrong one with its own hint."""

import re

import numpy as np
import pytest

from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.api.lesson_06 import CONVERSATION, REASONS


def newest(messages, budget, count):
    starts = [i for i, m in enumerate(messages) if m["role"] == "user"]
    system = [m for m in messages if m["role"] == "system"]
    for start in starts:
        kept = system + messages[start:]
        if count(kept) <= budget:
            return kept
    raise ValueError("nothing fits")


def last(n):
    return lambda messages, budget, count: messages[:1] + messages[-n:]


def in_place(messages, budget, count):
    """Right, and it changes its list and returns nothing."""
    messages[:] = newest(list(messages), budget, count)


def as_a_generator(messages, budget, count):
    yield from newest(messages, budget, count)


def as_a_tuple(messages, budget, count):
    return tuple(newest(messages, budget, count))


def one_by_one(messages, budget, count):
    """Drops single messages, the oldest first."""
    kept = messages[1:]
    while count(messages[:1] + kept) > budget:
        kept = kept[1:]
    return messages[:1] + kept


def greedy(messages, budget, count):
    """The system message and the last question, whatever the budget."""
    return [messages[0], messages[-1]]


def without_error(messages, budget, count):
    try:
        return newest(messages, budget, count)
    except ValueError:
        return []


def needs_a_system_message(messages, budget, count):
    return newest(messages, budget, count) if messages[0]["role"] == "system" else messages


CASES = [
    (newest, "Correct."),
    (last(3), "a tool's result without its call"),
    (lambda messages, budget, count: messages[1:], "the system message must stay"),
    (lambda messages, budget, count: messages[:-1], "the last question must stay"),
    (lambda messages, budget, count: list(messages), "it keeps 80 tokens"),
    (in_place, "Correct."),
    (as_a_generator, "Correct."),
    (as_a_tuple, "Correct."),
    (one_by_one, "begins with an answer whose question is gone"),
    (greedy, "the newest whole turns that fit have 8"),
    (without_error, "Raise a ValueError"),
    (needs_a_system_message, "may have no system message"),
    (lambda messages, budget, count: None, "it keeps 80 tokens"),  # as if changed in place
    (lambda messages, budget, count: 3, "must return a list"),
    (lambda messages, budget, count: [{"role": "user", "content": "Hi"}], "must return a list"),
    (lambda messages, budget, count: [], "must return a list"),
    (lambda messages, budget, count: messages[:1], "the last question must stay"),
    (lambda messages, budget, count: messages[9], "your function raised IndexError"),
    (CONVERSATION, "Give the function itself"),
]


@pytest.mark.parametrize(("function", "message"), CASES)
def test_the_cut(function, message):
    assert message in verdict("06-newest", function)


def test_the_counterexample_is_a_conversation_that_the_api_takes():
    from samplers.local.request.messages import messages

    assert len(messages("messages", CONVERSATION)) == len(CONVERSATION)


def user(text):
    return {"role": "user", "content": text}


def right(history, text, chat):
    reply = chat([*history, user(text)])
    history += [user(text), reply.message]
    return reply.text


def forgets_answers(history, text, chat):
    history.append(user(text))
    return chat(history).text


def keeps_failed_questions(history, text, chat):
    history.append(user(text))
    reply = chat(history)
    history.append(reply.message)
    return reply.text


def swallows_errors(history, text, chat):
    try:
        return right(history, text, chat)
    except ConnectionError:
        return ""


def sends_no_history(history, text, chat):
    reply = chat([user(text)])
    history += [user(text), reply.message]
    return reply.text


def answers_as_the_user(history, text, chat):
    reply = chat([*history, user(text)])
    history += [user(text), user(reply.text)]
    return reply.text


def takes_it_back(history, text, chat):
    history.append(user(text))
    try:
        reply = chat(history)
    except ConnectionError:
        history.pop()
        raise
    history.append({"role": "assistant", "content": reply.text})
    return reply.text


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (right, "Correct."),
        (takes_it_back, "Correct."),
        (forgets_answers, "roles user, user."),
        (keeps_failed_questions, "the question is in the history twice"),
        (swallows_errors, "let the error pass"),
        (sends_no_history, "roles user."),
        (answers_as_the_user, "roles user, user, user."),
        (lambda history, text, chat: None, "must return the answer's text"),
        (lambda history, text, chat: f"answer {text[-1]}", "yours made 0"),
        (lambda history, text: "answer", "Your function raised TypeError"),
        ("ask", "Give the function itself"),
    ],
)
def test_the_history(function, message):
    assert message in verdict("06-history", function)


WHOLE = "1. Grapefruit\n2. Banana\n3. Orange"
RIGHT_REASONS = [*REASONS.values()]
ANSWERS = [
    ("06-memory", ["no", "No.", "NO", False, "否"], "Correct."),
    ("06-memory", ["yes", True, "Yes!"], "What in the second request"),
    ("06-memory", [None, 3, "perhaps"], "I can't read"),
    ("06-forged", ["no", "No", " 'no' ", False], "Correct."),
    ("06-forged", ["yes", True, 1], "Is the server forced"),
    ("06-forged", [None, [], "maybe"], "I can't read"),
    ("06-sixth", [111, "111", "111 tokens", 116.0, np.int64(120)], "Correct."),
    ("06-sixth", [31, 16 * 6, 200], "16 more with every turn"),
    ("06-sixth", [None, True, "many"], "I can't read"),
    ("06-obeys", ["pirate", "Pirate", '"PIRATE".', ["pirate"]], "Correct."),
    ("06-obeys", ["capitals", "both", "Neither"], "nearer to the stories"),
    ("06-obeys", [None, 2, "parrot"], "I can't read"),
    ("06-window", [4086, "4,086", 4086.0, "4086 tokens"], "Correct."),
    ("06-window", [4096, "4,096"], "place in the window"),
    ("06-window", [4087], "still fit"),
    ("06-window", [10, 1024, -4086], "4,096 tokens in all"),
    ("06-window", [None, True, "all", 4086.5], "I can't read"),
    (
        "06-stop",
        ["1. Grapefruit\n2. Ba", "1. Grapefruit\\n2. Ba", "'1. grapefruit 2. Ba'"],
        "Correct.",
    ),
    ("06-stop", ["1. Grapefruit\n2. Banan", "nan"], "not in the answer"),
    ("06-stop", ["1.Grapefruit\n2.Ba"], "Correct."),
    ("06-stop", ["1. Grapefruit\n2. Ban", "1. Grapefruit\n2. Baa"], "No letter of the stop"),
    ("06-stop", ["Ba", "1. Grapefruit", 3], "Look for the first place"),
    ("06-stop", [None, {}, ["1.", "2."]], "I can't read"),
    (
        "06-exact",
        [("length", "stop"), ["Length", '"stop"'], "length, stop", "(length, stop)"],
        "Correct.",
    ),
    ("06-exact", [("length", "length")], "the fifteenth"),
    ("06-exact", [("stop", "length"), ("stop", "stop")], "is a token, too"),
    (
        "06-exact",
        [None, ("length", 5), "length", {"length", "stop"}],
        "I can't read|parts|no order",
    ),
    ("06-reasons", [REASONS, RIGHT_REASONS, "stop, stop, length, length, tool_calls"], "Correct."),
    ("06-reasons", [[*RIGHT_REASONS[:4], "Tool calls"]], "Correct."),
    ("06-reasons", [dict.fromkeys(REASONS, "Stop.")], "Think again about: max_completion"),
    ("06-reasons", [["length", *RIGHT_REASONS[1:]]], "Think again about: The model drew"),
    ("06-reasons", [[*RIGHT_REASONS[:4], "stop"]], "Think again about: The model asks"),
    ("06-reasons", [None, {}, 5, [*RIGHT_REASONS[:4], "end"]], "I can't read|parts"),
]
FACTS = {"06-sixth": {"first": 31}, "06-stop": {"whole": WHOLE}}


@pytest.mark.parametrize(("name", "answers", "message"), ANSWERS)
def test_an_answer_is_read_in_any_dress(name, answers, message):
    for answer in answers:
        assert re.search(message, verdict(name, answer, **FACTS.get(name, {}))), answer


def test_the_sixth_request_is_counted_from_the_first_one():
    assert "Not yet." in verdict("06-sixth", 111, first=52)
