"""Exercises of lesson 16, Send it both ways: the predictions, and the end of a stream."""

import json
from collections.abc import Callable

from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import returned
from samplers.lab.lessons.exercises.guesses import wrong_guesses
from samplers.lab.lessons.exercises.plain import choice, whole
from samplers.lab.lessons.two_apis.converter import converted
from samplers.lab.lessons.two_apis.places import placed

SAME = {"the text": True, "the tokens read": True, "the bytes": False}
TAKEN = {  # by Responses
    "temperature": True,
    "n": False,
    "stop": False,
    "seed": False,
    "logit_bias": False,
    "metadata": True,
}
STRICT = {"Chat": False, "Responses, fits": True, "Responses, does not fit": False}
INHERITED = {"the first question": True, "the first answer": True, "the instructions": False}
DELETED = {"get the first": False, "go on from the first": False, "go on from the second": True}
CREATED = {"id": "resp_1", "status": "in_progress", "output": []}
SAID = {"type": "output_text", "text": "It rains.", "annotations": []}
MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "content": [SAID]}


def _event(type: str, **fields) -> list[str]:
    return [f"event: {type}", f"data: {json.dumps({'type': type, **fields})}"]


def _last(status: str) -> list[str]:
    """The last event has the whole response: who reads that one alone has the text, too."""
    return _event(f"response.{status}", response=CREATED | {"status": status, "output": [MESSAGE]})


BEGIN = [
    *_event("response.created", response=CREATED),
    *_event("response.in_progress", response=CREATED),
    *_event("response.output_item.added", output_index=0, item={"type": "message", "id": "msg_1"}),
    *_event("response.output_text.delta", output_index=0, delta="It "),
    *_event("response.output_text.delta", output_index=0, delta="rains."),
]
# what a call's arguments add to is no text
CALL = _event("response.function_call_arguments.delta", output_index=1, delta='{"city":')
DONE = _event("response.output_text.done", output_index=0, text="It rains.")
# openai 3.57.0: response_error_event.py
ERROR = _event("error", code="server_error", message="The server had an error.", param=None)
# (a description, the lines, how it ended)
STREAMS = (
    ("a whole answer", BEGIN + DONE + _last("completed"), "completed"),
    ("a text and a call", BEGIN + CALL + DONE + _last("completed"), "completed"),
    ("an answer cut at its limit", BEGIN + DONE + _last("incomplete"), "incomplete"),
    ("a response that failed", BEGIN + _last("failed"), "failed"),
    ("an error event", BEGIN + ERROR, "error"),
    ("a connection that was cut", BEGIN, "broken"),
)


def _same(answer) -> bool | str:
    return _guessed(answer, SAME, "The same model reads the same tokens. Is the JSON the same?")


def _lost(answer) -> bool | str:
    return _guessed(answer, TAKEN, "Four of them are the sampling laboratory's.")


def _strict(answer) -> bool | str:
    return _guessed(answer, STRICT, "Strict wants every property required, and no other property.")


def _inherits(answer) -> bool | str:
    return _guessed(answer, INHERITED, "Two of them are items; the third is a field of a request.")


def _deleted(answer) -> bool | str:
    return _guessed(answer, DELETED, "What has the second response of the first?")


def _guessed(answer, right: dict[str, bool], hint: str) -> bool | str:
    """A table of guesses. It says how many are wrong, and never which."""
    wrong = wrong_guesses(answer, right)
    return not wrong or f"{len(wrong)} of {len(right)} are not right. {hint}"


def _least(answer) -> bool | str:
    limit = whole(answer)
    if limit == 1:
        return "Chat takes a limit of 1. Responses has a minimum."
    return limit == 16


def _id(answer) -> bool | str:
    said = choice(answer, "id", "call_id")
    if said == "id":
        return "That one names the item, as msg_… names a message. What does a call's pair share?"
    return True


