"""Exercises of lesson 14, Move house."""

import json
from collections.abc import Callable

from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import returned
from samplers.lab.lessons.exercises.guesses import wrong_guesses
from samplers.lab.lessons.exercises.plain import AnswerError, number, whole, word

UNCHANGED = {  # whether a body in OpenAI's form is answered
    "Anthropic, short": False,
    "Gemini, short": False,
    "DeepSeek, short": True,
    "DeepSeek, BODY": False,
}
DONE = {"OpenAI": True, "Anthropic": False, "Gemini": False, "DeepSeek": True}
TAKEN = {"200": True, "400": False, "taken": True, "refused": False}


def _call(id: str, arguments: str) -> dict:
    return {"id": id, "type": "function", "function": {"name": "weather", "arguments": arguments}}


def _use(id: str, given: dict) -> dict:
    return {"type": "tool_use", "id": id, "name": "weather", "input": given}


def _result(id: str, text: str) -> dict:
    block = {"type": "tool_result", "tool_use_id": id, "content": text}
    return {"role": "user", "content": [block]}


USER = {"role": "user", "content": "And in Bergen?"}
ANSWERED = {"role": "assistant", "content": "It rains."}
TWO_CALLS = {
    "role": "assistant",
    "content": None,
    "tool_calls": [_call("call_a", '{"city": "Oslo"}'), _call("call_b", '{"city": "Bergen"}')],
}
TOOL = {"role": "tool", "tool_call_id": "call_b", "content": "sun"}
# (a description, the message, what it becomes, what is wrong with another answer)
MESSAGES = (
    ("a user's message", USER, USER, "It stays as it is."),
    ("an answer in text", ANSWERED, ANSWERED, "It stays as it is."),
    (
        "a message with two calls",
        TWO_CALLS,
        {
            "role": "assistant",
            "content": [_use("call_a", {"city": "Oslo"}), _use("call_b", {"city": "Bergen"})],
        },
        "One block for each call and no other field; input is an object: json.loads(arguments).",
    ),
    (
        "a tool's result",
        TOOL,
        _result("call_b", "sun"),
        "Its role is user, and its content is a list with one tool_result.",
    ),
)

SYSTEM = {"role": "system", "content": "Be brief."}
ONE_CALL = {"role": "assistant", "tool_calls": [_call("call_b", '{"city": "Bergen"}')]}
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
BODY = {
    "model": "m",
    "messages": [SYSTEM, USER, ONE_CALL, TOOL],
    "tools": [{"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}}],
    "tool_choice": "none",
    "temperature": 0,
}
MOVED = [
    USER,
    {"role": "assistant", "content": [_use("call_b", {"city": "Bergen"})]},
    _result("call_b", "sun"),
]
FIELDS = {"model", "max_tokens", "system", "messages", "tools", "tool_choice"}


def _event(type: str, **fields) -> list[str]:
    return [f"event: {type}", f"data: {json.dumps({'type': type, **fields})}"]


def _delta(**delta) -> list[str]:
    return _event("content_block_delta", index=0, delta=delta)


BEGIN = [
    *_event("message_start", message={"content": []}),
    *_event("ping"),
    *_event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    *_delta(type="text_delta", text="It "),
    *_delta(type="text_delta", text="rains."),
]
END = [
    *_event("content_block_stop", index=0),
    *_event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 2}),
    *_event("message_stop"),
]
PIECE = _delta(type="input_json_delta", partial_json='{"city":')


def _unchanged(answer) -> bool | str:
    wrong = wrong_guesses(answer, UNCHANGED, TAKEN)
    if not wrong:
        return True
    return f"{len(wrong)} of {len(UNCHANGED)} are not right. Is a message in all of these forms?"


def _one(answer) -> bool | str:
    status = whole(answer)
    if status == 200:
        return "That was so until a date in autumn 2026. Look at the version that post() sends."
    return status == 400


def _done(answer) -> bool | str:
    wrong = wrong_guesses(answer, DONE)
    if not wrong:
        return True
    return f"{len(wrong)} of {len(DONE)} are not right. Which of them have OpenAI's form?"


def _cached(answer) -> bool | str:
    count = number(answer)
    if count > 1000:
        return "That is the whole prompt. Anthropic counts what was read from its cache apart."
    return 0 <= count < 10


def _engines(answer) -> bool | str:
    said = word(answer)
    if said in ("at most 40", "40", "<= 40"):
        return True
    if said in ("1", "one"):
        return "Temperature 2 still draws: one token alone would be temperature 0."
    if "90" in said:
        return "So it would be if both engines had the same defaults for what you do not name."
    raise AnswerError(f'I can\'t read {shown(answer)} as "more than 90", "at most 40" or "1".')


