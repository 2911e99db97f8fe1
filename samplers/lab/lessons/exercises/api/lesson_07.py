"""Exercises of lesson 07, Read the stream."""

from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import returned
from samplers.lab.lessons.exercises.plain import (
    AnswerError,
    choice,
    number,
    numbers,
    several,
    whole,
    word,
    yes,
)

MOST_EVENTS = 100  # that are taken of a learner's generator

PLAIN = 'data: {"a": 1}\n\ndata: [DONE]\n\n'
STREAMS = {  # what is in the stream: (its text, the events that it holds)
    "two events": (PLAIN, ['{"a": 1}', "[DONE]"]),
    "Chinese and an emoji": ("data: 你好🌟\n\ndata: ！\n\n", ["你好🌟", "！"]),
    "CRLF at the ends of lines": (PLAIN.replace("\n", "\r\n"), ['{"a": 1}', "[DONE]"]),
    "comments and other fields": (
        ": ping\n\nevent: x\nid: 7\ndata: a\n: ping\n\nretry: 9\n\n",
        ["a"],
    ),
    "an event of two data lines": ("data: a\ndata: b\n\ndata: c\n\n", ["a\nb", "c"]),
    "data without a space, and with two": ("data:a\n\ndata:  b\n\n", ["a", " b"]),
    "data: inside the data": ("data: x data: y\n\n", ["x data: y"]),
    "an event that never ends": ("data: a\n\ndata: half", ["a"]),
}
SIGNS = {  # whether it shows that the answer is whole
    "status 200": False,
    "a finish_reason came": True,
    "[DONE] came": True,
    "the text ends with a full stop": False,
}


def _chosen(answer, *choices: str) -> str:
    """The one of `choices` that the answer is or, in whole words, is a part of: "first"."""
    said = word(answer)
    near = [each for each in choices if len(said) > 3 and f" {said} " in f" {each} "]
    return near[0] if len(near) == 1 else choice(answer, *choices)


def _events(answer, raw) -> bool | str:
    events = raw.count(b"data: ")
    if whole(answer) == 11 != events:
        return "Right on most servers, but this one joins some events or leaves some out: see raw."
    return whole(answer) == events


def _cuts(raw: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """(description, chunks) of a stream: whole, byte by byte, and cut in two after every byte."""
    yield "in one piece", [raw]
    yield "byte by byte", [raw[i : i + 1] for i in range(len(raw))]
    for i in range(1, len(raw)):
        yield f"cut after byte {i} ({raw[:i][-6:]!r})", [raw[:i], raw[i:]]


def _parser(events: Callable) -> bool | str:
    if not callable(events):
        raise AnswerError(f"Give the function itself, without brackets, not {shown(events)}.")
    for name, (text, sent) in STREAMS.items():
        for cut, chunks in _cuts(text.encode()):
            try:
                given = events(iter(chunks))
                if not hasattr(given, "__iter__"):
                    return f"Yield the events, one by one; yours returns {shown(given)}."
                result = list(islice(given, MOST_EVENTS))
            except Exception as error:
                return f"A stream with {name}, {cut}: {type(error).__name__}: {error}"
            if result != sent:
                return f"A stream with {name}, {cut}: {sent} were sent, yours gives {result}"
    return _waits_for_nothing(events)


def _waits_for_nothing(events: Callable) -> bool | str:
    """True if each event is given as soon as its blank line has been read, and not later."""
    read = []

    def pieces() -> Iterator[bytes]:
        for letter in b"abc":
            read.append(letter)
            yield b"data: %c\n\n" % letter

    for count, event in enumerate(islice(events(pieces()), MOST_EVENTS), 1):
        if len(read) > count:
            return (
                f"Every event is right, but late: it read {len(read)} pieces before it gave "
                f"{event!r}, which was whole after {count}. Yield an event as soon as it is whole."
            )
    return True


def _chunk(index: int, finish_reason=None, **delta) -> dict:
    """The JSON of a chunk with one choice."""
    choice = {"index": index, "delta": delta, "finish_reason": finish_reason}
    return {"choices": [choice], "usage": None}


# Two answers (n = 2) that come interleaved, as they do; the second ends first. The first chunk and
# the last have no choice.
TWO = [
    {"choices": [], "prompt_filter_results": []},
    _chunk(0, role="assistant", content=""),
    _chunk(1, role="assistant", content=None),
    _chunk(1, content="No"),
    _chunk(0, content="Y"),
    _chunk(0, content="es"),
    _chunk(1, content="."),
    _chunk(1, "stop"),
    _chunk(0, content=", it"),
    _chunk(0, content=" is"),
    _chunk(0, "length"),
    {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 7, "total_tokens": 16}},
]
JOINED = {0: ("Yes, it is", "length"), 1: ("No.", "stop")}


def _join(join: Callable) -> bool | str:
    result = returned(join, TWO)
    if isinstance(result, list) and all(isinstance(pair, tuple) for pair in result):
        result = dict(result)
    if not isinstance(result, dict):
        return f"Give a dict {{index: (text, finish_reason)}}; yours gives {shown(result)}"
    for index, joined in JOINED.items():
        pair = result.get(index)
        if not isinstance(pair, list | tuple) or tuple(pair) != joined:
            return f"Choice {index} should be {joined}; yours is {shown(pair)}"
    if set(result) != {0, 1}:
        return f"There are two choices, 0 and 1; yours are {sorted(result, key=str)}"
    return True


