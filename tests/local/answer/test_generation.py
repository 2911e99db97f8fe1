"""An answer whose tokens the engine's events don't tell: they are asked for again, and the stream
goes on.
"""

import asyncio

import pytest

from samplers.local.answer.decode import Settings, tokens
from samplers.local.engine.vocabulary import Vocabulary
from samplers.local.request.chat import parse

# 😊 is f0 9f 98 8a: two ways to write it in three tokens
WORDS = Vocabulary(
    "", (b"a", b"\xf0", b"\x9f\x98", b"\xf0\x9f", b"\x98", b"\x8a", b"\n", b""), {7: "<end>"}
)
DRAWN = [0, 3, 4, 5, 0, 7]


class Engine:
    """Draws DRAWN, and leaves out of its events, as llama.cpp does, the tokens that end inside a
    character.
    """

    vocabulary, stop_ids = WORDS, frozenset([7])

    def __init__(self):
        self.bodies = []

    async def stream(self, body):
        for i, text in ((0, "a"), (3, "😊"), (4, "a"), (5, "")):
            told = {"id": DRAWN[i], "logprob": -float(i), "top_logprobs": []}
            yield {
                "content": text,
                "tokens": [DRAWN[i]],
                "tokens_predicted": i + 1,
                "completion_probabilities": [told],
            }

    async def complete(self, body):
        self.bodies.append(body)
        if body["n_predict"] == 1:  # a logprob that was not told
            listed = [{"id": i, "logprob": -10.0 - i} for i in range(8)]
            return {"completion_probabilities": [{"top_logprobs": listed}]}
        return {"tokens": DRAWN[: body["n_predict"]]}


@pytest.mark.parametrize(
    ("processed", "lost"), [(False, (-13.0, -14.0)), (True, (float("-inf"),) * 2)]
)
def test_what_the_events_leave_out_is_asked_for_again(processed, lost):
    request = parse(
        {"model": "m", "messages": [{"role": "user", "content": "x"}], "logprobs": True}, {}, 8
    )
    engine, settings = Engine(), Settings(processed=processed)

    async def drawn():
        return [token async for token in tokens(engine, settings, request, [0], 20, 1, grammar="g")]

    made = asyncio.run(drawn())
    assert [token.id for token in made] == DRAWN
    assert [token.logprob for token in made] == [0.0, *lost, -3.0, -4.0, -5.0]
    again = engine.bodies[0]
    # under its grammar, from its start
    assert (again["grammar"], again["n_predict"], again["prompt"]) == ("g", 8, [0])
    # raw logprobs: the model's, without the mask
    assert all(body["grammar"] == "" for body in engine.bodies[1:])


def test_a_grammar_that_the_engine_gave_up_ends_the_answer():
    class Lost(Engine):
        async def complete(self, body):
            return {"tokens": [6]}  # the guard

    request = parse({"model": "m", "messages": [{"role": "user", "content": "x"}]}, {}, 8)

    async def drawn():
        answer = tokens(Lost(), Settings(), request, [0], 1, 1, grammar="g")
        return [token async for token in answer]

    assert asyncio.run(drawn()) == []
