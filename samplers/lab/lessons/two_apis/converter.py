"""A learner's converter from Chat's body to Responses', tried by sending both."""

from collections.abc import Callable

from samplers.checks import shown
from samplers.lab.lessons.exercises.functions import returned
from samplers.lab.lessons.exercises.plain import AnswerError
from samplers.lab.lessons.two_apis.send import send, words

QUESTION = {"role": "user", "content": "Say only the word yes, or JSON."}
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
OPEN = {"type": "object", "properties": {"city": {"type": "string"}}}
CALL = {"name": "call", "arguments": '{"city": "Rome"}'}
TALK = [
    {"role": "system", "content": "Be brief."},
    QUESTION,
    {
        "role": "assistant",
        "tool_calls": [{"id": "call_9", "type": "function", "function": CALL}],
    },
    {"role": "tool", "tool_call_id": "call_9", "content": "31 degrees"},
]
# an answer of Chat's, sent back as it came
ANSWERED = {"role": "assistant", "content": "Yes.", "refusal": None, "annotations": []}
PARTS = [{"role": "user", "content": [{"type": "text", "text": "Hello!"}]}]
BESIDE = "a text beside a call"


def _tool(name: str, parameters: dict, **fields) -> dict:
    function = {"name": name, "description": "The weather", "parameters": parameters, **fields}
    return {"type": "function", "function": function}


SCHEMA = {"name": "place", "strict": True, "schema": CITY}
# {what a body has: its fields besides the model and a limit}; at temperature 0 the answer is short
BODIES = {
    "a question": {"messages": [QUESTION], "temperature": 0, "max_completion_tokens": 20},
    "JSON mode": {
        "messages": [QUESTION],
        "temperature": 0,
        "response_format": {"type": "json_object"},
    },
    "a schema": {
        "messages": [QUESTION],
        "response_format": {"type": "json_schema", "json_schema": SCHEMA},
    },
    "two tools": {
        "messages": [QUESTION],
        "temperature": 0,
        "tools": [_tool("call", CITY), _tool("find", CITY, strict=True)],
        "tool_choice": "none",
    },
    "an open tool": {
        "messages": [QUESTION],
        "temperature": 0,
        "tools": [_tool("call", OPEN)],
        "tool_choice": "none",
    },
    "a call and its result": {
        "messages": TALK,
        "temperature": 0,
        "tools": [_tool("call", CITY)],
        "tool_choice": "none",
    },
    "an answer sent back": {"messages": [QUESTION, ANSWERED, QUESTION]},
    BESIDE: {
        "messages": [*TALK[:2], TALK[2] | {"content": "I look."}, TALK[3]],
        "temperature": 0,
        "tools": [_tool("call", CITY)],
        "tool_choice": "none",
    },
}
# {a field: a value that the task wants refused}
REFUSED = {
    "n": 2,
    "stop": ["."],
    "seed": 7,
    "logit_bias": {"5": 1},
    "frequency_penalty": 0.5,
    "a_new_field": True,
    "max_completion_tokens": 8,
    "messages": PARTS,
}


def converted(to_responses: Callable, client) -> bool | str:
    """Whether the converter's bodies are read as Chat's are; else what is wrong with the first.

    `client`: of our own endpoint.
    """
    least = {"model": client.model, "max_completion_tokens": 16}
    for name, fields in BODIES.items():
        problem = _problem(client, to_responses, least | fields, may_grow=name == BESIDE)
        if problem:
            return f"{name}: {problem}"

    for name, value in REFUSED.items():
        body = least | {"messages": [QUESTION]} | {name: value}
        if not _refuses(to_responses, body):
            return f"{name} = {value!r}: the task wants this refused. Raise a ValueError."
    return True


def _problem(client, to_responses: Callable, chat: dict, may_grow: bool) -> str | None:
    """What is wrong with the body that becomes of Chat's; None if nothing.

    `may_grow`: one message becomes two items, and each has the template's words around it.
    """
    made = returned(to_responses, chat)
    if not isinstance(made, dict):
        return f"yours gives {shown(made)}, not a body."

    most, right = made.get("max_output_tokens"), chat["max_completion_tokens"]
    if "input" in made and most != right:  # not sent: without a limit it would take a minute
        return f"Chat's limit is {right} tokens, and yours {shown(most)}: max_output_tokens."

    status, answer = send(client, "Responses", made)
    if status != 200:
        return f"the endpoint says: {words(answer)}"
    _, before = send(client, "Chat", chat | {"max_completion_tokens": 1})  # its prompt counts
    read, right = answer["usage"]["input_tokens"], before["usage"]["prompt_tokens"]
    if answer["store"]:
        return "this response is kept, and Chat's answer was not. Say store: false."
    choice = chat.get("tool_choice", "auto")
    if answer["tool_choice"] != choice:
        return f"tool_choice became {answer['tool_choice']!r}, not {choice!r}."
    if read < right or (read > right and not may_grow):
        return f"Chat reads {right} tokens, and yours {read}."
    if "temperature" in chat and answer["temperature"] != chat["temperature"]:
        return f"the temperature became {answer['temperature']}."
    form = chat.get("response_format", {"type": "text"})
    made_form = answer["text"]["format"]
    if made_form["type"] != form["type"]:
        return f"the answer's format became {made_form['type']}, not {form['type']}."
    if made_form.get("strict") != form.get("json_schema", {}).get("strict"):
        return f"the format's strict became {made_form.get('strict')}."
    strict = [tool["function"].get("strict", False) for tool in chat.get("tools", ())]
    if [tool["strict"] for tool in answer["tools"]] != strict:
        return "a tool without strict was not strict, and is now. Say it."
    return None


def _refuses(to_responses: Callable, body: dict) -> bool:
    try:
        returned(to_responses, body)
    except AnswerError as error:
        if isinstance(error.__cause__, ValueError):
            return True
        raise
    return False
