"""The model's own distribution of the next token, before any sampling."""

from samplers.local.engine.calls import Engine
from samplers.local.engine.slots import Slot


async def next_logprobs(
    engine: Engine, slot: Slot, prompt: list[int], count: int
) -> tuple[list[tuple[int, float]], int]:
    """The `count` most probable tokens after `prompt`, as (id, logprob); and the cached tokens.

    `slot` is one that the caller holds.
    """
    # The engine's answer has no logprobs where the drawn token ends inside a character. So the draw
    # is forced to a token that is whole text; the model's own logprobs do not change with it.
    answer, cached = await _forced(engine, slot, prompt, count, engine.vocabulary.ids[b"a"])
    return _listed(answer["completion_probabilities"][0]), cached


async def given_logprobs(
    engine: Engine, slot: Slot, prompt: list[int], count: int, token: int
) -> tuple[float, list[tuple[int, float]]] | None:
    """The logprob of `token` after `prompt`, and the `count` most probable tokens.

    None where the engine does not say it: for a token that ends inside a character.
    """
    answer, _ = await _forced(engine, slot, prompt, count, token)
    for entry in answer.get("completion_probabilities", ()):
        if entry["id"] == token:
            return entry["logprob"], _listed(entry)
    return None


async def _forced(
    engine: Engine, slot: Slot, prompt: list[int], count: int, token: int
) -> tuple[dict, int]:
    """The engine's answer of the one token, and the cached tokens of the prompt."""
    cached = await engine.read(slot, prompt)
    body = {
        "prompt": prompt,
        "id_slot": slot.id,
        "n_predict": 1,
        "n_probs": count,
        "post_sampling_probs": False,
        "samplers": [],
        "logit_bias": [(token, 1e6)],
        "grammar": "",
        "cache_prompt": True,
        "timings_per_token": True,
    }
    answer = await engine.complete(body)
    slot.tokens = prompt
    return answer, answer["timings"]["cache_n"] if cached is None else cached


def _listed(entry: dict) -> list[tuple[int, float]]:
    return [(each["id"], each["logprob"]) for each in entry["top_logprobs"]]
