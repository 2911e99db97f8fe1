"""The rows that are timed: a real model's logits, flat ones, and hard ones."""

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
VOCABULARY = 49_152  # the recorded model's
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
    n, width = recorded.shape
    parts = range(math.ceil(V / width))
    tiles = [np.concatenate([recorded[(i + j) % n] for j in parts])[:V] for i in range(rows)]
    return np.stack(tiles)


def hard(V: int) -> dict[str, np.ndarray]:
    """Rows on which a fast version might be slower than the full sort."""
    normal = np.random.default_rng(0).normal(size=V).astype(np.float32)
    spike = np.zeros(V, np.float32)
    spike[V // 3] = 50
    removed = np.random.default_rng(1).random(V) < 0.5
    return {
        "all equal": np.zeros(V, np.float32),
        "one spike": spike,
        "half -inf": np.where(removed, np.float32(-np.inf), normal),
        "ascending": np.sort(normal),
        "descending": -np.sort(normal),
        "denormals": (normal * np.float32(1e-40)).astype(np.float32),
        "ten values": np.round(normal * 1.5).astype(np.float32),
    }


def recorded() -> np.ndarray | None:
    """SmolLM2's log-softmax of the token after each prompt, (6, 49152) float32.

    None where there is no local engine. It is recorded in a process of its own, so that the
    engine's threads do not run while the clock does.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.npy"
        command = [sys.executable, "-m", "tests.bench.rows", path]
        process = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if process.returncode or not path.exists():
            reasons = process.stderr.strip().splitlines() or ["no reason given"]
            print("no recorded logits:", reasons[-1], file=sys.stderr)
            return None
        return np.load(path)


def _record(path: str) -> None:
    """Save the rows at `path`."""
    from samplers.local.engine.server import load
    from samplers.local.engine.weights import ensure

    server = load(ensure(), "bench", tcp=True)
    rows = []
    for prompt in PROMPTS:
        turn = f"<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n"
        fields = {"prompt": turn, "n_predict": 1, "n_probs": VOCABULARY, "temperature": 0.0}
        body = json.dumps(fields).encode()
        headers = {"Content-Type": "application/json", "Authorization": "Bearer bench"}
        request = urllib.request.Request(f"{server.listening_address}/completion", body, headers)
        with urllib.request.urlopen(request, timeout=120) as response:
            entries = json.load(response)["completion_probabilities"][0]["top_logprobs"]
        row = np.full(VOCABULARY, -np.inf, np.float32)
        for entry in entries:
            row[entry["id"]] = entry["logprob"]
        rows.append(row)
    np.save(path, np.stack(rows))


if __name__ == "__main__":
    _record(sys.argv[1])
    os._exit(0)  # the engine's threads do not always end
