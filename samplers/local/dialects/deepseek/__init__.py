"""DeepSeek's API, simulated over the local model: OpenAI's form with its differences.

The models are the local ones, whatever DeepSeek calls its own. Both think by default, also the one
whose name does not end in -reasoning, since DeepSeek's models do; `thinking` turns it off.

Sources, read on 2026-11-30: DeepSeek's guide "Thinking mode" (a copy that names deepseek-flash, so
of autumn 2026), its references of the chat (copies of 2025 and of 2026-08-28) and of error codes,
and errors that third parties recorded; the modules name these with their dates.
"""

from samplers.local.dialects.deepseek.errors import error_body
from samplers.local.dialects.deepseek.paths import routes
from samplers.local.dialects.dialect import Dialect

__all__ = ["DIALECT", "routes"]

DIALECT = Dialect("deepseek", ("/deepseek/",), error_body)
