"""The checks of lesson 07 take right answers and refuse the mistakes that they are written for."""

import re

import numpy as np
import pytest

from samplers.api import read_events
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.api.lesson_07 import SIGNS, TWO

ARRIVALS = [(0.8 + 0.1 * i, 1 + i % 2) for i in range(21)]  # (seconds, tokens)


def after_the_colon(line):
    return line[5:].removeprefix(" ")


def events(chunks, value=after_the_colon):
    """A right parser; `value` reads a data line, so that a test can replace it."""
    rest = b""
    data = []
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            text = line.decode().removesuffix("\r")
            if text.startswith("data:"):
                data.append(value(text))
            elif not text and data:
                yield "\n".join(data)
                data = []


def our_events(chunks):
    return (event.data for event in read_events((0, chunk) for chunk in chunks))


@pytest.mark.parametrize("parser", [events, our_events])
def test_right_parsers(parser):
    assert verdict("07-parser", parser).startswith("Correct")


def each_chunk_decoded(chunks):
    yield from events(chunk.decode(errors="replace").encode() for chunk in chunks)


def each_chunk_is_an_event(chunks):
    for chunk in chunks:
        yield from events([chunk])


def only_the_last_line(chunks):
    yield from (data.rpartition("\n")[2] for data in events(chunks))


def ended_by_itself(chunks):
    yield from events([*chunks, b"\n\n"])


def after_the_next_piece(chunks):
    late = None
    for data in events(chunks):
        if late is not None:
            yield late
        late = data
    if late is not None:
        yield late


def with_value(value):
    return lambda chunks: events(chunks, value)


@pytest.mark.parametrize(
    ("parser", "stream"),
    [
        (each_chunk_decoded, "Chinese"),
        (each_chunk_is_an_event, "two events"),
        (only_the_last_line, "two data lines"),
        (with_value(lambda line: line[5:].strip()), "without a space"),
        (with_value(lambda line: line[6:]), "without a space"),
        (with_value(lambda line: line.split("data: ")[-1]), "without a space"),
        (ended_by_itself, "never ends"),
        (lambda chunks: [][0], "IndexError"),
        (lambda chunks: list(events(chunks)), "it read 3 pieces before it gave 'a'"),
        (lambda chunks: events([b"".join(chunks)]), "it read 3 pieces before it gave 'a'"),
        (after_the_next_piece, "it read 2 pieces before it gave 'a'"),
        (lambda chunks: iter("data", None), "TypeError"),
        (lambda chunks: iter(lambda: "for ever", None), "two events"),
        (lambda chunks: None, "yours returns None"),
        ("events", "Give the function itself"),
        (None, "Give the function itself"),
    ],
)
def test_a_wrong_parser_gets_the_stream_that_it_fails_on(parser, stream):
    text = verdict("07-parser", parser)
    assert text.startswith("Not yet.")
    assert stream in text


def join(chunks, key=lambda choice: choice["index"]):
    texts = {}
    reasons = {}
    for choice in (choice for chunk in chunks for choice in chunk["choices"]):
        index = key(choice)
        texts[index] = texts.get(index, "") + (choice["delta"].get("content") or "")
        reasons[index] = choice["finish_reason"] or reasons.get(index)
    return {index: (texts[index], reasons[index]) for index in texts}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (join, "Correct"),
        (lambda chunks: list(join(chunks).items()), "Correct"),
        (lambda chunks: {index: list(joined) for index, joined in join(chunks).items()}, "Correct"),
        (lambda chunks: chunks.append(join(chunks)) or chunks[-1], "Correct"),
        (lambda chunks: join(chunks) | {2: ("", None)}, "There are two choices"),
        (lambda chunks: {0: "Yes, it is", 1: "No."}, "Choice 0 should be"),
        (TWO, "Give the function itself"),
        (lambda chunks: None, "yours gives None"),
        (lambda chunks: {0: None, 1: None}, "Choice 0 should be"),
        (lambda chunks: join(chunks, key=lambda choice: 0), "Choice 0"),
        (lambda chunks: [chunk["choices"][0] for chunk in chunks], "IndexError"),
        (lambda chunks: "Yes", "dict"),
    ],
)
def test_joining(answer, message):
    assert message in verdict("07-join", answer)


