"""Google's Gemini: generateContent, its native form (v1beta)."""

from urllib.parse import quote

from samplers.api.dialects.dialect import Dialect
from samplers.api.dialects.gemini.answer import answer
from samplers.api.dialects.gemini.openai_request import openai_request
from samplers.api.dialects.gemini.request import request
from samplers.api.dialects.gemini.stream import whole

__all__ = ["DIALECT", "answer", "openai_request", "request", "whole"]


def path(model: str, stream: bool) -> str:
    """Where a request of the model goes: the address says whether the answer streams."""
    name = model if "/" in model else f"models/{model}"
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    return f"/v1beta/{quote(name)}:{method}"


def headers(key: str) -> dict[str, str]:
    """The header with the key."""
    return {"x-goog-api-key": key}


DIALECT = Dialect(
    name="gemini",
    provider="Google",
    address="https://generativelanguage.googleapis.com",
    path=path,
    headers=headers,
    request=request,
    answer=answer,
    whole=whole,
)
