"""A generation whose tokens the engine's events leave out: they are asked for again."""

import asyncio

import pytest

from samplers.local.answer.generate.generation import Generation, Token
from samplers.local.engine.logits.reader import Logits
from samplers.local.engine.model import ServedModel, Settings
from samplers.local.engine.slots import Slots
from samplers.local.engine.vocabulary import Vocabulary
from samplers.local.request.chat import parse
from samplers.local.request.errors import ApiError
from samplers.local.request.job import Job

# 😊 is f0 9f 98 8a: there are two ways to write it in three tokens
VOCABULARY = Vocabulary(
    "", (b'"', b"\xf0", b"\x9f\x98", b"\xf0\x9f", b"\x98", b"\x8a", b"\n", b"", b"a"), {7: "<end>"}
)
DRAWN = [0, 3, 4, 5, 0, 7]
BODY = {"model": "m", "messages": [{"role": "user", "content": "x"}]}


class Engine:
    """Draws DRAWN. As llama.cpp does, its events leave out tokens that end inside a character."""

    vocabulary = VOCABULARY
    stop_ids = frozenset([7])

    def __init__(self):
        self.bodies = []
        self.slots = Slots()

    async def read(self, slot, prompt):
        return 0

    async def stream(self, body):
        for i, text in ((0, '"'), (3, "😊"), (4, '"'), (5, "")):
            entry = {"id": DRAWN[i], "logprob": -float(i), "top_logprobs": []}
            yield {
                "content": text,
                "tokens": [DRAWN[i]],
                "tokens_predicted": i + 1,
                "completion_probabilities": [entry],
            }

    async def complete(self, body):
        self.bodies.append(body)
        if body["n_predict"] == 1:  # for a logprob that no event had
            entries = [{"id": i, "logprob": -10.0 - i} for i in range(8)]
            return {"completion_probabilities": [{"top_logprobs": entries}]}
        return {"tokens": DRAWN[: body["n_predict"]]}


class GivesUp(Engine):
    """Loses its grammar, and so draws the guard."""

    async def complete(self, body):
        return {"tokens": [6]}


def generated(engine: Engine, limit: int, processed: bool = False, **fields) -> list[Token]:
    """All tokens of a choice under the grammar "g"."""
    model = ServedModel(engine, Logits(), Settings(processed=processed), "m", "fp", 0)
    job = Job(model, parse(BODY | fields, {}, 8), [0], limit, 1, "g", None)

    async def tokens():
        async with engine.slots.hold(job.prompt, limit) as slot:
            generation = Generation(job, job.choice(0, calls=False), slot)
            return [token async for token in generation.tokens()]

    return asyncio.run(tokens())


@pytest.mark.parametrize(
    ("processed", "lost"), [(False, (-13.0, -14.0)), (True, (float("-inf"),) * 2)]
)
def test_what_the_events_leave_out_is_asked_for_again(processed, lost):
    engine = Engine()
    tokens = generated(engine, 20, processed, logprobs=True)
    assert [token.id for token in tokens] == DRAWN
    assert [token.logprob for token in tokens] == [0.0, *lost, -3.0, -4.0, -5.0]

    again = engine.bodies[0]
    # under its grammar, from its start
    assert (again["grammar"], again["n_predict"], again["prompt"]) == ("g", 8, [0])
    # raw logprobs are the model's, without the mask
    assert all(body["grammar"] == "" for body in engine.bodies[1:])


class Stops(Engine):
    """Ends its turn in the middle of a text, as it does when it gives a grammar up."""

    async def complete(self, body):
        return {"tokens": [0, 7]}


@pytest.mark.parametrize(("engine", "limit"), [(GivesUp(), 1), (GivesUp(), 5), (Stops(), 5)])
def test_a_grammar_that_the_engine_gave_up_is_an_error(engine, limit):
    with pytest.raises(ApiError) as caught:
        generated(engine, limit)
    error = caught.value.body["error"]
    assert (caught.value.status, error["code"]) == (500, "grammar_given_up")
    assert error["type"] == "server_error"
