"""The process that tries grammars: what it says, and what it survives."""

import asyncio
import sys

import pytest
from example_schemas import an_object

from samplers.local.engine.grammars import trials as trials_module
from samplers.local.engine.grammars.grammar import of_schema
from samplers.local.engine.grammars.trials import TOO_COSTLY, Trials
from samplers.local.engine.remember import LONGEST
from samplers.local.engine.vocabulary import Vocabulary

VOCABULARY = Vocabulary("", (*(bytes([i]) for i in range(256)), b""), {256: "<end>"})
GOOD = of_schema(an_object(a={"type": "string"}))
EMPTY = of_schema({"type": "string", "minLength": 5, "maxLength": 3})
# far beyond the bounds of samplers.local.request.schemas.cost
DEAR = of_schema(an_object(a={"type": "integer", "multipleOf": 3000017}))
# the engine looks at all properties that may come first at once, but only after the brace
GIVEN_UP = of_schema({"type": "object", "properties": {f"p{i}": {} for i in range(700)}})


def tried(*grammars: str) -> list[str | None]:
    async def run():
        trials = Trials(VOCABULARY, 256)
        return [await trials.fault(grammar) for grammar in grammars]

    return asyncio.run(run())


def test_a_grammar_is_fine_or_it_is_said_why_not():
    fine, empty, given_up = tried(GOOD, EMPTY, GIVEN_UP)
    assert fine is None
    assert empty == "Unsatisfiable schema: minLength (5) is greater than maxLength (3)"
    assert given_up.startswith("Current row has")  # in the middle of a text


def test_the_tokens_that_may_come_next():
    grammar = of_schema({"type": "string", "pattern": "^[a-c]{2}$"})

    async def run():
        trials = Trials(VOCABULARY, 256)
        assert await trials.allowed(grammar, "x", []) == ("34-34", False)
        assert await trials.allowed(grammar, "x", [34, 97]) == ("97-99", False)
        assert await trials.allowed(grammar, "y", [34]) == ("97-99", False)
        # each answer has a state of its own, and one that is lost is made anew
        trials._process.kill()
        await trials._process.wait()
        assert await trials.allowed(grammar, "x", [34, 97, 98]) == ("34-34", False)
        assert await trials.allowed(grammar, "x", [34, 97, 98, 34]) == ("", True)
        with pytest.raises(ValueError, match=r"."):
            await trials.allowed(grammar, "x", [34, 35])

    asyncio.run(run())


def test_verdicts_of_long_grammars_are_not_kept():
    long = of_schema(an_object(a={"enum": ["a" * LONGEST]}))

    async def run():
        trials = Trials(VOCABULARY, 256)
        assert await trials.fault(long) is None
        assert await trials.fault(GOOD) is None
        return trials._faults

    assert asyncio.run(run()) == {GOOD: None}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of CPU time")
def test_a_dear_grammar_ends_the_process_and_the_next_one_starts_anew():
    assert tried(DEAR, GOOD, DEAR) == [TOO_COSTLY, None, TOO_COSTLY]


def test_a_crash_is_no_crash_of_the_endpoint():
    async def run():
        trials = Trials(VOCABULARY, 256)
        assert await trials.fault(GOOD) is None
        trials._process.kill()
        await trials._process.wait()
        assert await trials.fault(EMPTY) is not None

    asyncio.run(run())


def test_a_verdict_is_remembered_but_not_that_of_a_busy_machine(monkeypatch):
    async def run():
        trials = Trials(VOCABULARY, 256)
        await trials.fault(GOOD)
        monkeypatch.setattr(trials_module, "WALL_SECONDS", 0)
        assert await trials.fault(GOOD) is None
        assert await trials.fault(EMPTY) == TOO_COSTLY
        monkeypatch.undo()
        assert await trials.fault(EMPTY) != TOO_COSTLY

    asyncio.run(run())


def test_the_answer_to_a_cancelled_question_reaches_nobody():
    async def run():
        trials = Trials(VOCABULARY, 256)
        await trials.fault(GOOD)
        question = asyncio.create_task(trials.fault(EMPTY))
        while not trials._lock.locked():
            await asyncio.sleep(0)
        question.cancel()
        await asyncio.gather(question, return_exceptions=True)
        other = of_schema(an_object(b={"type": "null"}))
        assert await trials.fault(other) is None

    asyncio.run(run())


def test_the_process_ends_when_its_input_does():
    async def run():
        trials = Trials(VOCABULARY, 256)
        await trials.fault(GOOD)
        trials._process.stdin.close()
        assert await asyncio.wait_for(trials._process.wait(), 20) == 0

    asyncio.run(run())