def _after_the_text(answer) -> bool | str:
    events = whole(answer)
    if events == 1:
        return "One of them ends the response. What else had begun, and must be closed?"
    return events == 4


def _billed(answer) -> bool | str:
    names = ("the new question", "the new question and the last answer", "the whole chain")
    said = choice(answer, *names)
    if said == names[0]:
        return "That is what you send. What must the model read to know what was said before?"
    return said == names[2]


def _ending(ending: Callable) -> bool | str:
    for name, lines, how in STREAMS:
        made = returned(ending, lines)
        if not isinstance(made, list | tuple) or len(made) != 2:
            return f"{name}: yours gives {shown(made)}, not two things: the text, and how it ended."
        text, said = made
        if text != "It rains.":
            return f"{name}: yours gives the text {shown(text)}, not 'It rains.'."
        if said != how:
            return (
                f"{name}: yours says {shown(said)}, not {how!r}. Read the type of the last event."
            )
    return True


EXERCISES = {
    "16-same": Exercise(
        ask="write True (the same in both) or False for each.",
        test=_same,
        hint="Temperature 0 leaves nothing to chance.",
        why="One model, one prompt, the same greedy answer; only what stands around it differs.",
    ),
    "16-lost": Exercise(
        ask="write True (status 200) or False for each.",
        test=_lost,
        hint="Which of them say how a token is drawn?",
        why="Temperature stays. n, stop, seed and logit_bias are unknown there.",
    ),
    "16-where": Exercise(
        ask='write each field\'s new place; a place in an object has a point: "object.field".',
        test=placed,
        hint="Send one, and read what comes back.",
        why="All were sent in both APIs, and each did in Responses what it does in Chat.",
    ),
    "16-least": Exercise(
        ask="write a number: 1, 8, 16 or 64.",
        test=_least,
        hint="It is more than a few tokens, and less than a paragraph.",
        why="The minimum is 16. Chat takes 1.",
    ),
    "16-id": Exercise(
        ask='write "id" or "call_id".',
        test=_id,
        hint="One of them names the item, the other one the call.",
        why="The pair is made by call_id. The id only names the item, as every item's does.",
    ),
    "16-strict": Exercise(
        ask="write True (strict) or False for each.",
        test=_strict,
        hint="Chat's default is what it always was.",
        why="A tool without `strict` can be strict in Responses, and never is in Chat.",
    ),
    "16-last": Exercise(
        ask="write a number: 1, 4 or 8.",
        test=_after_the_text,
        hint="A response has an item, and the item a part. Which of these is closed?",
        why="The text is done, its part, its item, and at last the response. No [DONE] follows.",
    ),
    "16-inherits": Exercise(
        ask="write True or False for each.",
        test=_inherits,
        hint="What is an item, and what is a parameter?",
        why="Items are inherited. Instructions are a parameter of one request.",
    ),
    "16-billed": Exercise(
        ask='write "the new question", "the new question and the last answer" or "the whole '
        'chain".',
        test=_billed,
        hint="The model has no memory: lesson 06.",
        why="The endpoint remembers; the model reads all of it again, and that is what is billed.",
    ),
    "16-deleted": Exercise(
        ask="write True (it works) or False for each.",
        test=_deleted,
        hint="A DELETE names one response.",
        why="The one that was named is gone. What others inherited from it is theirs, and stays.",
    ),
    "16-ending": Exercise(
        ask="write ending(lines): the text, and how the stream ended.",
        test=_ending,
        hint="Read the lines that begin with 'data: ', and let each event's type decide.",
        why="A whole answer, a cut one, a failed one and a broken one are told apart.",
    ),
    "16-convert": Exercise(
        ask="write to_responses(body): the body for Responses, or a ValueError.",
        test=converted,
        hint="Begin with an empty dict, and move one field after the other. Name the fields that "
        "you know; refuse each other one.",
        why="Each body was sent in both APIs: as many tokens read, nothing kept, and the tools as "
        "strict as before.",
    ),
}
