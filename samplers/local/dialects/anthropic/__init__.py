"""Anthropic's Messages API, simulated over the local model.

Its form is that of Anthropic's SDK (anthropic 2.14.0); what it says and refuses is dated beside
each rule. `version.py` has the two versions of the API. `request.py` is what may be asked, `events`
and `message` are the answer, `usage` what it cost. What the local model cannot do is refused as
Anthropic refuses it: thinking (by the -reasoning model, too: it would need signatures, and those
would be made up), effort, documents, its own tools. The header `anthropic-beta` changes nothing:
what only a beta has is an unknown field.
"""

from samplers.local.dialects.anthropic.errors import error_body
from samplers.local.dialects.anthropic.paths import routes
from samplers.local.dialects.dialect import Dialect

__all__ = ["DIALECT", "routes"]

DIALECT = Dialect("anthropic", ("/v1/messages",), error_body, request_id="request-id")
