"""What DeepSeek's and GLM's APIs share: OpenAI's form, with the thoughts beside the text."""

from samplers.local.request import schema
from samplers.local.request.checks import string
from samplers.local.request.response_format import Format

# JSON mode. The condition that a message mentions JSON is each provider's own, or it has none.
ANY_JSON = Format(
    {"type": "object"}, schema.refusal("response_format", "response_format"), any_json=True
)
THOUGHTS = "reasoning_content"  # of an assistant's message
OPENAI_ONLY = ("refusal", "annotations")  # of a message


def given(body: dict) -> dict:
    """The fields that are not null, which is the same as absent."""
    return {name: value for name, value in body.items() if value is not None}


def plain_history(messages: list) -> list:
    """The messages without the thoughts of earlier turns, which the local model reads nowhere.

    A call's `index`, which an answer's have, is left out, too. ApiError (400) for thoughts that are
    no text. What is wrong besides is left as it is for the checker of messages.
    """
    return [_plain_message(f"messages[{i}]", item) for i, item in enumerate(messages)]


def _plain_message(name: str, message):
    if not isinstance(message, dict) or message.get("role") != "assistant":
        return message
    if message.get(THOUGHTS) is not None:
        string()(f"{name}.{THOUGHTS}", message[THOUGHTS])
    made = {field: value for field, value in message.items() if field != THOUGHTS}
    if isinstance(made.get("tool_calls"), list):
        made["tool_calls"] = [_plain_call(call) for call in made["tool_calls"]]
    return made


def _plain_call(call):
    if not isinstance(call, dict):
        return call
    return {field: value for field, value in call.items() if field != "index"}


def own_message(message: dict) -> dict:
    """A message or a delta of OpenAI's form without what it alone has. Calls are numbered."""
    made = {name: value for name, value in message.items() if name not in OPENAI_ONLY}
    if "tool_calls" in made:
        made["tool_calls"] = [{"index": i} | call for i, call in enumerate(made["tool_calls"])]
    return made
