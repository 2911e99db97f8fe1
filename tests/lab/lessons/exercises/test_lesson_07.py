"""The checks of lesson 07 take right answers, and refuse the mistakes that they are made for."""

import pytest

from samplers.api import read_events
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.lesson_07 import TWO

CAME = [(0.8 + 0.1 * i, 1 + i % 2) for i in range(21)]


def events(
    pieces,
    text=lambda line: line.decode(),
    end=b"\n",
    value=lambda line: line[5:].removeprefix(" "),
    left=(),
):
    """A right parser, whose every part a test can replace."""
    rest, data = b"", []
    for piece in [*pieces, *left]:
        *lines, rest = (rest + piece).split(end)
        for line in map(text, lines):
            line = line.removesuffix("\r")
            if line.startswith("data:"):
                data.append(value(line))
            elif not line and data:
                yield "\n".join(data)
                data = []


def test_right_parsers():
    assert verdict("07-parser", events).startswith("Correct")
    assert (
        verdict("07-parser", lambda pieces: [e.data for e in read_events((0, p) for p in pieces)])[
            :7
        ]
        == "Correct"
    )


def each_piece_decoded(pieces):
    yield from events(piece.decode(errors="replace").encode() for piece in pieces)


def each_piece_is_an_event(pieces):
    for piece in pieces:
        yield from events([piece])


def only_the_last_line(pieces):
    yield from (data.rpartition("\n")[2] for data in events(pieces))


@pytest.mark.parametrize(
    ("parser", "named"),
    [
        (each_piece_decoded, "Chinese"),
        (each_piece_is_an_event, "two events"),
        (only_the_last_line, "two data lines"),
        (lambda pieces: events(pieces, value=lambda line: line[5:].strip()), "without a space"),
        (lambda pieces: events(pieces, value=lambda line: line[6:]), "without a space"),
        (
            lambda pieces: events(pieces, value=lambda line: line.split("data: ")[-1]),
            "without a space",
        ),
        (lambda pieces: events(pieces, left=[b"\n\n"]), "never ends"),
        (lambda pieces: [][0], "IndexError"),
    ],
)
def test_wrong_parsers_are_told_where(parser, named):
    said = verdict("07-parser", parser)
    assert said.startswith("Not yet.")
    assert named in said


def join(chunks, key=lambda choice: choice["index"]):
    texts, reasons = {}, {}
    for choice in (choice for chunk in chunks for choice in chunk["choices"]):
        texts[key(choice)] = texts.get(key(choice), "") + (choice["delta"].get("content") or "")
        reasons[key(choice)] = choice["finish_reason"] or reasons.get(key(choice))
    return {i: (texts[i], reasons[i]) for i in texts}


def test_joining():
    assert verdict("07-join", join).startswith("Correct")
    assert "Choice 0" in verdict("07-join", lambda chunks: join(chunks, key=lambda choice: 0))
    assert "IndexError" in verdict(
        "07-join", lambda chunks: [chunk["choices"][0] for chunk in chunks]
    )
    assert "dict" in verdict("07-join", lambda chunks: "Yes")
    # an answer cannot change what the next one gets
    assert TWO[3]["choices"][0]["delta"] == {"content": "No"}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((0.8, 15, 0.8 + 199 / 15), "Correct"),
        ((0.0, 15, 14.07), "The first number"),
        ((0.8, 31 / 2.8, 14), "counts the wait"),
        ((0.8, 10, 20.7), "counts chunks"),
        ((0.8, 15, 200 / 15), "The first two"),
    ],
)
def test_the_clock(answer, said):
    assert said in verdict("07-clock", answer, arrivals=CAME)
