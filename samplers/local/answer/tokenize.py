"""POST /v1/tokenize, an extension for lessons: a text's or a conversation's tokens.

A token's JSON is some 70 bytes for each of its own, so it is put together from prepared parts.
"""

from samplers.local.answer.json_text import Raw
from samplers.local.engine.calls import Engine
from samplers.local.engine.model import ServedModel
from samplers.local.request.checks import string
from samplers.local.request.errors import bad_request, unknown, wrong_body
from samplers.local.request.job import chosen
from samplers.local.request.messages import text_messages
from samplers.local.request.prompt import prompt_ids

MOST_LETTERS = 1 << 20  # of one text


async def tokenize(models: tuple[ServedModel, ...], body) -> dict:
    """{"input": text} or {"messages": […]} -> the answer's body. ApiError (400) otherwise.

    `model` may be any of the models, which have the same tokens, or absent. ApiError (404) for
    another one.
    """
    _check(body)
    model = models[0]
    if body.get("model") is not None:
        model = chosen(models, string()("model", body["model"]))
    engine = model.engine
    vocabulary = engine.vocabulary
    ids = await _token_ids(engine, body)
    tokens = ",".join([f'{{"id":{i},{vocabulary.json_fields[i]}}}' for i in ids])
    return {
        "object": "tokens",
        "model": model.id,
        "ids": ids,
        "tokens": Raw(f"[{tokens}]"),
        "count": len(ids),
        "vocabulary_size": len(vocabulary),
        "context_length": engine.context,
        "stop_ids": sorted(engine.stop_ids),
    }


def _check(body) -> None:
    if not isinstance(body, dict):
        raise wrong_body(body)
    for name in body:
        if name not in ("input", "messages", "model"):
            raise unknown(name)
    if ("input" in body) == ("messages" in body):
        message = "Give either 'input' or 'messages'."
        raise bad_request(message, "input", "missing_required_parameter")


async def _token_ids(engine: Engine, body: dict) -> list[int]:
    if "messages" in body:
        return await prompt_ids(engine, text_messages("messages", body["messages"]))
    text = string(MOST_LETTERS)("input", body["input"])
    return await engine.tokenize(text, control=False)
