"""The exact way is used only after a trial in another process, and a failure does no harm."""

import asyncio
from functools import partial

import numpy as np
import pytest

from samplers.local.engine import child, weights
from samplers.local.engine.logits import start as logits_start
from samplers.local.engine.logits import trial
from samplers.local.engine.logits.library import Unavailable
from samplers.local.engine.logits.reader import STILL_TRYING, Logits


@pytest.fixture
def tries(monkeypatch):
    """The files that were tried. `tries.result` is what a trial in another process gives."""

    class Tries(list):
        result = None

        def try_file(self, module, path, seconds):
            self.append(path)
            if isinstance(self.result, Exception):
                raise self.result
            return self.result

    tries = Tries()
    monkeypatch.setattr(child, "try_file", tries.try_file)
    return tries


def test_a_file_is_tried_once(tmp_path, tries):
    path = weights.ensure()
    assert not trial.has_passed(tmp_path, path)
    assert trial.tried(tmp_path, path) == ""
    assert trial.tried(tmp_path, path) == ""
    assert tries == [path]
    assert trial.has_passed(tmp_path, path)


@pytest.mark.parametrize(
    ("result", "why"),
    [
        ("the engine ended with SIGSEGV", "the engine ended with SIGSEGV"),
        (TimeoutError(), "the trial of the exact way took too long"),
    ],
)
def test_a_failure_is_no_crash(tmp_path, tries, result, why):
    """The endpoint says why, and goes on without exact logits."""
    tries.result = result
    logits = Logits()
    assert logits.why == STILL_TRYING
    asyncio.run(logits_start.make_ready(logits, weights.ensure(), tmp_path, 49152))
    assert logits.why == why
    assert not trial.has_passed(tmp_path, weights.ensure())


def test_a_file_that_passed_is_used(tmp_path, tries):
    logits = Logits()
    asyncio.run(logits_start.make_ready(logits, weights.ensure(), tmp_path, 49152))
    assert logits.why == ""
    logits.close()


@pytest.mark.parametrize("why", ["", "there is no memory left"])
def test_who_asks_first_has_the_model_loaded_and_waits(context, why):
    """Only where a trial has passed. Nobody who gives up stops the loading."""

    async def run() -> None:
        logits = Logits()
        go_on = asyncio.Event()
        begun = []

        async def load() -> None:
            begun.append("once")
            await go_on.wait()
            logits.why = why
            if not why:
                logits.use(context)

        logits.start_when_asked(load)
        await asyncio.sleep(0)
        assert logits.why == ""  # what the header says
        assert begun == []
        impatient, patient = (asyncio.create_task(logits.why_not()) for _ in range(2))
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.wait({impatient})
        assert not patient.done()
        go_on.set()
        assert await patient == why
        assert begun == ["once"]

        still = Logits()
        still.start_soon(partial(asyncio.sleep, 0))
        assert await still.why_not() == STILL_TRYING

    asyncio.run(run())


def test_another_vocabulary(tmp_path, tries):
    logits = Logits()
    asyncio.run(logits_start.make_ready(logits, weights.ensure(), tmp_path, 49153))
    assert "another vocabulary" in logits.why


def test_other_numbers_than_the_servers():
    logits = np.zeros(8, np.float32)
    trial._check(np.full(8, 1 / 8), logits, 5)
    for wrong in (np.roll(np.arange(8.0), 1), np.full(8, np.nan)):
        with pytest.raises((Unavailable, RuntimeError)):
            trial._check(np.full(8, 1 / 8), np.float32(wrong), 5)
