"""Google's Gemini API (v1beta), simulated over the local model.

Its form is that of google-genai 3.6.1, the newest on 2026-11-28; what is refused, and in which
words, follows Google's answers in public reports of 2024 to 2026, which each module names. What
answers is the local model: `modelVersion` says so, and Gemini's own abilities (search, code, files,
sound, caches) are refused.
"""

from samplers.local.dialects.dialect import Dialect
from samplers.local.dialects.gemini.errors import error_body, status
from samplers.local.dialects.gemini.paths import KEY, routes

__all__ = ["DIALECT", "KEY", "routes"]

DIALECT = Dialect("gemini", ("/v1beta/",), error_body, status=status)