def _halves(answer) -> bool | str:
    tokens, chunks = (whole(part) for part in several(answer, 2))
    if (chunks, tokens) == (6, 3):
        return "The two numbers are right, but exchanged: tokens first, then chunks."
    if tokens == 6 and chunks != 3:
        return "The tokens are right. But can a JSON string hold half a character?"
    return (tokens, chunks) == (6, 3)


def _partial(answer) -> bool | str:
    price, may = several(answer, 2)
    if number(price) != 12:
        return "Read what stands after the word price: two digits have come so far."
    return not yes(may)


def _clock(answer, arrivals) -> bool | str:
    """`arrivals` are (seconds since the request, tokens) of each chunk."""
    first, rate, total = numbers(answer, 3)
    begin, first_tokens = arrivals[0]
    end = arrivals[-1][0]
    later_tokens = sum(tokens for _, tokens in arrivals[1:])
    if not np.isclose(first, begin, atol=0.006):
        return "The first number: when did the first text come? The clock began at the request."

    right_rate = later_tokens / (end - begin)
    if np.isclose(rate, (first_tokens + later_tokens) / end, rtol=0.01):
        return (
            "Your rate counts the wait for the first token. "
            "Count from there, and only the tokens that came after it."
        )
    if np.isclose(rate, (len(arrivals) - 1) / (end - begin), rtol=0.01):
        return "Your rate counts chunks. Some of these hold two tokens."
    if not np.isclose(rate, right_rate, rtol=0.01):
        return (
            "The first number is right. "
            "The rate: tokens after the first chunk, divided by their time."
        )

    if not np.isclose(total, begin + (200 - first_tokens) / right_rate, rtol=0.01):
        return (
            "The first two are right. "
            "The third: the wait for the first token, and then all others at that rate."
        )
    return True


def _signs(answer) -> bool | str:
    if isinstance(answer, dict):
        answer = [answer.get(name) for name in SIGNS]
    said = [yes(part) for part in several(answer, len(SIGNS))]
    wrong = [name for name, part in zip(SIGNS, said, strict=True) if part is not SIGNS[name]]
    return f"Look again at: {', '.join(wrong)}." if wrong else True


EXERCISES = {
    "07-events": Exercise(
        ask="write a whole number.",
        test=_events,
        hint=(
            "Eight events bring a token each. "
            "What comes before the first, and which two things come after the last?"
        ),
        why=(
            "One event with the role, eight with a token, one with the finish_reason, and [DONE]; "
            "some servers join two of these, or leave one out."
        ),
    ),
    "07-loop": Exercise(
        ask='write "ends well", "loses the text" or "breaks at the end".',
        test=lambda answer: (
            _chosen(answer, "ends well", "loses the text", "breaks at the end")
            == "breaks at the end"
        ),
        hint=(
            "The last chunk brings the usage of the whole answer, and belongs to no choice: "
            "what is in its list of choices?"
        ),
        why="The usage chunk has no choice, so choices[0] raises an IndexError.",
    ),
    "07-sooner": Exercise(
        ask='write "sooner", "later" or "at the same time".',
        test=lambda answer: (
            _chosen(answer, "sooner", "later", "at the same time") == "at the same time"
        ),
        hint="Streaming changes when you are told. Does it change how fast the model computes?",
        why="The same tokens, one after the other. Only the waiting is different.",
    ),
    "07-longer": Exercise(
        ask='write "the first", "between" or "both".',
        test=lambda answer: (
            _chosen(answer, "the first", "between", "both", "neither") == "the first"
        ),
        hint="When is the prompt read: once, or again for every token?",
        why="The prompt is read once, before the first token.",
    ),
    "07-halves": Exercise(
        ask="write two whole numbers, (tokens, chunks).",
        test=_halves,
        hint="9 bytes in pieces of two and one. And can a JSON string hold half a character?",
        why="Two tokens a character; and a chunk waits until its character is whole.",
    ),
    "07-partial": Exercise(
        ask="write a whole number, True or False: (the number so far, may you act on it?).",
        test=_partial,
        hint="What may the next chunk be, after 12?",
        why="The next chunk may be 5, and 12 becomes 125.",
    ),
    "07-cancel": Exercise(
        ask='write "at once" or "after the long answers".',
        test=lambda answer: _chosen(answer, "at once", "after the long answers") == "at once",
        hint="Who notices that a connection is closed?",
        why="A closed connection reaches the server, and the server stops drawing.",
    ),
    "07-signs": Exercise(
        ask="write True or False for each sign.",
        test=_signs,
        hint="Which of them can only come after the last token?",
        why="finish_reason says that the answer is over, [DONE] that the stream is.",
    ),
    "07-parser": Exercise(
        ask="write events(pieces): a generator of each event's data.",
        test=_parser,
        hint="Keep the bytes of the line that is not whole yet. Decode whole lines only.",
        why="It reads every stream here, however it is cut.",
    ),
    "07-join": Exercise(
        ask="write join_all(chunks): {index: (text, finish_reason)}.",
        test=_join,
        hint=(
            "A chunk may have no choice, a delta no content or None. "
            "And choices[0] is not always choice 0."
        ),
        why="The index says whose delta it is, and chunks without a choice are passed over.",
    ),
    "07-clock": Exercise(
        ask=(
            "write three numbers: (seconds to the first token, "
            "tokens a second after it, seconds for 200 tokens)."
        ),
        test=_clock,
        hint=(
            "The first chunk ends the first wait. "
            "What comes after it has its own time, and its own tokens."
        ),
        why="Two numbers describe a stream: the wait for the first token and the rate after it.",
    ),
}
