"""How an answer is written in Anthropic's form, where the real model would take long to get there.

An engine says what it is told to. Everything else is the endpoint's own.
"""

import asyncio
from dataclasses import replace

import pytest
from anthropic_door import joined

from samplers.local.answer import chat_fields
from samplers.local.answer.generate.choice import End
from samplers.local.dialects.anthropic.events import events
from samplers.local.dialects.anthropic.message import message
from samplers.local.dialects.anthropic.usage import cache_creation, input_tokens
from samplers.local.engine.model import ServedModel, Settings
from samplers.local.engine.slots import Slots
from samplers.local.engine.vocabulary import Vocabulary
from samplers.local.request.chat import parse
from samplers.local.request.job import Job

TOKENS = (b"\n", b" ", b"a", b"b", b"", b'[{"name":"f","arguments":{"n":', b"1e400", b"}}]")
END = 4
BODY = {"model": "m", "messages": [{"role": "user", "content": "x"}], "max_tokens": 9}


class Engine:
    """Draws the tokens that it is given."""

    vocabulary = Vocabulary("", TOKENS, {END: "<end>"})
    stop_ids = frozenset([END])
    context = 100

    def __init__(self, *drawn: int):
        self.slots = Slots()
        self.drawn = list(drawn)

    async def read(self, slot, prompt):
        return 0

    async def complete(self, body):
        return {"tokens": self.drawn[: body["n_predict"]]}


def job_of(*drawn: int, limit: int = 9, **fields) -> Job:
    model = ServedModel(Engine(*drawn), None, Settings(), "m", "fp", 0)
    request = replace(parse(BODY, {}, len(TOKENS)), **fields)
    return Job(model, request, [0], limit, 1, None, None)


def both(job: Job) -> list[dict]:
    """The whole answer, and what its events add up to."""
    settled = []

    async def run():
        whole = await message(job, settled.append)
        streamed = [event async for event in events(job, settled.append)]
        return whole, [event for event in streamed if event["type"] != "ping"]

    whole, streamed = asyncio.run(run())
    assert settled[0] == settled[1]
    del whole["usage"]["cache_creation"]  # which a stream does not have
    return [whole, joined(streamed)]


@pytest.mark.parametrize(
    ("drawn", "content"),
    [
        ([END], []),
        ([0, 1, 1, END], []),
        ([0, 1, 2, 1, END], [{"type": "text", "text": "\n a "}]),
    ],
)
def test_no_block_has_only_blanks(drawn, content):
    for answer in both(job_of(*drawn)):
        assert answer["content"] == content
        assert answer["stop_reason"] == "end_turn"
        assert answer["usage"]["output_tokens"] == len(drawn)


def test_where_the_context_ends():
    for limit, reason in ((3, "model_context_window_exceeded"), (9, "max_tokens")):
        for answer in both(job_of(*[2] * 9, limit=limit)):
            assert answer["stop_reason"] == reason
            assert answer["content"] == [{"type": "text", "text": "a" * limit}]


def test_a_simulated_filter_is_a_refusal():
    for answer in both(replace(job_of(2, 2, END), filtered=True)):
        assert answer["stop_reason"] == "refusal"
        assert answer["stop_details"]["type"] == "refusal"


@pytest.mark.parametrize(
    ("cached", "ttl", "counts"),
    [
        (0, None, (1500, 0, 0)),
        (1400, None, (1500, 0, 0)),
        (0, "5m", (0, 1500, 0)),
        (1400, "1h", (0, 100, 1400)),
        (1000, "5m", (0, 1500, 0)),  # too few to be cached
    ],
)
def test_what_was_cached(cached, ttl, counts):
    job = replace(job_of(cache_ttl=ttl), prompt=[0] * 1500)
    usage = chat_fields.usage(job, [End("stop", 1, cached, 0)], None)
    told = input_tokens(job, usage)
    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    assert tuple(told[name] for name in names) == counts
    assert sum(told.values()) == 1500
    kept = cache_creation(job, counts[1])
    assert sum(kept.values()) == counts[1]
    assert kept[f"ephemeral_{ttl or '5m'}_input_tokens"] == counts[1]


def test_a_short_prompt_is_not_cached():
    job = job_of(cache_ttl="5m")
    usage = chat_fields.usage(job, [End("stop", 1, 0, 0)], None)
    assert input_tokens(job, usage)["input_tokens"] == 1
