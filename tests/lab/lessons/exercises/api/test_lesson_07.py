"""The checks of lesson 07 take right answers and refuse the mistakes that they are written for."""

import pytest

from samplers.api import read_events
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.api.lesson_07 import TWO

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
    return [event.data for event in read_events((0, chunk) for chunk in chunks)]


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


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((0.8, 15, 0.8 + 199 / 15), "Correct"),
        ((0.0, 15, 14.07), "The first number"),
        ((0.8, 31 / 2.8, 14), "counts the wait"),
        ((0.8, 10, 20.7), "counts chunks"),
        ((0.8, 15, 200 / 15), "The first two"),
    ],
)
def test_the_clock(answer, message):
    assert message in verdict("07-clock", answer, arrivals=ARRIVALS)


@pytest.mark.parametrize(
    ("answer", "sent", "message"),
    [
        (11, 11, "Correct."),
        (10, 10, "Correct."),
        (11, 10, "This one"),
        (8, 11, "before the"),
    ],
)
def test_the_events_of_this_stream_are_counted(answer, sent, message):
    assert message in verdict("07-events", answer, raw=b"data: x\n\n" * sent)
