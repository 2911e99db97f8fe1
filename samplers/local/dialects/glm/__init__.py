"""Zhipu's GLM API, simulated over the local model: OpenAI's form with its differences."""

from samplers.local.dialects.dialect import Dialect
from samplers.local.dialects.glm.errors import error_body
from samplers.local.dialects.glm.paths import routes

__all__ = ["DIALECT", "routes"]

DIALECT = Dialect("glm", ("/api/paas/",), error_body)