def test_an_answer_cannot_change_what_the_next_one_gets():
    def join_and_change(chunks):
        chunks[3]["choices"][0]["delta"]["content"] = "Yes"
        return join(chunks)

    verdict("07-join", join_and_change)
    assert TWO[3]["choices"][0]["delta"] == {"content": "No"}


EVENTS = {"raw": b"data: x\n\n" * 11}
CLOCK = {"arrivals": ARRIVALS}
SIGNS_RIGHT = [*SIGNS.values()]
ANSWERS = [
    ("07-events", [11, "11", 11.0, "11 ", [11]], "Correct."),
    ("07-events", [8, 9, 22], "before the"),
    ("07-events", [None, True, "some", 10.5], "I can't read"),
    ("07-loop", ["breaks at the end", "Breaks at the end.", ["Breaks."]], "Correct."),
    ("07-loop", ["ends well", "Loses the text"], "what is in its list"),
    ("07-loop", [None, 3, "the", "it ends"], "I can't read"),
    ("07-sooner", ["at the same time", "At the same time.", "the same  time"], "Correct."),
    ("07-sooner", ["sooner", "Later", "sooner."], "Streaming changes when"),
    ("07-sooner", [None, 3, "never"], "I can't read"),
    ("07-longer", ["the first", "The first.", '"First"'], "Correct."),
    ("07-longer", ["between", "Both", "neither"], "When is the prompt read"),
    ("07-longer", [None, 1, "the"], "I can't read"),
    ("07-halves", [(6, 3), [6.0, "3"], "6, 3", "(6, 3)", np.array([6, 3])], "Correct."),
    ("07-halves", [(3, 6)], "exchanged"),
    ("07-halves", [(6, 6)], "half a character"),
    ("07-halves", [(9, 3), (3, 3), (9, 9)], "9 bytes"),
    ("07-halves", [None, (6,), (6, "few"), {6, 3}], "I can't read|parts|no order"),
    ("07-partial", [(12, False), (12.0, "False"), ("12", "no"), "12, False"], "Correct."),
    ("07-partial", [(12, True), (12, "yes"), ("12", 1)], "What may the next"),
    ("07-partial", [(1, False), (125, False), (0, True)], "two digits"),
    ("07-partial", [None, 12, ("twelve", False), (12, "perhaps")], "I can't read|parts"),
    ("07-cancel", ["at once", "At once", "AT ONCE."], "Correct."),
    ("07-cancel", ["after the long answers", "After."], "Who notices"),
    ("07-cancel", [None, 0, "soon"], "I can't read"),
    ("07-signs", [SIGNS, SIGNS_RIGHT, "False, True, True, False", "no yes yes no"], "Correct."),
    ("07-signs", [SIGNS | {"status 200": True}], "Look again at: status 200."),
    ("07-signs", [[False, "no", 1, 0]], "Look again at: a finish_reason came."),
    ("07-signs", [dict.fromkeys(SIGNS, "yes")], "status 200, the text ends"),
    ("07-signs", [None, {}, 4, [False, True, True, "full"]], "I can't read|parts"),
    ("07-clock", [(0.8, 15, 0.8 + 199 / 15), ["0.8 s", "15", 14.07], "0.8, 15, 14.1"], "Correct."),
    ("07-clock", [(0.0, 15, 14.07)], "The first number"),
    ("07-clock", [(0.8, 31 / 2.8, 14)], "counts the wait"),
    ("07-clock", [(0.8, 10, 20.7)], "counts chunks"),
    ("07-clock", [(0.8, 15, 200 / 15)], "The first two"),
    ("07-clock", [(0.8, 31 / 2, 14)], "The first number is right"),
    ("07-clock", [None, (0.8, 15), (0.8, "fast", 14)], "I can't read|parts"),
]
FACTS = {"07-events": EVENTS, "07-clock": CLOCK}


@pytest.mark.parametrize(("name", "answers", "message"), ANSWERS)
def test_an_answer_is_read_in_any_dress(name, answers, message):
    for answer in answers:
        assert re.search(message, verdict(name, answer, **FACTS.get(name, {}))), answer


@pytest.mark.parametrize(("answer", "message"), [(10, "Correct."), (11, "this one")])
def test_the_events_of_this_stream_are_counted(answer, message):
    assert message in verdict("07-events", answer, raw=b"data: x\n\n" * 10)
