"""Whether a grammar takes a text, judged by llguidance itself, byte by byte."""

import json
from functools import cache

from llguidance import LLMatcher, LLTokenizer


@cache
def _bytes() -> LLTokenizer:
    """A tokenizer whose tokens are single bytes."""
    return LLTokenizer("byte")


def accepts(grammar: str, *values) -> list:
    """Those of the values whose JSON text the grammar takes to its end.

    ValueError if llguidance refuses the grammar.
    """
    start = LLMatcher(_bytes(), grammar, log_level=0)
    if start.is_error():
        raise ValueError(start.get_error().split("\n")[0])
    return [value for value in values if _is_taken(start.deep_copy(), value)]


def _is_taken(matcher: LLMatcher, value) -> bool:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    tokens = _bytes().tokenize_bytes(text)
    return matcher.try_consume_tokens(tokens) == len(text) and matcher.is_accepting()
