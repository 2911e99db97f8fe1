"""A chat in other providers' forms: OpenAI's request becomes theirs, their answer OpenAI's.

Small functions of plain dicts; they send nothing. What a form cannot say is listed, never dropped
in silence.
"""
