"""Lesson 06's two programming exercises: each wrong answer gets its own hint."""

import pytest

from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.api.lesson_06 import CONVERSATION


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
    while count(messages) > budget:
        del messages[1]
    return messages


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
    (in_place, "It changed the list"),
    (one_by_one, "begins with an answer whose question is gone"),
    (greedy, "the newest whole turns that fit have 8"),
    (without_error, "Raise a ValueError"),
    (needs_a_system_message, "may have no system message"),
    (lambda messages, budget, count: None, "must return a list"),
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


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (right, "Correct."),
        (forgets_answers, "roles user, user."),
        (keeps_failed_questions, "the question is in the history twice"),
        (swallows_errors, "let the error pass"),
        (sends_no_history, "roles user."),
        (answers_as_the_user, "roles user, user, user."),
        (lambda history, text, chat: None, "must return the answer's text"),
    ],
)
def test_the_history(function, message):
    assert message in verdict("06-history", function)


def test_an_answer_that_is_nearly_right_gets_its_own_hint():
    whole = "1. Grapefruit\n2. Banana"
    assert verdict("06-stop", "1. Grapefruit\n2. Ba", whole=whole).startswith("Correct.")
    assert "not in the answer" in verdict("06-stop", "1. Grapefruit\n2. Banan", whole=whole)
    assert "place in the window" in verdict("06-window", 4096)


@pytest.mark.parametrize(("first", "answer", "right"), [(31, 111, True), (52, 111, False)])
def test_the_sixth_request_is_counted_from_the_first_one(first, answer, right):
    assert verdict("06-sixth", answer, first=first).startswith("Correct.") is right
