"""A converter is judged by what the real endpoint reads, keeps and holds strict."""

import pytest

from samplers.lab.lessons.checks import verdict

SAME = ("model", "temperature", "tool_choice")


def items_of(message):
    if message["role"] == "tool":
        output = {"call_id": message["tool_call_id"], "output": message["content"]}
        return [{"type": "function_call_output"} | output]
    calls = message.get("tool_calls") or ()
    return [
        {"type": "function_call", "call_id": call["id"]} | call["function"] for call in calls
    ] or [message]


def to_responses(body, refuses=True):
    made = {"store": False} | {name: body[name] for name in SAME if name in body}
    known = {*SAME, "messages", "max_completion_tokens", "response_format", "tools"}
    limit = body["max_completion_tokens"]
    if refuses and (body.keys() - known or limit < 16):
        raise ValueError("Responses cannot say this")

    made["max_output_tokens"] = limit
    made["input"] = [item for message in body["messages"] for item in items_of(message)]
    if "response_format" in body:
        form = body["response_format"]
        made["text"] = {"format": {"type": form["type"]} | form.get("json_schema", {})}
    if "tools" in body:
        flat = {"type": "function", "strict": False}
        made["tools"] = [flat | tool["function"] for tool in body["tools"]]
    return made


def without(name):
    """The converter whose bodies lack a field."""

    def convert(body):
        made = to_responses(body)
        return {key: made[key] for key in made if key != name}

    return convert


def loose(body):
    """The converter that leaves out a `strict` that Chat's body has not."""
    made = to_responses(body)
    for tool in made.get("tools", ()):
        if not tool["strict"]:
            del tool["strict"]
    return made


def silent(name):
    """The converter that leaves out what it should refuse."""
    return lambda body: to_responses({key: body[key] for key in body if key != name})


def test_a_right_converter_is_one(client):
    assert verdict("16-convert", to_responses, client=client).startswith("Correct.")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda body: body, "a question: the endpoint says: Missing required parameter: 'input'."),
        (lambda body: None, "not a body"),
        (without("store"), "Chat's answer was not. Say store: false."),
        (without("max_output_tokens"), "Chat's limit is 20 tokens, and yours None"),
        (without("temperature"), "the temperature became 1.0"),
        (without("text"), "JSON mode: the answer's format became text, not json_object."),
        (loose, "two tools: a tool without strict was not strict, and is now."),
        (lambda body: to_responses(body) | {"input": body["messages"]}, "a call and its result"),
        (lambda body: to_responses(body, refuses=False), "n = 2: Responses cannot say this."),
        (silent("seed"), "seed = 7: Responses cannot say this."),
        (lambda body: {}["x"], "KeyError"),
        (lambda body: {"input": {1}, "max_output_tokens": 20}, "This body is no JSON"),
        ("to_responses", "Give the function itself"),
    ],
)
def test_a_wrong_converter(client, wrong, message):
    said = " ".join(verdict("16-convert", wrong, client=client).split())
    assert said.startswith("Not yet.")
    assert message in said
