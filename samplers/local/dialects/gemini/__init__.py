"""Google's Gemini API (v1beta), simulated over the local model."""

from samplers.local.dialects.dialect import Dialect
from samplers.local.dialects.gemini.errors import error_body
from samplers.local.dialects.gemini.paths import routes

__all__ = ["DIALECT", "routes"]

DIALECT = Dialect("gemini", ("/v1beta/",), error_body)
