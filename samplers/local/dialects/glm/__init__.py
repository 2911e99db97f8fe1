"""Zhipu's GLM API (Z.ai), simulated over the local model: OpenAI's form with its differences.

The models are the local ones. Both think by default, as GLM's do; `thinking` turns it off.

Keys: zai-sdk 0.2.3 sends the key itself as a Bearer by default. With `disable_token_cache=False` it
sends a token (JWT) that it signs with a key of the form id.secret; this endpoint's keys have no
such form, and it takes no such token.

Sources, read on 2026-11-30: zai-sdk 0.2.3; Zhipu's reference of the chat (a copy that names
GLM-5.1, so of mid 2026) and its table of error codes (a copy without a date); errors that third
parties recorded.
"""

from samplers.local.dialects.dialect import Dialect
from samplers.local.dialects.glm.errors import error_body
from samplers.local.dialects.glm.paths import routes

__all__ = ["DIALECT", "routes"]

DIALECT = Dialect("glm", ("/api/paas/",), error_body)
