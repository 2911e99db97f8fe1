"""The rows that are timed: a real model's logits, flat ones, and ones that a fast version might
stumble over.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import numpy as np

SIZES = (50_257, 128_256, 200_019, 262_144)  # GPT-2, Llama 3, GPT-4o, Gemma 3
PROMPTS = (
    "What is the capital of France?",
    "Tell me a story.",
    "How do I say good morning in French?",
    "Write a haiku about the sea.",
    "2 + 2 =",
    "def fibonacci(n):",
)


def flat(V: int, rows: int = 1) -> np.ndarray:
    """Nearly uniform logits, normal with standard deviation 0.1."""
    return (np.random.default_rng(V).normal(size=(rows, V)) * 0.1).astype(np.float32)


def tiled(recorded: np.ndarray, V: int, rows: int = 1) -> np.ndarray:
    """Rows of V from the recorded ones (n, 49152): different prompts' rows end to end, cut at V.

    Nothing is repeated and no noise is added: V = 262,144 takes all six. A row's nucleus is then
    about as many times larger as it has prompts, so it is as peaked as a model with that many
    equally likely continuations.
    """
    n, own = recorded.shape
    need = math.ceil(V / own)
    return np.stack(
        [np.concatenate([recorded[(i + j) % n] for j in range(need)])[:V] for i in range(rows)]
    )


def hard(V: int) -> dict[str, np.ndarray]:
    """What might make a fast version slower than the full sort."""
    normal = np.random.default_rng(0).normal(size=V).astype(np.float32)
    spike = np.zeros(V, np.float32)
    spike[V // 3] = 50
    return {
        "all equal": np.zeros(V, np.float32),
        "one spike": spike,
        "half -inf": np.where(
            np.random.default_rng(1).random(V) < 0.5, np.float32(-np.inf), normal
        ),
        "ascending": np.sort(normal),
        "descending": -np.sort(normal),
        "denormals": (normal * np.float32(1e-40)).astype(np.float32),
        "ten values": np.round(normal * 1.5).astype(np.float32),
    }


def recorded() -> np.ndarray | None:
    """SmolLM2's log-softmax of the token after each prompt, (6, 49152) float32; None where there is
    no local engine.

    Recorded in a process of its own: the engine's threads must not be there when the clock runs.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.npy"
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.rows", path],
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode or not path.exists():
            print(
                "no recorded logits:",
                (done.stderr.strip().splitlines() or ["no reason given"])[-1],
                file=sys.stderr,
            )
            return None
        return np.load(path)


def _record(path: str) -> None:
    from samplers.local.engine.llama_cpp import load
    from samplers.local.engine.weights import ensure

    server = load(ensure(), "bench")
    rows = []
    for prompt in PROMPTS:
        turn = f"<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n"
        body = json.dumps(
            {"prompt": turn, "n_predict": 1, "n_probs": 49_152, "temperature": 0.0}
        ).encode()
        headers = {"Content-Type": "application/json", "Authorization": "Bearer bench"}
        request = urllib.request.Request(f"{server.listening_address}/completion", body, headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            listed = json.load(answer)["completion_probabilities"][0]["top_logprobs"]
        row = np.full(49_152, -np.inf, np.float32)
        for token in listed:
            row[token["id"]] = token["logprob"]
        rows.append(row)
    np.save(path, np.stack(rows))


if __name__ == "__main__":
    _record(sys.argv[1])
    os._exit(0)  # the engine's threads do not always end
