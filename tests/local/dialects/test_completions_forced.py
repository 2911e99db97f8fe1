"""POST /v1/completions where llama.cpp's C interface is missing: the same by another way."""

import asyncio
from dataclasses import replace

import pytest
from completion_door import ARRAYS, NORWAY

from samplers.local import start
from samplers.local.dialects.completions.answer import whole
from samplers.local.dialects.completions.jobs import Completion, parsed, prepare
from samplers.local.engine.logits.reader import Logits
from samplers.local.engine.model import Settings

SCORED = {"model": start.MODEL_ID, "echo": True, "logprobs": 5, "temperature": 0}


@pytest.fixture(scope="module")
def both():
    """A function: a body's answer with the C interface, and the one without it."""
    with asyncio.Runner() as runner:
        exact = runner.run(start.model(Settings()))
        if runner.run(exact.logits.why_not()):
            pytest.skip("no exact logits here")
        without = Logits()
        without.why = "it is missing"

        async def ask(model, body: dict) -> dict:
            asked = await parsed((model,), SCORED | body, is_long=False)
            completion = Completion(asked, await prepare((model,), asked))
            return await whole(completion, lambda usage: None)

        def answers(**body) -> list[dict]:
            models = (exact, replace(exact, logits=without))
            return [runner.run(ask(model, body)) for model in models]

        yield answers
        exact.logits.close()


@pytest.mark.parametrize(
    "prompt", [NORWAY, "今日は", [[1, 9690, 198, 2, 198, 1]], [NORWAY, [2, 0, 40000]]]
)
def test_the_prompts_tokens_are_forced_one_by_one(both, prompt):
    right, forced = both(prompt=prompt, max_tokens=1)
    assert right["usage"]["total_tokens"] == forced["usage"]["total_tokens"]
    for choice, other in zip(right["choices"], forced["choices"], strict=True):
        assert (other["text"], other["finish_reason"]) == (choice["text"], choice["finish_reason"])
        for name in ("tokens", "text_offset"):
            assert other["logprobs"][name] == choice["logprobs"][name]
        logprobs = choice["logprobs"]["token_logprobs"]
        assert other["logprobs"]["token_logprobs"][0] is None
        assert other["logprobs"]["token_logprobs"][1:] == pytest.approx(logprobs[1:], abs=2e-3)
        for top, right_top in zip(
            other["logprobs"]["top_logprobs"][1:],
            choice["logprobs"]["top_logprobs"][1:],
            strict=True,
        ):
            values = sorted(top.values())
            assert values == pytest.approx(sorted(right_top.values()), abs=2e-3)


def test_no_logprobs_beside_the_drawn_ones(both):
    for body in both(prompt=NORWAY, max_tokens=0, logprobs=0):
        arrays = body["choices"][0]["logprobs"]
        assert {len(arrays[name]) for name in ARRAYS} == {6}
        assert all(len(top) == 1 for top in arrays["top_logprobs"][1:])
