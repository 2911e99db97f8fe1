"""Record SGLang: its `SamplingBatchInfo`, penalizers and `Sampler.forward`, torch code on the CPU.

The sampling backend is "pytorch", SGLang's fallback where FlashInfer is not installed. FlashInfer's
kernels need a GPU and are not recorded. The penalties are accumulated as in the (default) overlap
mode.
"""

from importlib.metadata import version
from types import SimpleNamespace

from . import stubs

stubs.only(
    "sglang",
    "sglang.srt.layers.sampler",
    "sglang.srt.sampling.sampling_batch_info",
    "sglang.srt.sampling.sampling_params",
    "sglang.srt.sampling.penaltylib",
    "sglang.srt.sampling.penaltylib.orchestrator",
    "sglang.srt.sampling.penaltylib.frequency_penalty",
    "sglang.srt.sampling.penaltylib.presence_penalty",
    "sglang.srt.sampling.penaltylib.repetition_penalty",
    "sglang.srt.sampling.penaltylib.min_new_tokens",
)

import sglang.srt.managers.schedule_batch  # noqa: E402
import sglang.srt.utils  # noqa: E402
import sglang.srt.utils.common  # noqa: E402
import torch  # noqa: E402


class ScheduleBatch:
    """The engine's batch as far as sampling needs it: the requests and a device."""

    def __init__(self, reqs):
        self.reqs = reqs
        self.device = "cpu"


sglang.srt.managers.schedule_batch.ScheduleBatch = ScheduleBatch
sglang.srt.utils.common.is_pin_memory_available = lambda device: False
sglang.srt.utils.get_compiler_backend = lambda: "eager"

import sglang.srt.layers.sampler as sampler_module  # noqa: E402
import sglang.srt.sampling.sampling_batch_info as sampling_batch_info  # noqa: E402
from sglang.srt.sampling.sampling_batch_info import SamplingBatchInfo  # noqa: E402
from sglang.srt.sampling.sampling_params import SamplingParams  # noqa: E402

ENGINE = "sglang"
VERSION = version("sglang")
FUNCTIONS = [
    "sglang.srt.sampling.sampling_params.SamplingParams.__post_init__",
    "sglang.srt.sampling.sampling_batch_info.SamplingBatchInfo.from_schedule_batch, "
    ".copy_for_forward, .apply_logits_bias",
    "sglang.srt.sampling.penaltylib (orchestrator; frequency, presence and repetition penalizers)",
    "sglang.srt.layers.sampler.Sampler.forward, top_k_top_p_min_p_sampling_from_probs_torch",
]

_running = SimpleNamespace(  # the settings that a running server has
    deterministic=SimpleNamespace(enable_deterministic_inference=False, rl_on_policy_target=None),
    kernel=SimpleNamespace(sampling_backend="pytorch"),
    features=SimpleNamespace(
        enable_custom_logit_processor=False,
        enable_watermark=False,
        sampling_mask_max_tokens=1 << 20,
    ),
)
sampler_module.get_exec = sampling_batch_info.get_exec = lambda: _running
# elsewhere it is a Triton kernel
sampler_module.sampler_softmax = lambda logits: torch.softmax(logits, dim=-1)


def accepts(params: dict) -> bool:
    """SGLang requires 0 < top_p and 0 < repetition_penalty <= 2."""
    return params.get("top_p", 1.0) > 0 and params.get("repetition_penalty", 1.0) <= 2


def record(case: dict) -> torch.Tensor:
    """Probabilities (V,) of one case."""
    params = SamplingParams(**case["params"])
    if params.top_k == 0:
        params.top_k = sampler_module.TOP_K_ALL  # 0 is our "off"; SGLang's is -1
    V = len(case["logits"])
    request = SimpleNamespace(
        sampling_params=params,
        return_sampling_mask=True,
        sampling_logprobs_mode=None,
        custom_logit_processor=None,
    )
    batch = ScheduleBatch([request])
    info = SamplingBatchInfo.from_schedule_batch(batch, V)
    for token in case["output"]:
        info.penalizer_orchestrator.cumulate_output_tokens(torch.tensor([token]))
    info = info.copy_for_forward()
    info.sampling_mask_batch_indices = torch.tensor([0])
    logits = torch.tensor([case["logits"]], dtype=torch.float32)
    info.apply_logits_bias(logits)

    seen = {}
    sampler = sampler_module.Sampler()

    def see_sampled(tokens, capture, support):
        seen["capture"] = capture

    def see_greedy(rows, tokens, support):
        seen["token"] = tokens

    sampler._build_sampling_mask_output = see_sampled
    sampler._build_greedy_sampling_mask_output = see_greedy
    sampler.forward(SimpleNamespace(next_token_logits=logits), info, False, [], [], None)
    if "token" in seen:
        return torch.nn.functional.one_hot(seen["token"][0], V).float()
    weights = seen["capture"].weights[0]
    ids = seen["capture"].token_ids
    probs = weights if ids is None else torch.zeros(V).scatter(0, ids[0].long(), weights)
    return probs / probs.sum()
