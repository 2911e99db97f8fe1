"""What a user would otherwise use, on the same rows. A peer not installed is named and skipped."""

import ctypes
import importlib
import os
from importlib.metadata import version

import numpy as np

from .clock import Work

P = 0.95
TEMPERATURE = 0.8
PENALTY = 0.5


def softmax(logits: np.ndarray) -> np.ndarray:
    """The limit: one pass of what everybody writes."""
    w = np.exp(logits - logits.max())
    return w / w.sum()


def full_sort(logits: np.ndarray, p: float = P) -> np.ndarray:
    """top_p as everybody writes it in numpy: sort the ids, add up, cut, put back."""
    order = np.argsort(-logits)
    before = np.cumsum(softmax(logits)[order], dtype=np.float64)
    kept = np.concatenate([[True], before[:-1] < p])
    out = np.full_like(logits, -np.inf)
    out[order[kept]] = logits[order[kept]]
    return out


def torch_peers(logits: np.ndarray) -> tuple[list[Work], list[str]]:
    """transformers' warper and vLLM's torch function, with torch's own number of threads.

    Returns what to time, and what is not installed.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # torch's threads sleep between its turns
    works = []
    missing = []
    try:
        import torch
        from transformers.generation.logits_process import TopPLogitsWarper

        row = torch.from_numpy(logits.copy())[None]
        ids = torch.zeros((1, 1), dtype=torch.long)
        warper = TopPLogitsWarper(P)
        works.append(Work("transformers top_p", lambda: warper(ids, row)))
    except ImportError as error:
        missing.append(f"transformers ({error})")
    try:
        import torch

        # this lets vLLM's functions load without its kernels
        from tests.data.recorders import vllm_engine  # noqa: F401

        vllm = importlib.import_module("vllm.v1.sample.ops.topk_topp_sampler")
        p = torch.tensor([P])

        def apply(row):
            return vllm.apply_top_k_top_p_pytorch(row, None, p)

        works.append(Work("vLLM top_p", apply, lambda: torch.from_numpy(logits.copy())[None]))
    except ImportError as error:
        missing.append(f"vLLM ({error})")
    return works, missing


def llama_cpp_peers(logits: np.ndarray, output: list[int]) -> tuple[list[Work], list[str]]:
    """llama.cpp's C++ samplers, called inside the xllamacpp wheel's library.

    Filling in its candidates is not timed. Returns what to time, and what is not installed.
    """
    try:
        from tests.data.recorders import llamacpp_engine as llama
    except (ImportError, OSError, AttributeError) as error:
        return [], [f"llama.cpp ({error})"]
    V = len(logits)
    params = {
        "temperature": TEMPERATURE,
        "top_p": P,
        "frequency_penalty": PENALTY,
        "presence_penalty": PENALTY,
    }
    top_p = llama.chain({"top_p": P}, V)[3]
    chain = llama.chain(params, V)
    for sampler in chain:
        for token in output[-llama.WINDOW :]:
            llama.library.llama_sampler_accept(sampler, ctypes.c_int32(token))
    data = (llama.Token * V)()
    view = np.frombuffer(data, dtype=[("id", np.int32), ("logit", np.float32), ("p", np.float32)])

    def candidates():
        view["id"] = np.arange(V)
        view["logit"] = logits
        view["p"] = 0
        return llama.Tokens(data, V, -1, False)

    def apply(samplers):
        def run(tokens):
            for sampler in samplers:
                llama.library.llama_sampler_apply(sampler, ctypes.byref(tokens))

        return run

    return [
        Work("llama.cpp top_p", apply([top_p]), candidates),
        Work("llama.cpp chain and draw", apply(chain), candidates),
    ], []


def versions() -> str:
    """The versions of everything that is timed and installed."""
    installed = []
    for name in ("numpy", "torch", "transformers", "vllm", "xllamacpp"):
        try:
            installed.append(f"{name} {version(name)}")
        except ImportError:
            continue
    return ", ".join(installed)
