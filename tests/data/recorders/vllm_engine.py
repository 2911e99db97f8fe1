"""Record vLLM: its `Sampler`, logits processors and penalties, torch code on the CPU.

These are the torch functions of the V1 runner. The V2 runner has the same stages in the same order
as Triton kernels, which need a GPU; its top_k and top_p also fall back to the torch function
recorded here.
"""

from importlib.metadata import version
from types import SimpleNamespace

from . import stubs

stubs.only(
    "vllm",
    "vllm.envs",
    "vllm.sampling_params",
    "vllm.exceptions",
    "vllm._custom_ops",
    "vllm.model_executor.layers.utils",
    "vllm.v1.sample.sampler",
    "vllm.v1.sample.metadata",
    "vllm.v1.sample.logits_processor",
    "vllm.v1.sample.logits_processor.builtin",
    "vllm.v1.sample.logits_processor.interface",
    "vllm.v1.sample.logits_processor.state",
    "vllm.v1.sample.ops.penalties",
    "vllm.v1.sample.ops.topk_topp_sampler",
    "vllm.utils.torch_utils",
)

import torch  # noqa: E402
import vllm.utils.torch_utils  # noqa: E402

vllm.utils.torch_utils.direct_register_custom_op = stubs.Nothing()  # no kernel to register
vllm.utils.torch_utils.PIN_MEMORY = False

from vllm.sampling_params import SamplingParams  # noqa: E402
from vllm.v1.sample.logits_processor import LogitsProcessors  # noqa: E402
from vllm.v1.sample.logits_processor.builtin import (  # noqa: E402
    LogitBiasLogitsProcessor,
    MinPLogitsProcessor,
)
from vllm.v1.sample.logits_processor.interface import BatchUpdate  # noqa: E402
from vllm.v1.sample.metadata import SamplingMetadata  # noqa: E402
from vllm.v1.sample.sampler import Sampler  # noqa: E402

ENGINE = "vllm"
VERSION = version("vllm")
FUNCTIONS = [
    "vllm.sampling_params.SamplingParams.__post_init__",
    "vllm.v1.sample.sampler.Sampler.apply_logits_processors and .sample "
    "(logprobs_mode processed_logprobs)",
    "vllm.v1.sample.logits_processor.builtin.LogitBiasLogitsProcessor, MinPLogitsProcessor",
    "vllm.model_executor.layers.utils.apply_penalties",
    "vllm.v1.sample.ops.topk_topp_sampler.apply_top_k_top_p_pytorch",
]


def accepts(params: dict) -> bool:
    """vLLM requires 0 < top_p."""
    return params.get("top_p", 1.0) > 0


def record(case: dict) -> torch.Tensor:
    """Probabilities (V,) of one case."""
    params = SamplingParams.from_optional(**case["params"])
    V = len(case["logits"])
    greedy = params.temperature < 1e-5
    one = lambda value: torch.tensor([value], dtype=torch.float32)  # noqa: E731
    config = SimpleNamespace(scheduler_config=SimpleNamespace(max_num_seqs=1))
    processors = [
        kind(config, torch.device("cpu"), False)
        for kind in (LogitBiasLogitsProcessor, MinPLogitsProcessor)
    ]
    for processor in processors:
        added = [(0, params, case["prompt"], case["output"])]
        processor.update_state(BatchUpdate(batch_size=1, removed=[], added=added, moved=[]))
    k = params.top_k if 0 < params.top_k < V else V
    meta = SamplingMetadata(
        temperature=one(params.temperature),
        all_greedy=greedy,
        all_random=not greedy,
        top_p=one(params.top_p) if params.top_p < 1 else None,
        top_k=torch.tensor([k]) if k < V else None,
        generators={},
        max_num_logprobs=V,
        no_penalties=(params.frequency_penalty, params.presence_penalty, params.repetition_penalty)
        == (0, 0, 1),
        prompt_token_ids=torch.tensor([case["prompt"]], dtype=torch.int64),
        frequency_penalties=one(params.frequency_penalty),
        presence_penalties=one(params.presence_penalty),
        repetition_penalties=one(params.repetition_penalty),
        output_token_ids=[case["output"]],
        allowed_token_ids_mask=None,
        bad_words_token_ids={},
        logitsprocs=LogitsProcessors(processors),
    )
    sampler = Sampler(logprobs_mode="processed_logprobs")
    logits = torch.tensor([case["logits"]], dtype=torch.float32)
    logits = sampler.apply_logits_processors(logits, meta, predict_bonus_token=False)
    sampled, logprobs = sampler.sample(logits, meta)
    if greedy:  # then it reports the untruncated distribution, but takes the argmax
        return torch.nn.functional.one_hot(sampled[0], V).float()
    return logprobs[0].exp()
