"""`--extensions vllm` draws what vLLM's chain predicts: 2,002 draws, with eleven settings."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from vllm_settings import MESSAGES, SETTINGS, Setting, prediction_of

from samplers.compare import goodness_of_fit

DRAWS = 182  # with each setting
LEVEL = 1e-4
REFUTED = 1e-6
FAR = 0.2  # total variation, which so many draws cannot miss
PLAIN = {"frequency_penalty": 0.0, "presence_penalty": 0.0}
# What would be wrong, by the setting: (the engine whose rules it keeps to, params that it loses).
WRONG = {
    "cuts": ("llama.cpp", {}),  # its order
    "repetition": ("openai", {}),  # its penalty counts the answer alone
    "all penalties": ("vllm", PLAIN),
}


def drawn(extended_shallow, shallow_client, setting: Setting) -> Counter:
    """The first token of each of DRAWS answers, by its bytes as a Prediction names it."""
    begun = shallow_client.tokenize(setting.begun).ids if setting.begun else ()
    headers = {"x-samplers-continue": str(list(begun))}
    fields = {"max_tokens": 1, "logprobs": True, "return_tokens_as_token_ids": True}
    fields |= setting.fields
    names = shallow_client.next_token(MESSAGES, "all").bytes
    counts = Counter()
    for seed in range(0, DRAWS, 100):
        n = min(100, DRAWS - seed)
        answer = extended_shallow.chat(MESSAGES, headers, n=n, seed=seed, **fields)
        for choice in answer["choices"]:
            (place,) = choice["logprobs"]["content"]
            counts[names[int(place["token"].removeprefix("token_id:"))]] += 1
    return counts


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_is_drawn_as_predicted(extended_shallow, shallow_client, name):
    setting = SETTINGS[name]
    right = prediction_of(shallow_client, setting)
    counts = drawn(extended_shallow, shallow_client, setting)
    assert goodness_of_fit(right, counts).p_value > LEVEL

    if name in WRONG:
        engine, lost = WRONG[name]
        wrong = prediction_of(
            shallow_client, replace(setting, params=setting.params | lost), engine
        )
        assert np.abs(wrong.probs - right.probs).sum() / 2 > FAR
        assert goodness_of_fit(wrong, counts).p_value < REFUTED
