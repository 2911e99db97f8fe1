"""Record what the real engines, on the CPU, make of the cases in recorders/cases.py.

One JSON file for each engine is written, and one with the cases.
It needs an environment of its own (Python 3.11, Linux; no GPU; about 2 GB):

    pip install torch==2.13.0 transformers==5.23.0 xllamacpp==2026.10.11549 msgspec pydantic numpy
    pip install --no-deps vllm==0.33.0 sglang==0.5.23
    python tests/data/record_vectors.py

Nothing of the engines' code is kept here: recorders/ imports it from the installed packages.
README.md says what the files hold.
"""

import json
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import numpy as np
from recorders.cases import all_cases

HERE = Path(__file__).parent
VISIBLE = 1e-30  # a float32 probability below this is rounding or underflow, not a kept token
FILES = {
    "transformers_engine": "transformers.json",
    "vllm_engine": "vllm.json",
    "sglang_engine": "sglang.json",
    "llamacpp_engine": "llama_cpp.json",
}


def answer(engine, case: dict) -> dict:
    """What an engine makes of a case: which tokens it keeps, and their probabilities."""
    probs = np.asarray(engine.record(case), dtype=np.float64)
    if not np.isclose(probs.sum(), 1, atol=1e-5):
        raise RuntimeError(f"{engine.ENGINE} on {case['name']}: probabilities sum to {probs.sum()}")
    kept = np.flatnonzero(probs > VISIBLE)
    return {
        "name": case["name"],
        "kept": kept.tolist(),
        "probs": [float(f"{p:.9g}") for p in probs[kept]],
    }


def record(module: str) -> dict:
    engine = import_module(f"recorders.{module}")
    cases = [case for case in all_cases() if engine.accepts(case["params"])]
    return {
        "engine": engine.ENGINE,
        "version": engine.VERSION,
        "torch": None if engine.ENGINE == "llama.cpp" else version("torch"),
        "recorded": "2026-11",
        "functions": engine.FUNCTIONS,
        "answers": [answer(engine, case) for case in cases],
    }


def write(name: str, value, lines: str | None = None) -> None:
    """JSON with one line for each entry, so that a diff shows a case.

    The entries are those of the list `lines` in an object, or of `value` itself.
    """
    if lines is None:
        entries = value
        head = "["
        tail = "]"
    else:
        entries = value[lines]
        others = {key: field for key, field in value.items() if key != lines}
        head = json.dumps(others)[:-1] + f', "{lines}": ['
        tail = "]}"
    body = ",\n".join(json.dumps(entry) for entry in entries)
    (HERE / name).write_text(f"{head}\n{body}\n{tail}\n", encoding="utf-8")


def without_infinity(logits: list[float]) -> list[float | None]:
    """JSON has no infinity: a removed token's logit is null."""
    return [None if x == -np.inf else x for x in logits]


def main() -> None:
    cases = all_cases()
    write("cases.json", [case | {"logits": without_infinity(case["logits"])} for case in cases])
    for module, file in FILES.items():
        write(file, record(module), lines="answers")
        print(file)


if __name__ == "__main__":
    main()
