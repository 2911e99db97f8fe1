"""What one slot has read, another one has without reading."""

import asyncio

import pytest
from logit_rows import TEXT

from samplers.local.engine import saved_prompts, weights
from samplers.local.engine.calls import Engine
from samplers.local.engine.gguf import read_vocabulary
from samplers.local.engine.loading import load
from samplers.local.engine.saved_prompts import LONGEST, MOST, SavedPrompts
from samplers.local.engine.server import NO_SOCKETS
from samplers.local.engine.slots import FEW, SLICE, Slot

PROMPT = TEXT[:80]


@pytest.mark.skipif(NO_SOCKETS, reason="Unix sockets, whose folder has the files")
def test_two_slots_have_the_same_cache_to_the_bit():
    async def run():
        path = weights.ensure()
        engine = await load(path, read_vocabulary(path), None, verbose=False)
        work = count_work(engine)
        first, second = Slot(0), Slot(1)
        assert await engine.read(first, PROMPT) == 0
        assert await engine.read(second, PROMPT) is None  # there was nothing to read
        assert second.tokens == first.tokens
        answers = [await after(engine, slot) for slot in (first, second)]
        # one of them has read the prompt; for an answer the engine reads the last token anew
        assert work == [SLICE, len(PROMPT) - SLICE, 1, 1]
        return answers

    first, second = asyncio.run(run())
    assert first == second


def count_work(engine: Engine) -> list[int]:
    """The engine's own count of the tokens that it reads, for each call from now on."""
    work = []
    complete = engine.complete

    async def counted(body: dict) -> dict:
        answer = await complete(body)
        work.append(answer["timings"]["prompt_n"])
        return answer

    engine.complete = counted
    return work


async def after(engine: Engine, slot: Slot) -> list[dict]:
    """The engine's logprobs after PROMPT. All but what `read` leaves must be cached."""
    body = {"prompt": PROMPT, "id_slot": slot.id, "n_predict": 1, "n_probs": 50, "samplers": []}
    answer = await engine.complete(body | {"timings_per_token": True})
    assert answer["timings"]["cache_n"] >= len(PROMPT) - FEW
    return answer["completion_probabilities"][0]["top_logprobs"]


class Calls(list):
    """Notes the calls; `works` is what they tell."""

    works = True

    async def __call__(self, path, body):
        self.append((path, body["filename"]))
        return self.works


@pytest.fixture
def calls():
    return Calls()


def with_tokens(tokens: list[int]) -> Slot:
    slot = Slot(3)
    slot.tokens = list(tokens)
    return slot


def test_a_slot_that_has_nearly_as_much_loads_nothing(tmp_path, calls):
    async def run():
        saved = SavedPrompts(tmp_path, calls)
        await saved.save(with_tokens(PROMPT))
        slot = with_tokens(PROMPT[:-FEW])
        await saved.load_into(slot, PROMPT)
        assert len(slot.tokens) == len(PROMPT) - FEW
        slot = with_tokens(PROMPT[: -FEW - 1])
        await saved.load_into(slot, PROMPT)
        assert slot.tokens == PROMPT

    asyncio.run(run())
    assert calls == [("/slots/3?action=save", "prompt-0"), ("/slots/3?action=restore", "prompt-0")]


def test_a_file_that_cannot_be_loaded_is_forgotten(tmp_path, calls):
    async def run():
        saved = SavedPrompts(tmp_path, calls)
        await saved.save(with_tokens(PROMPT))
        calls.works = False
        slot = with_tokens(PROMPT[:5])
        await saved.load_into(slot, PROMPT)
        assert slot.tokens == []  # what the engine has there is not known
        await saved.load_into(slot, PROMPT)

    asyncio.run(run())
    assert len(calls) == 2


def test_nothing_is_saved_where_it_cannot_be(tmp_path, calls):
    async def run(folder):
        saved = SavedPrompts(folder, calls)
        await saved.save(with_tokens(PROMPT))
        await saved.load_into(with_tokens([]), PROMPT)

    asyncio.run(run(None))
    assert calls == []
    calls.works = False  # the disk is full
    asyncio.run(run(tmp_path))
    assert len(calls) == 1


def test_a_longer_beginning_takes_the_place_of_a_shorter_one(tmp_path, calls):
    async def run():
        saved = SavedPrompts(tmp_path, calls)
        for number, size in enumerate((SLICE, len(PROMPT))):
            (tmp_path / f"prompt-{number}").touch()  # as the engine does
            await saved.save(with_tokens(PROMPT[:size]))

    asyncio.run(run())
    assert [path.name for path in tmp_path.iterdir()] == ["prompt-1"]


def test_the_files_are_bounded(tmp_path, calls, monkeypatch):
    monkeypatch.setattr(saved_prompts, "MOST", 3 * SLICE)

    async def run():
        saved = SavedPrompts(tmp_path, calls)
        for first in range(5):
            (tmp_path / f"prompt-{first}").touch()  # as the engine does
            await saved.save(with_tokens([first] * SLICE))
        await saved.save(with_tokens([9] * (LONGEST + 1)))

    asyncio.run(run())
    assert {path.name for path in tmp_path.iterdir()} == {"prompt-2", "prompt-3", "prompt-4"}
    assert LONGEST <= MOST
