"""What a request counts before it is sent: never less than at the endpoint."""

import pytest

from samplers.api.limits.tokens import tokens_of
from samplers.api.pricing.bound import most_prompt_tokens
from samplers.local.request.job import DEFAULT_MAX_TOKENS

MESSAGES = [{"role": "user", "content": "Hello 你好"}]


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"max_tokens": 20}, 20),
        ({"max_completion_tokens": 30}, 30),
        ({"max_tokens": 20, "n": 3}, 60),
        ({}, DEFAULT_MAX_TOKENS),
        ({"n": 2}, 2 * DEFAULT_MAX_TOKENS),
        # what the endpoint refuses with a 400 is sent, too
        ({"max_tokens": "many", "n": None}, DEFAULT_MAX_TOKENS),
        ({"max_tokens": -5, "n": 0}, DEFAULT_MAX_TOKENS),
    ],
)
def test_the_answer(fields, answer):
    body = {"messages": MESSAGES, **fields}
    assert tokens_of(body) == most_prompt_tokens(body) + answer


def test_the_prompt_is_no_less_than_the_tokenizer_counts(client):
    """Text of which a token is one byte, many short messages, and tools."""
    prompts = ["", "Hello", "你好，世界 " * 20, "\u200d\U0001f9ff" * 20, "a\x00b", "0 1 2 3 4 5 6"]
    for text in prompts:
        for count in (1, 30):
            messages = [{"role": "user", "content": text}] * count
            tokens = tokens_of({"model": "m", "messages": messages, "max_tokens": 1})
            assert tokens > client.tokenize(messages).count