def _message(their_message: Callable) -> bool | str:
    for name, message, right, problem in MESSAGES:
        made = returned(their_message, message)
        if made != right:
            return f"{name}: yours gives {shown(made)}. {problem}"
    return True


def _move(move: Callable) -> bool | str:
    made = returned(move, BODY)
    if not isinstance(made, dict):
        return f"Yours gives {shown(made)}, not a body."
    problem = _problem_of(made)
    if problem:
        return problem

    longer = returned(move, BODY | {"max_tokens": 50, "messages": [SYSTEM, SYSTEM, USER]})
    if longer["max_tokens"] != 50:
        return "Where the body has max_tokens, keep it."
    if str(longer["system"]).count("Be brief.") != 2:
        return "A conversation may have two system messages: keep the text of both."
    return True


def _problem_of(made: dict) -> str | None:
    """What Anthropic would refuse first, in its words; None if nothing is left."""
    if made.get("max_tokens") != 200:
        return "max_tokens: Field required. The body has none, so send 200."
    extra = sorted(made.keys() - FIELDS)
    if extra:
        return f"{extra[0]}: Extra inputs are not permitted. Leave it out."
    missing = sorted(FIELDS - made.keys())
    if missing:
        return f"{missing[0]} is missing."
    messages = made["messages"]
    if any(message.get("role") == "system" for message in messages):
        return "The system message still stands among the messages. Its text goes into system."
    if made["system"] != "Be brief.":
        return f"system should be the text of the system message, not {shown(made['system'])}."
    if messages != MOVED:
        return "The messages are not right yet: apply their_message to each but the system message."
    if made["tools"] != [{"name": "weather", "input_schema": PARAMETERS}]:
        return "tools: apply their_tools."
    if made["tool_choice"] != {"type": "none"}:
        return 'tool_choice: Input should be a valid dictionary, {"type": "none"}.'
    return None


def _read(their_text: Callable) -> bool | str:
    for name, lines in (("a text", BEGIN + END), ("a text and a call", BEGIN + PIECE + END)):
        text = returned(their_text, lines)
        if text != "It rains.":
            return f"{name}: yours gives {shown(text)}, not 'It rains.'. Look at delta's text."
    try:
        text = returned(their_text, BEGIN)
    except AnswerError as error:
        if error.__cause__ is None:  # it is no function
            raise
        return True
    return f"A stream that breaks off: yours gives {shown(text)}. Without message_stop, raise."


EXERCISES = {
    "14-unchanged": Exercise(
        ask="write True (status 200) or False for each.",
        test=_unchanged,
        hint="Only a form that is OpenAI's own can take OpenAI's body.",
        why="DeepSeek's form is OpenAI's with differences. The other two have forms of their own.",
    ),
    "14-one": Exercise(
        ask="write a number: 200 or 400.",
        test=_one,
        hint="An HTTP status: 200 is an answer, 400 a refusal.",
        why="Since the version of 2026-10-21 no temperature is taken, not even the default.",
    ),
    "14-done": Exercise(
        ask="write True or False for each.",
        test=_done,
        hint="The line is OpenAI's, and not part of SSE.",
        why="It is OpenAI's own mark. The other two end with an event, or with a reason in one.",
    ),
    "14-cached": Exercise(
        ask="write a number of tokens.",
        test=_cached,
        hint="The prompt was in the cache. Is that part of input_tokens?",
        why="What was read from the cache, or written to it, is counted in fields of its own.",
    ),
    "14-engines": Exercise(
        ask='write "more than 90", "at most 40" or "1".',
        test=_engines,
        hint="What does an engine take for top_k if a request does not name it?",
        why="It cuts before the temperature: top_k 40, top_p 0.95, min_p 0.05. 9 tokens are left.",
    ),
    "14-message": Exercise(
        ask="write their_message(message): the message in Anthropic's form.",
        test=_message,
        hint="Ask for the role first, then whether there are tool_calls.",
        why="A call is a block of the assistant's, a result a block of the user's.",
    ),
    "14-move": Exercise(
        ask="write move(body): the body in Anthropic's form.",
        test=_move,
        hint="Begin with an empty dict, and add one field after the other.",
        why="What is required is there, what is refused is gone, and the rest has found its place.",
    ),
    "14-read": Exercise(
        ask="write their_text(lines): the text of the stream.",
        test=_read,
        hint="Read only the lines that begin with 'data: ', and look at each event's type.",
        why="It ends with message_stop, and a stream that broke off is not taken for a whole one.",
    ),
}
