"""How many choices of a job run side by side."""

import asyncio
from types import SimpleNamespace

import pytest

from samplers.local.answer.generate import choices
from samplers.local.answer.generate.choice import End
from samplers.local.engine.slots import SLOTS, Slots
from samplers.local.request.job import Choice


@pytest.mark.parametrize(("background", "at_once"), [(False, SLOTS - 1), (True, 1)])
def test_what_nobody_waits_for_leaves_room(monkeypatch, background, at_once):
    """Two lines of a batch are at work at a time, and there is a slot for every kind of answer."""
    running = 0
    most = 0

    async def generate(job, choice, slot):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        yield End("stop", 1, 0, 0)

    monkeypatch.setattr(choices, "generate", generate)
    slots = Slots()
    job = SimpleNamespace(
        model=SimpleNamespace(engine=SimpleNamespace(slots=slots)),
        slot=lambda *wanted: slots.hold([1], *wanted, background),
        request=SimpleNamespace(top_logprobs=None),
        prompt=[1],
        limit=1000,
        background=background,
    )

    async def run() -> int:
        all_choices = [Choice(i, i, False, None, ()) for i in range(10)]
        return len([event async for event in choices.generate_all(job, all_choices)])

    assert asyncio.run(run()) == 10
    assert most == at_once
