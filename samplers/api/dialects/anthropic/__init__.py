"""Anthropic's Messages API beside OpenAI's Chat Completions.

As of 2026-11-28: Anthropic's API reference and the types of its Python SDK 2.14.0. Nothing is sent
from here; `request` and `answer` are dicts to dicts.
"""

from samplers.api.dialects.anthropic.answer import answer
from samplers.api.dialects.anthropic.openai_request import openai_request
from samplers.api.dialects.anthropic.request import request
from samplers.api.dialects.anthropic.stream import whole
from samplers.api.dialects.anthropic.version import VERSION
from samplers.api.dialects.dialect import Dialect

__all__ = ["DIALECT", "VERSION", "answer", "openai_request", "request", "whole"]


def path(model: str, stream: bool) -> str:
    """Where a request is sent, below the address: the body names the model and the streaming."""
    return "/v1/messages"


def headers(key: str) -> dict[str, str]:
    """A request's headers. The API takes the key as `Authorization: Bearer`, too."""
    return {"x-api-key": key, "anthropic-version": VERSION}


DIALECT = Dialect(
    name="anthropic",
    provider="Anthropic",
    address="https://api.anthropic.com",
    path=path,
    headers=headers,
    request=request,
    answer=answer,
    whole=whole,
)
