"""`tool_choice: "auto"`: whether an answer is a function call or text, by the model's own
probabilities.

One look at the first token's distribution tells the probability that the model begins a call.
Models of this size hardly ever do, so the odds are multiplied by exp(LEANING), a constant of ours
and the only thumb on the scale. Then each choice draws: at temperature T the odds are raised to
1/T, at 0 the more probable side wins. What was chosen is then made: calls under their grammar, text
as without tools.
"""

import random
from math import exp, log

from samplers.local.answer.decode import GREEDY_BELOW, seed_for
from samplers.local.engine.grammar import OPENING
from samplers.local.engine.llama_cpp import Engine

# nats, so odds times 55: with the example of samplers.local.request.tool_text, 0.15 becomes 0.9
LEANING = 4.0
_LISTED = 500  # tokens looked at, most probable first


async def call_log_odds(engine: Engine, prompt: list[int]) -> tuple[float, int]:
    """The log-odds of a call against text as the answer to `prompt`, with LEANING; and the prompt's
    cached tokens.
    """
    # drawn by force: a token that is not whole text would not be told of
    plain = engine.vocabulary.ids[b"a"]
    body = {
        "prompt": prompt,
        "n_predict": 1,
        "n_probs": _LISTED,
        "samplers": [],
        "logit_bias": [(plain, 1e6)],
    }
    async with engine.slots:
        answer = await engine.complete(body | {"cache_prompt": True, "timings_per_token": True})
    opening = OPENING.encode()
    begins = {
        i
        for size in range(1, len(opening) + 1)
        if (i := engine.vocabulary.ids.get(opening[:size], -1)) >= 0
    }
    told = answer["completion_probabilities"][0]["top_logprobs"]
    call = min(
        max(sum(exp(item["logprob"]) for item in told if item["id"] in begins), 1e-12), 1 - 1e-12
    )
    return log(call) - log(1 - call) + LEANING, answer["timings"]["cache_n"]


def draw(log_odds: float, temperature: float, seed: int) -> bool:
    """Whether the choice with this seed is a call."""
    if temperature < GREEDY_BELOW:
        return log_odds > 0
    share = 1 / (1 + exp(min(-log_odds / temperature, 700)))
    return random.Random(seed_for(seed, -1)).random() < share
