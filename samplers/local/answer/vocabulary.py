"""GET /v1/samplers/vocabulary, an extension for lessons: the bytes of every token, once.

What else the endpoint tells of tokens is by id.
"""

import base64
import hashlib

from starlette.responses import Response

from samplers.local.answer.json_text import dumps
from samplers.local.engine.model import ServedModel


def vocabulary_response(model: ServedModel, known: str | None) -> Response:
    """The model's vocabulary, with an ETag; a 304 without a body if `known` names that ETag.

    `known` is the request's If-None-Match.
    """
    body = dumps(_vocabulary(model)).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}  # it is asked each time whether it holds
    if known is not None and _matches(known, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def _vocabulary(model: ServedModel) -> dict:
    """`bytes` are all tokens' bytes, one after the other; `lengths` says where each ends.

    `names` are those of the tokens that stand for no text, by id.
    """
    vocabulary = model.engine.vocabulary
    return {
        "object": "samplers.vocabulary",
        "model": model.id,
        "size": len(vocabulary),
        "bytes": base64.b64encode(b"".join(vocabulary.token_bytes)).decode(),
        "lengths": [len(data) for data in vocabulary.token_bytes],
        "names": {str(token): name for token, name in vocabulary.control.items()},
        "stop_ids": sorted(model.engine.stop_ids),
    }


def _matches(known: str, tag: str) -> bool:
    """Whether an If-None-Match has a tag, weak or strong (RFC 9110, 13.1.2)."""
    tags = [each.strip().removeprefix("W/") for each in known.split(",")]
    return tag in tags or tags == ["*"]
