"""An endpoint with more slots than one learner needs: it serves them at once, and exactly."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from samplers.local import start as starting
from samplers.local.engine.model import Settings
from samplers.local.engine.slots import SLOTS
from samplers.local.room import memory

COUNT = 12
STORY = [{"role": "user", "content": "Tell a story about cats."}]
# Answers that would take minutes: the tokens that end the turn are banned.
ENDLESS = {"max_tokens": 3500, "logit_bias": {0: -100, 2: -100, 4: -100}, "stream": True}


def opened(endpoint, stack: ExitStack, seed: int):
    """A stream of an endless answer, as its lines, of which the first text has come."""
    client = stack.enter_context(endpoint.client())
    body = endpoint.body(STORY, seed=seed, **ENDLESS)
    response = stack.enter_context(client.stream("POST", "/chat/completions", json=body))
    lines = (line.removeprefix("data: ") for line in response.iter_lines() if line)
    deltas = (json.loads(line)["choices"][0]["delta"] for line in lines)
    assert next(delta for delta in deltas if delta.get("content"))
    return deltas


def test_it_serves_as_many_as_it_says_at_once_and_exactly(start):
    """Beside them a short answer has its own slot, and its seed repeats it to the bit."""
    endpoint = start("--slots", str(COUNT))
    assert endpoint.slots == COUNT

    def answer(seed: int) -> list[tuple[str, float]]:
        fields = {"seed": seed, "max_tokens": 6, "logprobs": True}
        tokens = endpoint.choice(STORY, **fields)["logprobs"]["content"]
        return [(token["token"], token["logprob"]) for token in tokens]

    alone = [answer(seed) for seed in (1, 2)]
    with ExitStack() as stack:
        streams = [opened(endpoint, stack, seed) for seed in range(COUNT)]
        with ThreadPoolExecutor(2) as two:
            assert list(two.map(answer, (1, 2))) == alone
        assert all(next(deltas) is not None for deltas in streams)  # none has ended


def test_the_default_is_named(endpoint):
    assert endpoint.slots == SLOTS


def test_more_than_fits_does_not_start(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: memory.memory(SLOTS + 1))
    with pytest.raises(starting.PROBLEMS, match=r"^40 slots need .*--slots 5 fits$"):
        asyncio.run(starting.model(Settings(), slots=40))
