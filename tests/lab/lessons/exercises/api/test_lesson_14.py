"""Lesson 14's checks take right answers, and name the mistakes that they are written for."""

import json

import pytest

from samplers.api import DIALECTS
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.api.lesson_14 import BEGIN, BODY, DONE, END, UNCHANGED


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("14-unchanged", UNCHANGED, "Correct."),
        ("14-unchanged", list(UNCHANGED.values()), "Correct."),
        ("14-unchanged", "400, 400, 200, 400", "Correct."),
        ("14-unchanged", [True] * 4, "3 of 4"),
        ("14-unchanged", [False] * 4, "1 of 4"),
        ("14-unchanged", {}, "I find no answer for"),
        ("14-one", 400, "Correct."),
        ("14-one", "400", "Correct."),
        ("14-one", 200, "autumn 2026"),
        ("14-one", 500, "200 is an answer, 400 a refusal"),
        ("14-one", "refused", "can't read 'refused' as a number"),
        ("14-done", DONE, "Correct."),
        ("14-done", "yes no no yes", "Correct."),
        ("14-done", [True] * 4, "2 of 4"),
        ("14-cached", 0, "Correct."),
        ("14-cached", "1 token", "Correct."),
        ("14-cached", "fewer than 10", "can't read"),
        ("14-cached", 1030, "counts what was read from its cache apart"),
        ("14-cached", 500, "part of input_tokens"),
        ("14-cached", -1, "part of input_tokens"),
        ("14-engines", "at most 40", "Correct."),
        ("14-engines", 40, "Correct."),
        ("14-engines", "More than 90.", "the same defaults"),
        ("14-engines", 1, "temperature 0"),
        ("14-engines", "many", "can't read 'many'"),
    ],
)
def test_predictions(name, answer, message):
    assert message in " ".join(verdict(name, answer).split())


def their_message(message):
    if message["role"] == "tool":
        block = {"type": "tool_result", "tool_use_id": message["tool_call_id"]}
        return {"role": "user", "content": [block | {"content": message["content"]}]}
    blocks = [
        {
            "type": "tool_use",
            "id": call["id"],
            "name": call["function"]["name"],
            "input": json.loads(call["function"]["arguments"]),
        }
        for call in message.get("tool_calls") or ()
    ]
    return {"role": message["role"], "content": blocks or message["content"]}


def test_a_right_message_is_one():
    assert "Correct." in verdict("14-message", their_message)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda message: message, "json.loads(arguments)"),
        (lambda message: their_message(message) | {"tool_calls": []}, "It stays as it is"),
        (lambda message: their_message(message) | {"role": "tool"}, "It stays as it is"),
        (lambda message: None, "It stays as it is"),
        (lambda message: 1 / 0, "ZeroDivisionError"),
        ("their_message", "Give the function itself"),
    ],
)
def test_a_wrong_message(wrong, message):
    assert message in " ".join(verdict("14-message", wrong).split())


def test_arguments_left_as_text_and_a_result_of_the_role_tool():
    def text(message):
        made = their_message(message)
        for block in made["content"]:
            if isinstance(block, dict) and "input" in block:
                block["input"] = json.dumps(block["input"])
        return made

    def tool(message):
        made = their_message(message)
        return made | {"role": "tool"} if message["role"] == "tool" else made

    assert "input is an object" in " ".join(verdict("14-message", text).split())
    assert "Its role is user" in " ".join(verdict("14-message", tool).split())


def move(body):
    system = [message["content"] for message in body["messages"] if message["role"] == "system"]
    others = [message for message in body["messages"] if message["role"] != "system"]
    functions = [tool["function"] for tool in body["tools"]]
    return {
        "model": body["model"],
        "max_tokens": body.get("max_tokens", 200),
        "system": "\n\n".join(system),
        "messages": [their_message(message) for message in others],
        "tools": [{"name": f["name"], "input_schema": f["parameters"]} for f in functions],
        "tool_choice": {"type": body["tool_choice"]},
    }


def test_a_right_body_is_one_and_the_dialects_own_too():
    assert "Correct." in verdict("14-move", move)

    def by_the_dialect(body):
        return DIALECTS["anthropic"].request({"max_tokens": 200} | body).body

    said = " ".join(verdict("14-move", by_the_dialect).split())
    assert "Correct." in said or "keep the text of both" in said


def without(name):
    def moved(body):
        made = move(body)
        del made[name]
        return made

    return moved


def with_(**fields):
    return lambda body: move(body) | fields


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda body: body, "max_tokens: Field required"),
        (lambda body: body | {"max_tokens": 200}, "temperature: Extra inputs are not permitted"),
        (with_(temperature=0), "temperature: Extra inputs are not permitted"),
        (without("max_tokens"), "max_tokens: Field required"),
        (without("system"), "system is missing"),
        (without("tools"), "tools is missing"),
        (with_(messages=BODY["messages"]), "still stands among the messages"),
        (with_(messages=BODY["messages"][1:]), "apply their_message"),
        (with_(system="Be quick."), "should be the text of the system message"),
        (with_(tools=BODY["tools"]), "apply their_tools"),
        (with_(tool_choice="none"), "Input should be a valid dictionary"),
        (with_(max_tokens=200), "Where the body has max_tokens, keep it"),
        (
            lambda body: move(body) | {"system": body["messages"][0]["content"]},
            "keep the text of both",
        ),
        (lambda body: None, "not a body"),
    ],
)
def test_a_wrong_body(wrong, message):
    assert message in " ".join(verdict("14-move", wrong).split())


def their_text(lines):
    text = ""
    for line in lines:
        if line.startswith("data: "):
            event = json.loads(line.removeprefix("data: "))
            if event["type"] == "message_stop":
                return text
            text += event.get("delta", {}).get("text", "")
    raise RuntimeError("the stream broke off")


def test_a_right_reading_is_one():
    assert their_text(BEGIN + END) == "It rains."
    assert "Correct." in verdict("14-read", their_text)


def never_raises(lines):
    try:
        return their_text(lines)
    except RuntimeError:
        return "It rains."


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (never_raises, "Without message_stop, raise"),
        (lambda lines: "It rains.", "Without message_stop, raise"),
        (lambda lines: "", "Look at delta's text"),
        (lambda lines: json.loads(lines[0]), "JSONDecodeError"),
        (None, "Give the function itself"),
    ],
)
def test_a_wrong_reading(wrong, message):
    assert message in " ".join(verdict("14-read", wrong).split())
