"""A converter is judged by what the real endpoint reads, keeps and holds strict."""

import pytest

from samplers.lab.lessons.checks import verdict

SAME = ("model", "temperature", "tool_choice")


def items_of(message):
    text = message.get("content")
    if not isinstance(text, str | None):
        raise ValueError("this content is no text")
    if message["role"] == "tool":
        output = {"call_id": message["tool_call_id"], "output": text}
        return [{"type": "function_call_output"} | output]
    said = [] if text is None else [{"role": message["role"], "content": text}]
    calls = message.get("tool_calls") or ()
    return said + [
        {"type": "function_call", "call_id": call["id"]} | call["function"] for call in calls
    ]


def calls_alone(message):
    """The items without the text that stands beside calls."""
    items = items_of(message)
    return [item for item in items if "content" not in item] if len(items) > 1 else items


def as_it_came(message):
    """The items, but an answer is sent back with all the fields that Chat gave it."""
    return [message] if "refusal" in message else items_of(message)


def parts_too(message):
    return [message] if isinstance(message.get("content"), list) else items_of(message)


def to_responses(body, refuses=True, items_of=items_of):
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


def denies(body):
    """The converter that knows what to refuse, and lets pass what it does not know."""
    if body.keys() & {"n", "stop", "seed", "logit_bias", "frequency_penalty"}:
        raise ValueError("Responses cannot say this")
    if body["max_completion_tokens"] < 16:
        raise ValueError("too few")
    return to_responses(body, refuses=False)


def without_format_strict(body):
    made = to_responses(body)
    made.get("text", {"format": {}})["format"].pop("strict", None)
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
        (without_format_strict, "a schema: the format's strict became"),
        (without("tool_choice"), "two tools: tool_choice became 'auto', not 'none'."),
        (lambda body: to_responses(body, items_of=as_it_came), "input[1].refusal"),
        (lambda body: to_responses(body, items_of=calls_alone), "a text beside a call: Chat reads"),
        (lambda body: to_responses(body, items_of=parts_too), "messages = [{'role': 'user'"),
        (denies, "a_new_field = True: the task wants this refused."),
        (loose, "two tools: a tool without strict was not strict, and is now."),
        (lambda body: to_responses(body) | {"input": body["messages"]}, "a call and its result"),
        (lambda body: to_responses(body, refuses=False), "n = 2: the task wants this refused."),
        (silent("seed"), "seed = 7: the task wants this refused."),
        (lambda body: {}["x"], "KeyError"),
        (lambda body: {"input": {1}, "max_output_tokens": 20}, "This body is no JSON"),
        ("to_responses", "Give the function itself"),
    ],
)
def test_a_wrong_converter(client, wrong, message):
    said = " ".join(verdict("16-convert", wrong, client=client).split())
    assert said.startswith("Not yet.")
    assert message in said
