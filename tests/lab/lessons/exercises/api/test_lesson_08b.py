"""Lesson 08b's checks name what is wrong with an answer; the document's loop does what it did."""

import json
import re
from types import SimpleNamespace

import pytest

from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.document_loop import react_loop

CALL = {
    "id": "call_7",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city":"Rome"}'},
}
FAILED = {
    "role": "tool",
    "tool_call_id": "call_7",
    "content": '{"error": "the station in Rome does not answer"}',
}


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (FAILED, "Correct."),
        (FAILED | {"content": "Error: lookup failed"}, "Correct."),
        (FAILED | {"content": "LookupError"}, "Correct."),
        (FAILED | {"content": "No station in Rome answers."}, "Correct."),
        (FAILED | {"content": "罗马没有回答"}, "Correct."),
        (FAILED | {"content": "The weather in Rome is sunny"}, "takes it for the weather"),
        (FAILED | {"content": "Rome didn’t answer"}, "Correct."),
        (FAILED | {"content": [{"type": "text", "text": "Error"}]}, "Correct."),
        (FAILED | {"content": "18 °C, no clouds, it is not raining"}, "takes it for the weather"),
        (FAILED | {"content": "天气不错"}, "takes it for the weather"),
        (FAILED | {"content": "{}"}, "takes it for the weather"),
        (FAILED | {"role": "user"}, "In which role?"),
        (FAILED | {"tool_call_id": "call_8"}, "tool_call_id must say so"),
        (FAILED | {"content": {"error": "Rome"}}, "json.dumps"),
        (FAILED | {"error": "Rome"}, "no field 'error'"),
        (None, "A message is a dict, not None."),
        ("Error", "A message is a dict, not 'Error'."),
        ([FAILED], "A message is a dict"),
    ],
)
def test_the_message_of_a_failed_call(answer, hint):
    assert hint in verdict("08-failed", answer, call=CALL)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ('{"city": SECRET}', "Correct."),
        ("dict(city=SECRET)", "Correct."),
        ("{'city': 'x' + SECRET}", "Correct."),
        ('{"city": "k-1"}', "Not yet. You have copied the key."),
        ('{"city": "Rome"}', "Not yet. The tool ran, but what it sent is not the key."),
        ("{'city': OTHER}", "Not yet. The tool crashed and sent nothing (NameError)."),
        (["x"], "Not yet. Write a text"),
        (None, "Not yet. Write a text"),
        ("exit()", "Not yet. The tool crashed and sent nothing (SystemExit)."),
        ("{", "Not yet. The tool crashed and sent nothing: Python cannot"),
    ],
)
def test_what_eval_lets_through(answer, message):
    def run(arguments):
        return f"asking about {eval(arguments, {'SECRET': 'k-1'})['city']}"

    assert verdict("08-eval", answer, run=run, key="k-1").startswith(message)


def guard(arguments, said, most=50):
    words = re.findall(r"\w+", said)
    try:
        order_id, usd = (json.loads(arguments)[key] for key in ("order_id", "usd"))
    except ValueError:
        return "ask"
    if {order_id, str(usd)} <= set(words):
        return "confirm" if usd > most else "run"
    return "ask"


def confirms_first(arguments, said):
    try:
        if json.loads(arguments)["usd"] > 50:
            return "confirm"
    except ValueError:
        pass
    return guard(arguments, said)


def looks_for_parts(arguments, said):
    return guard(arguments, " ".join(said[i:j] for j in range(len(said) + 1) for i in range(j)))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (guard, "Correct."),
        (lambda arguments, said: guard(arguments, said).upper(), "Correct."),
        (lambda arguments, said: (guard(arguments, said),), "Correct."),
        (confirms_first, "there is nothing to confirm yet"),
        (looks_for_parts, "A1 is not A17"),
        (lambda arguments, said: guard(arguments, said, 49), "50 is not above 50"),
        (lambda arguments, said: str(json.loads(arguments)) and guard(arguments, said), "raised"),
        (lambda arguments, said: True, "must return 'ask', 'confirm', 'run', not True"),
        (lambda arguments, said: None, "must return 'ask', 'confirm', 'run', not None"),
        (lambda arguments: "ask", "raised TypeError"),
        ("ask", "Give the function itself"),
        (None, "Give the function itself"),
    ],
)
def test_the_guard_of_a_refund(answer, message):
    assert message in verdict("08-guard", answer)


def completion(*calls, content=None):
    """What the SDK returns: calls are (name, arguments)."""
    tool_calls = [
        SimpleNamespace(id=f"c{i}", function=SimpleNamespace(name=name, arguments=arguments))
        for i, (name, arguments) in enumerate(calls)
    ]
    message = SimpleNamespace(tool_calls=tool_calls, content=content)
    return SimpleNamespace(choices=[SimpleNamespace(message=message)])


def loop(*completions):
    """(the answer, the messages) of the document's loop when the SDK returns these completions."""
    replies = iter(completions)
    create = SimpleNamespace(create=lambda **request: next(replies))
    client = SimpleNamespace(chat=SimpleNamespace(completions=create))
    messages = []
    answer = react_loop(client, "m", messages, [], lambda name, arguments: arguments)
    return answer, messages


def test_the_documents_loop_answers_trusts_and_gives_up():
    answer, messages = loop(completion(("f", '{"x": 1}')), completion(content="done"))
    assert answer == "done"
    assert messages[1] == {"role": "tool", "tool_call_id": "c0", "content": '{"x": 1}'}

    assert loop(*[completion(("f", "{}"))] * 5)[0] == "Reached max iterations"
    with pytest.raises(json.JSONDecodeError):
        loop(completion(("f", "{")))
