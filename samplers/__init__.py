"""Samplers: how LLM APIs choose the next token, in numpy."""

__version__ = "0.1.0"
