"""A chat in other providers' forms: OpenAI's request becomes theirs, their answer OpenAI's.

Small functions of plain dicts; they send nothing. What a form cannot say is listed, never dropped
in silence.

    made = DIALECTS["gemini"].request({"model": "gemini-4-argon", "messages": messages, "n": 2})
    made.body  # what to send
    made.lost  # ("n: Gemini 3 and later give one answer per request; ask again for more.",)
"""

from samplers.api.dialects.dialect import Dialect, Translated
from samplers.api.dialects.table import DIALECTS

__all__ = ["DIALECTS", "Dialect", "Translated"]
