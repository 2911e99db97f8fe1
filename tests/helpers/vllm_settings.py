"""Requests with vLLM's parameters, and what an engine's chain makes of the model's own logits.

The settings are for the model of two layers: each of them changes much of what it draws.
"""

from dataclasses import dataclass, field

import numpy as np

from samplers import Chain, Distribution, SamplingParams
from samplers.api import Client
from samplers.compare import Prediction, predict

MESSAGES = [{"role": "user", "content": "What is the capital of France?"}]
TWICE = "The capital of the capital"  # " of" is in the prompt and in the answer
DONE = "The capital of France is Paris."  # where the whole model ends its turn
OF = 282  # " of"
LIKELIEST = 365  # " ("
NEWLINE = 198  # it is in the prompt
END = 2  # <|im_end|>


@dataclass(frozen=True)
class Setting:
    """`params` of a chain, `others` of vLLM's, after the answer's first tokens."""

    params: dict
    others: dict = field(default_factory=dict)
    begun: str = ""

    @property
    def fields(self) -> dict:
        """The fields of a request."""
        return self.params | self.others


SETTINGS = {
    "top_k": Setting({"temperature": 1.7, "top_k": 3}),
    "top_k -1": Setting({"temperature": 1.4}, {"top_k": -1}),
    "min_p": Setting({"temperature": 1.7, "min_p": 0.2}),
    "cuts": Setting({"temperature": 1.8, "top_k": 6, "min_p": 0.02, "top_p": 0.75}),
    "repetition": Setting({"temperature": 1.5, "repetition_penalty": 1.8}, begun=TWICE),
    "rewarded": Setting({"temperature": 1.5, "repetition_penalty": 0.9, "top_k": 4}),
    "bias": Setting(
        {
            "repetition_penalty": 1.4,
            "logit_bias": {LIKELIEST: -3.0, NEWLINE: 2.0},
            "top_p": 0.95,
            "min_p": 0.05,
        }
    ),
    "all penalties": Setting(
        {
            "temperature": 1.3,
            "repetition_penalty": 1.3,
            "frequency_penalty": 1.2,
            "presence_penalty": 0.6,
            "logit_bias": {OF: 12.0},
            "top_k": 4,
        },
        begun=TWICE,
    ),
    "min_tokens": Setting(
        {"temperature": 1.4, "min_p": 0.02, "logit_bias": {END: 56.0}}, {"min_tokens": 1}, DONE
    ),
    "all": Setting(
        {
            "temperature": 1.4,
            "top_k": 6,
            "min_p": 0.1,
            "repetition_penalty": 1.2,
            "top_p": 0.85,
            "logit_bias": {OF: 9.0},
        },
        {"min_tokens": 1, "stop_token_ids": [OF]},
        TWICE,
    ),
    "ignore_eos": Setting(
        {"temperature": 1.8, "top_k": 3, "logit_bias": {END: 54.0}}, {"ignore_eos": True}, DONE
    ),
}


def prediction_of(client: Client, setting: Setting, engine: str = "vllm") -> Prediction:
    """What `engine` draws next, by its chain; tokens that min_tokens bans have no probability."""
    begun = client.tokenize(setting.begun).ids if setting.begun else ()
    seen = client.next_token(MESSAGES, "all", after=begun)
    prompt = client.tokenize(MESSAGES).ids
    counts = Chain.for_engine(engine).counts(prompt, begun, len(seen))
    if setting.others.get("min_tokens"):
        banned = [*client.tokenize("a").stop_ids, *setting.others.get("stop_token_ids", ())]
        seen = _without(seen, banned)
    return predict(seen, SamplingParams(**setting.params), engine, counts)


def _without(seen: Distribution, tokens: list[int]) -> Distribution:
    logits = seen.logits.copy()
    logits[tokens] = -np.inf
    total = np.logaddexp.reduce(logits)
    return seen.with_logprobs(logits - total, total)
