"""Exercises of lesson 08b, Run the tool loop."""

import re
from collections.abc import Mapping

from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import returned
from samplers.lab.lessons.exercises.plain import AnswerError, choice

# a text that says that something went wrong, whatever words it takes
FAILURE = re.compile(
    r"error|fail|exception|n['’]t|(?:does|did|do|could|can|is|was) ?not (?!rain|snow|cloud|sunny)"
    r"|not (?:found|available|known)|unable|unknown|unavailable|missing|wrong|silent|offline"
    r"|\bno (?!rain|snow|cloud|sun|wind|fog|storm)|is down\b|timed? ?out|impossible"
    r"|没|无法|失败|错误|未知|不能|不可|不答|不存在",
    re.IGNORECASE,
)
STEPS = ("ask", "confirm", "run")
REFUNDS = (  # arguments, what the customer wrote, what to do, and why
    (
        '{"order_id":"A17","usd":20}',
        "Please give me 20 dollars back for order A17.",
        "run",
        "the customer wrote both, and 20 is not above 50",
    ),
    (
        '{"order_id":"A17","usd":80}',
        "I want 80 dollars back for A17.",
        "confirm",
        "80 is above 50",
    ),
    ('{"usd":50,"order_id":"A17"}', "A17: 50 dollars, please.", "run", "50 is not above 50"),
    (
        '{"order_id":"B42","usd":20}',
        "Please give me 20 dollars back.",
        "ask",
        "the customer wrote no order's number",
    ),
    (
        '{"order_id":"A17","usd":34}',
        "I want my money back for A17.",
        "ask",
        "the customer wrote no amount",
    ),
    (
        '{"order_id":"B42","usd":90}',
        "I want my money back.",
        "ask",
        "the customer wrote neither, and there is nothing to confirm yet",
    ),
    (
        '{"order_id":"A1","usd":20}',
        "20 dollars back for A17, please.",
        "ask",
        "A1 is not A17",
    ),
    (
        '{"order_id":"A17","usd":2}',
        "20 dollars back for A17, please.",
        "ask",
        "2 is not 20",
    ),
    (
        '{"order_id":"A17","us',
        "20 dollars back for A17, please.",
        "ask",
        "the arguments are cut off",
    ),
)


def _failed(answer, call) -> bool | str:
    if not isinstance(answer, Mapping):
        return f"A message is a dict, not {shown(answer)}."
    if answer.get("role") != "tool":
        return "Look at its role: lesson 08, section 2, sent a result back. In which role?"
    if answer.get("tool_call_id") != call["id"]:
        return "Which call is it the result of? tool_call_id must say so."

    content = answer.get("content")
    if isinstance(content, list) and all(isinstance(part, Mapping) for part in content):
        content = " ".join(str(part.get("text", "")) for part in content)  # parts are allowed, too
    if not isinstance(content, str):
        return "content must be a text: make one of a dict with json.dumps."
    unknown = set(answer) - {"role", "tool_call_id", "content"}
    if unknown:
        field = min(map(str, unknown))
        return f"A tool message has no field {field!r}. Say what failed in its content."
    if not FAILURE.search(content):
        return "Say in the content that the call failed, or the model takes it for the weather."
    return True


def _eval(answer, run, key) -> bool | str:
    if not isinstance(answer, str):
        return "Write a text: it is what stands in `arguments`."
    if key in answer:
        return "You have copied the key. The model does not know it: what does it write instead?"
    try:
        sent = str(run(answer))
    except SyntaxError:
        return "The tool crashed and sent nothing: Python cannot read this text."
    except (Exception, SystemExit) as error:  # the text may do anything: that is the point
        return f"The tool crashed and sent nothing ({type(error).__name__})."
    return True if key in sent else "The tool ran, but what it sent is not the key."


def _guard(answer) -> bool | str:
    for arguments, said, right, why in REFUNDS:
        result = returned(answer, arguments, said)
        try:
            step = choice(result, *STEPS)
        except AnswerError:
            return f"It must return {', '.join(map(repr, STEPS))}, not {shown(result)}."
        if step != right:
            return f"{arguments} after {said!r}: it gave {step!r}. But {why}."
    return True


EXERCISES = {
    "08-failed": Exercise(
        ask="write the message, a dict.",
        test=_failed,
        hint="A failure goes back to the model just as a result does.",
        why=(
            "Every call has its result, so the conversation can go on, "
            "and the model knows what went wrong."
        ),
    ),
    "08-eval": Exercise(
        ask="write the text that the model would put into arguments.",
        test=_eval,
        hint='It must be a Python dict with the key "city", and Python can look up names.',
        why=(
            "eval runs whatever the text says, with all that your program knows. "
            "json.loads only reads."
        ),
    ),
    "08-guard": Exercise(
        ask="write the function, then give it to check.",
        test=_guard,
        hint="Read the arguments first, then look for both values among the customer's words.",
        why=(
            "If the customer did not write it, the model made it up. "
            "And a person must allow what costs a lot."
        ),
    ),
}
