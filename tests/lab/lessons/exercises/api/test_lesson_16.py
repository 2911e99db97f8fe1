"""Lesson 16's checks take right answers, and name the mistakes that they are written for."""

import json

import pytest

from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.api.lesson_16 import (
    BEGIN,
    DELETED,
    INHERITED,
    SAME,
    STRICT,
    TAKEN,
)


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("16-same", SAME, "Correct."),
        ("16-same", "yes yes no", "Correct."),
        ("16-same", [True] * 3, "1 of 3"),
        ("16-lost", TAKEN, "Correct."),
        ("16-lost", list(TAKEN.values()), "Correct."),
        ("16-lost", [True] * 6, "4 of 6"),
        ("16-lost", {}, "I find no answer for"),
        ("16-least", 16, "Correct."),
        ("16-least", "16 tokens", "Correct."),
        ("16-least", 1, "Responses has a minimum"),
        ("16-least", 8, "more than a few tokens"),
        ("16-id", "call_id", "Correct."),
        ("16-id", " Call_ID ", "Correct."),
        ("16-id", "id", "That one names the item"),
        ("16-id", "name", "I can't read 'name'"),
        ("16-strict", STRICT, "Correct."),
        ("16-strict", [False] * 3, "1 of 3"),
        ("16-last", 4, "Correct."),
        ("16-last", "4", "Correct."),
        ("16-last", 1, "What else had begun"),
        ("16-last", 8, "A response has an item"),
        ("16-inherits", INHERITED, "Correct."),
        ("16-inherits", [True] * 3, "1 of 3"),
        ("16-deleted", DELETED, "Correct."),
        ("16-deleted", [False] * 3, "1 of 3"),
        ("16-billed", "The whole chain.", "Correct."),
        ("16-billed", "the new question", "What must the model read"),
        ("16-billed", "the new question and the last answer", "The model has no memory"),
    ],
)
def test_predictions(name, answer, message):
    assert message in " ".join(verdict(name, answer).split())


def ending(lines):
    text = ""
    for line in lines:
        if not line.startswith("data: "):
            continue
        event = json.loads(line.removeprefix("data: "))
        how = event["type"].removeprefix("response.")
        if how in ("completed", "incomplete", "failed", "error"):
            return text, how
        if how == "output_text.delta":
            text += event["delta"]
    return text, "broken"


def all_deltas(lines):
    text = ""
    for line in lines:
        event = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
        text += event.get("delta", "")
    return text, ending(lines)[1]


def by_the_last_event(lines):
    """The text of the last event's response, where that is the whole one; else what came."""
    text, how = ending(lines)
    last = json.loads(lines[-1].removeprefix("data: "))
    output = last.get("response", {}).get("output", ())
    parts = [part["text"] for item in output for part in item["content"]]
    return "".join(parts) or text, how


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (ending, "Correct."),
        (by_the_last_event, "Correct."),
        (lambda lines: (by_the_last_event(lines[-1:])[0], ending(lines)[1]), "an error event"),
        (lambda lines: list(ending(lines)), "Correct."),
        (all_deltas, "a text and a call: yours gives the text"),
        (lambda lines: ("It rains.", "completed"), "an answer cut at its limit: yours says"),
        (lambda lines: (ending(lines)[0], ending(lines)[1].replace("broken", "completed")), "cut"),
        (lambda lines: ending(lines)[0], "not two things"),
        (lambda lines: ending(lines[:-2]), "a whole answer: yours says 'broken'"),
        ("ending", "Give the function itself"),
    ],
)
def test_how_a_stream_ended(function, message):
    said = " ".join(verdict("16-ending", function).split())
    assert message in said
    assert said.startswith("Correct.") == (message == "Correct.")


def test_the_recorded_events_are_the_sdks():
    from openai.types.responses import ResponseErrorEvent, ResponseTextDeltaEvent

    from samplers.lab.lessons.exercises.api.lesson_16 import ERROR

    for lines, kind in ((ERROR, ResponseErrorEvent), (BEGIN[6:8], ResponseTextDeltaEvent)):
        event = json.loads(lines[1].removeprefix("data: "))
        assert lines[0] == f"event: {event['type']}"
        assert event.keys() <= set(kind.model_fields)
