"""Anthropic's Messages API, simulated over the local model."""

from samplers.local.dialects.anthropic.errors import error_body
from samplers.local.dialects.anthropic.paths import routes
from samplers.local.dialects.dialect import Dialect

__all__ = ["DIALECT", "routes"]

DIALECT = Dialect("anthropic", ("/v1/messages",), error_body, request_id="request-id")
