"""How many tokens a request counts against a limit of tokens, before it is sent."""

import json

DEFAULT_MAX_TOKENS = 1024  # of an answer to a request that names no limit


def tokens_of(body: dict) -> int:
    """The most tokens that a chat request can count: its bytes and its longest answers."""
    longest = body.get("max_completion_tokens") or body.get("max_tokens") or DEFAULT_MAX_TOKENS
    return len(json.dumps(body)) + body.get("n", 1) * longest
