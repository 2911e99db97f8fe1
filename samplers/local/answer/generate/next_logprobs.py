"""The model's own distribution of the next token, before any sampling."""

from samplers.local.engine.calls import Engine
from samplers.local.engine.slots import Slot


async def next_logprobs(
    engine: Engine, slot: Slot, prompt: list[int], count: int
) -> tuple[list[tuple[int, float]], int]:
    """The `count` most probable tokens after `prompt`, as (id, logprob); and the cached tokens.

    `slot` is one that the caller holds.
    """
    cached = await engine.read(slot, prompt)
    # The engine's answer has no logprobs where the drawn token ends inside a character. So the draw
    # is forced to a token that is whole text; the model's own logprobs do not change with it.
    forced = engine.vocabulary.ids[b"a"]
    body = {
        "prompt": prompt,
        "id_slot": slot.id,
        "n_predict": 1,
        "n_probs": count,
        "post_sampling_probs": False,
        "samplers": [],
        "logit_bias": [(forced, 1e6)],
        "grammar": "",
        "cache_prompt": True,
        "timings_per_token": True,
    }
    answer = await engine.complete(body)
    slot.tokens = prompt
    if cached is None:
        cached = answer["timings"]["cache_n"]
    entries = answer["completion_probabilities"][0]["top_logprobs"]
    return [(entry["id"], entry["logprob"]) for entry in entries], cached
