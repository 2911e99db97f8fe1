"""Record transformers: its own choice and order of logits processors, run on the CPU."""

from types import SimpleNamespace

import torch
import transformers
from transformers import GenerationConfig
from transformers.generation.utils import GenerationMixin

ENGINE = "transformers"
VERSION = transformers.__version__
FUNCTIONS = [
    "transformers.generation.utils.GenerationMixin._get_logits_processor",
    "SequenceBiasLogitsProcessor, RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper, "
    "TopKLogitsWarper, TopPLogitsWarper, MinPLogitsWarper of "
    "transformers.generation.logits_process, as that method chooses them",
]


class _Decoder(GenerationMixin):
    """The smallest model that the method accepts: it is not an encoder-decoder."""

    config = SimpleNamespace(is_encoder_decoder=False)


def accepts(params: dict) -> bool:
    """transformers has no frequency or presence penalty."""
    return not (params.get("frequency_penalty") or params.get("presence_penalty"))


def record(case: dict) -> torch.Tensor:
    """Probabilities (V,) of one case."""
    params = case["params"]
    sampled = params.get("temperature", 1.0) > 0  # greedy is a switch of its own, not a temperature
    bias = params.get("logit_bias")
    config = GenerationConfig(
        do_sample=sampled,
        temperature=params.get("temperature", 1.0) if sampled else None,
        top_k=params.get("top_k", 0),  # always given, because its default is 50
        top_p=params.get("top_p", 1.0),
        min_p=params.get("min_p"),
        repetition_penalty=params.get("repetition_penalty", 1.0),
        sequence_bias={(int(token),): value for token, value in bias.items()} if bias else None,
    )
    ids = torch.tensor([case["prompt"] + case["output"] or [0]])
    chain = _Decoder()._get_logits_processor(config, ids.shape[1], model_kwargs={}, device="cpu")
    logits = chain(ids, torch.tensor([case["logits"]], dtype=torch.float32))[0]
    if not sampled:
        return torch.nn.functional.one_hot(logits.argmax(), logits.numel()).float()
    return logits.softmax(-1)
