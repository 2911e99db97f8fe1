"""Where Chat's fields went: a table of a learner's, tried by sending each field in both APIs."""

from samplers.lab.lessons.exercises.plain import by_name, word
from samplers.lab.lessons.two_apis.send import send, words

# Source: openai 3.57.0, ResponseCreateParams; OpenAI's guide "Migrate to the Responses API" (2026)
PLACES = {
    "messages": "input",
    "max_completion_tokens": "max_output_tokens",
    "response_format": "text.format",
    "verbosity": "text.verbosity",
    "reasoning_effort": "reasoning.effort",
    "metadata": "metadata",
    "logprobs": "include",
    "tools": "tools",
}
MESSAGES = [{"role": "user", "content": "Say only the word yes, or JSON."}]
FUNCTION = {
    "name": "now",
    "description": "The time",
    "parameters": {"type": "object", "properties": {}},
    "strict": False,
}
VALUES = {
    "messages": MESSAGES,
    "max_completion_tokens": 16,
    "response_format": {"type": "json_object"},
    "verbosity": "low",
    "reasoning_effort": "none",
    "metadata": {"lesson": "16"},
    "logprobs": True,
    "tools": [{"type": "function", "function": FUNCTION}],
}
# two of them are written in another way in their new place
REWRITTEN = {
    "logprobs": ["message.output_text.logprobs"],
    "tools": [{"type": "function"} | FUNCTION],
}
NOWHERE = {"none", "null", "nowhere", "no", "-", "—", ""}


def placed(answer, client) -> bool | str:
    """Whether each field of Chat's has its place; else what the endpoint says to the first wrong
    one. `client`: of our own endpoint. The right ones are sent, too, where all are right.
    """
    given = {name: _place(part) for name, part in by_name(answer, PLACES).items()}
    wrong = [name for name in PLACES if given[name] != PLACES[name]]
    for name in wrong or PLACES:
        problem = _problem(client, name, given[name])
        if problem:
            return f"{name}: {problem}"
    return not wrong


def _place(part) -> str | None:
    """A place as a learner may write it: text.format, text["format"], text={"format": …}."""
    said = word("none" if part is None else part)
    for mark in ('["', "['", "={'", '={"', "[", "/"):
        said = said.replace(mark, ".")
    said = said.split("]")[0].split(":")[0].strip("\"'. {}")
    if said.startswith("include"):  # include["message.output_text.logprobs"]
        return "include"
    return None if said in NOWHERE else said


def _problem(client, name: str, place: str | None) -> str | None:
    """What is wrong with the place, by what the endpoint answers in both APIs; None if nothing."""
    value = VALUES[name]
    is_right = place == PLACES[name]
    model = client.model if name != "reasoning_effort" else f"{client.model}-reasoning"
    chat = {"model": model, "messages": MESSAGES, "max_completion_tokens": 1, name: value}
    beside = _beside(name)
    status, before = send(client, "Chat", chat | beside)
    if status != 200:
        return f"Chat itself says: {words(before)}"

    sent_as = place or name
    first, _, second = sent_as.partition(".")
    body = {"model": model, "input": MESSAGES, "max_output_tokens": 16, "store": False} | beside
    if name == "messages":
        del body["input"]
    if is_right:
        value = REWRITTEN.get(name, value)
    status, after = send(client, "Responses", body | {first: {second: value} if second else value})
    if status != 200:
        return f"sent as {sent_as}, it says: {words(after)}"
    if is_right:
        return None if _arrived(name, value, before, after) else f"{place} is taken, and ignored."
    return "it has the same name there: look at what an answer repeats."


def _beside(name: str) -> dict:
    """What is sent with a field, so that its prompt and its answer are short."""
    if name == "reasoning_effort":  # while that model thinks it takes no temperature
        return {}
    if name == "tools":
        return {"temperature": 0, "tool_choice": "none"}  # the prompt then says nothing of tools
    return {"temperature": 0}


def _arrived(name: str, value, before: dict, after: dict) -> bool:
    """Whether the response repeats the value; of messages and logprobs, whether they had effect."""
    if name == "messages":
        return after["usage"]["input_tokens"] == before["usage"]["prompt_tokens"]
    if name == "logprobs":
        return bool(after["output"][0]["content"][0]["logprobs"])
    found = after
    for part in PLACES[name].split("."):
        found = found[part]
    return found == value
