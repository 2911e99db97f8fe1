"""Tokens that the engine's answers leave out, recovered from their text."""

import asyncio
from types import SimpleNamespace

import pytest

from samplers.local.answer.generate import recover
from samplers.local.answer.generate.recover import raw_logprobs, tokens_from_text
from samplers.local.engine.slots import Slots
from samplers.local.engine.vocabulary import Vocabulary

# 😊 is f0 9f 98 8a
VOCABULARY = Vocabulary(
    "",
    (b"\xf0", b"\x9f\x98", b"\xf0\x9f", b"\x98", b"\x8a", b"\xf0\x9f\x98", b"", b"a"),
    {6: "<end>"},
)


@pytest.mark.parametrize(
    ("text", "last", "count", "tokens"),
    [
        ("a", [7], 0, []),
        ("😊", [4], 1, [5]),
        ("😊", [4], 2, None),  # f0 + 9f 98, or f0 9f + 98
        ("😊", [4], 3, None),  # there is no 9f alone
        ("\ufffda", [7], 1, None),  # the bytes are lost
        ("a", [], 1, None),  # nothing follows yet
        ("a", [6], 1, None),
    ],
)
def test_tokens_are_recovered_only_where_there_is_one_way(text, last, count, tokens):
    assert tokens_from_text(VOCABULARY, text, last, count) == tokens


@pytest.mark.parametrize(
    ("token", "logprob", "counts"), [(4, -1.0, [2]), (7, -2.0, [2, 8]), (6, float("-inf"), [2, 8])]
)
def test_without_exact_logits_the_engines_list_is_searched(monkeypatch, token, logprob, counts):
    """First its beginning, as the whole list takes a second."""
    everything = [(5, -0.5), (4, -1.0), (7, -2.0)]
    asked = []

    async def listed(engine, slot, prompt, count):
        asked.append(count)
        return everything[:count], 0

    monkeypatch.setattr(recover, "_FIRST", 2)
    monkeypatch.setattr(recover, "next_logprobs", listed)
    engine = SimpleNamespace(vocabulary=VOCABULARY, slots=Slots())
    found = asyncio.run(raw_logprobs(engine, [7], 1, token))
    assert found == (logprob, [(5, -0.5)])
    assert asked == counts
