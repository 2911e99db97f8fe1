"""DeepSeek's API, simulated over the local model: OpenAI's form with its differences."""

from samplers.local.dialects.deepseek.errors import error_body
from samplers.local.dialects.deepseek.paths import routes
from samplers.local.dialects.dialect import Dialect

__all__ = ["DIALECT", "routes"]

DIALECT = Dialect("deepseek", ("/deepseek/",), error_body)
