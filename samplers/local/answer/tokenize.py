"""POST /v1/tokenize, an extension for lessons: a text's or a conversation's tokens, as the model
sees them.
"""

from samplers.local.request.checks import kind_of, string, unknown
from samplers.local.request.errors import bad_request
from samplers.local.request.job import Model
from samplers.local.request.messages import messages
from samplers.local.request.prompt import prompt_ids


async def tokenize(model: Model, body) -> dict:
    """{"input": text} or {"messages": [...]} -> the answer's body. ApiError 400 if it is neither."""
    if not isinstance(body, dict):
        raise bad_request(
            f"Invalid type for the request body: expected an object, but got {kind_of(body)} instead."
        )
    for name in body.keys() - {"input", "messages", "model"}:
        raise unknown(name)
    if ("input" in body) == ("messages" in body):
        raise bad_request(
            "Give either 'input' or 'messages'.", "input", "missing_required_parameter"
        )
    engine = model.engine
    if "input" in body:
        ids = await engine.tokenize(string()("input", body["input"]), control=False)
    else:
        ids = await prompt_ids(engine, messages("messages", body["messages"]))
    vocabulary = engine.vocabulary
    return {
        "object": "tokens",
        "model": model.id,
        "ids": ids,
        "tokens": [
            {"id": i, "token": vocabulary.text(i), "bytes": vocabulary.bytes(i)} for i in ids
        ],
        "count": len(ids),
        "vocabulary_size": len(vocabulary),
        "context_length": engine.context,
        "stop_ids": sorted(engine.stop_ids),
    }
