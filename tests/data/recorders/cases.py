"""The cases for every engine: small ones that tell rules apart, then random ones with seeds.

Logits are multiples of 2**-16, exact in float32, or logs of probabilities, which every engine
rounds to float32. Where a case lies on a boundary its probabilities are dyadic. "ties": the engines
break a tie in no stated order, so the kept tokens are compared by their probabilities and not by
their ids.
"""

import math

import numpy as np

SEEDS = range(20261101, 20261121)  # one random case each
INF = math.inf


def logs(*probs: float) -> list[float]:
    return [math.log(p) for p in probs]


def _floats(name: str, value):
    """transformers refuses 2 as a temperature or a bias and takes 2.0; top_k is an integer."""
    if isinstance(value, dict):
        return {token: float(bias) for token, bias in value.items()}
    return value if name == "top_k" else float(value)


def case(name, logits, prompt=(), output=(), ties=False, **params) -> dict:
    return {
        "name": name,
        "logits": [float(x) for x in logits],
        "params": {name: _floats(name, value) for name, value in params.items()},
        "prompt": list(prompt),
        "output": list(output),
        "ties": ties,
    }


def small() -> list[dict]:
    four = [0, 0, 0, 0]
    close = [0.015625, 0.0078125, 0, -1]
    mixed = [2, -1, 3, -2, 0.5, 1, -0.25, 0]
    seen = {"prompt": [0, 1, 1, 6], "output": [2, 3, 3, 3, 5]}
    tail = [0.5, 0.2, 0.1, 0.1, 0.05, 0.05]
    spread = [3, 2, 1, 0, -1, -2]
    return [
        case("order, cold", [3, 2, 1], temperature=0.5, top_p=0.8),
        case("order, hot", spread, temperature=2, top_p=0.8),
        case("order, min_p", [3, 2, 1], temperature=0.5, min_p=0.2),
        case("order, min_p before or after top_p", logs(*tail), min_p=0.3, top_p=0.65),
        case("order, min_p and top_k", spread, min_p=0.1, top_k=2, temperature=1.5),
        case("top_k then top_p", logs(0.4, 0.3, 0.2, 0.1), top_k=2, top_p=0.5),
        case("top_k then top_p, wide", logs(0.4, 0.3, 0.2, 0.1), top_k=3, top_p=0.75),
        case("boundary, four equal, half", four, ties=True, top_p=0.5),
        case("boundary, four equal, quarter", four, ties=True, top_p=0.25),
        case("boundary, four equal, three quarters", four, ties=True, top_p=0.75),
        case(
            "boundary, eight equal and removed ones",
            [-INF, *four, -INF, *four],
            ties=True,
            top_p=0.375,
        ),
        case("boundary, inside", logs(0.5, 0.25, 0.125, 0.125), top_p=0.5625),
        case("boundary, half and quarters", logs(0.5, 0.25, 0.25), ties=True, top_p=0.5),
        case("boundary, half and eighths", logs(0.5, 0.25, 0.125, 0.125), top_p=0.5),
        case("boundary, three quarters", logs(0.5, 0.25, 0.125, 0.125), ties=True, top_p=0.75),
        case("top_p 1", spread, top_p=1),
        case("top_p 0", spread, top_p=0),
        case("top_p tiny", spread, top_p=2**-30),
        case("top_k 1", spread, top_k=1),
        case("top_k of all", spread, top_k=6),
        case("top_k above all", spread, top_k=100),
        case("top_k ties", [1, 2, 2, 2, 0], ties=True, top_k=2),
        case("top_k ties then top_p", [1, 2, 2, 2, 0], ties=True, top_k=2, top_p=0.5),
        case("min_p", logs(*tail), min_p=0.3),
        case("min_p 0", spread, min_p=0),
        case("min_p 1", [2, 2, 1, 0], min_p=1),
        case("min_p, hot", spread, min_p=0.3, temperature=2),
        case("temperature 0", close, temperature=0),
        case("temperature 0, tie", [0, 2, 2, 1], temperature=0),
        case("temperature 0, truncated", spread, temperature=0, top_p=0.9, top_k=3, min_p=0.1),
        case("temperature 0, penalties", mixed, **seen, temperature=0, repetition_penalty=4),
        case("temperature 0, bias", spread, temperature=0, logit_bias={"3": 10}),
        case("temperature 5e-7", close, temperature=5e-7),
        case("temperature 5e-7, tie", [0, 2, 2, 1], temperature=5e-7),
        case("temperature 5e-6", close, temperature=5e-6),
        case("temperature 0.0001", close, temperature=0.0001),
        case("temperature 0.0078125", close, temperature=0.0078125),
        case("temperature 0.015625", close, temperature=0.015625),
        case("temperature 2", spread, temperature=2),
        case("frequency", mixed, **seen, frequency_penalty=0.5),
        case("presence", mixed, **seen, presence_penalty=0.75),
        case("frequency and presence", mixed, **seen, frequency_penalty=0.5, presence_penalty=0.25),
        case(
            "frequency and presence, negative",
            mixed,
            **seen,
            frequency_penalty=-0.5,
            presence_penalty=-1,
        ),
        case("repetition", mixed, **seen, repetition_penalty=1.5),
        case("repetition, below 1", mixed, **seen, repetition_penalty=0.5),
        case("repetition, prompt only", mixed, prompt=[0, 3], repetition_penalty=1.5),
        case(
            "repetition then presence", mixed, **seen, repetition_penalty=1.5, presence_penalty=1.75
        ),
        case("window of 64", mixed, prompt=[2] + [0] * 40, output=[5] * 24, repetition_penalty=2),
        case(
            "window of 64, frequency",
            mixed,
            prompt=[2, 4],
            output=[5] * 70,
            frequency_penalty=0.0625,
        ),
        case("bias", mixed, logit_bias={"0": -1, "3": 2.5}),
        case("bias 100", mixed, logit_bias={"1": 100, "2": -100}),
        case(
            "bias and repetition", mixed, **seen, repetition_penalty=2, logit_bias={"2": -4, "3": 3}
        ),
        case("bias and presence", mixed, **seen, presence_penalty=1, logit_bias={"2": -4, "3": 3}),
        case("removed tokens, top_k", [-INF, 1, 0.5, -INF, 0], top_k=4),
        case("removed tokens, top_p", [-INF, 1, 0.5, -INF, 0], top_p=0.7),
        case("removed tokens, min_p", [-INF, 1, 0.5, -INF, 0], min_p=0.5),
        case(
            "removed tokens, repetition",
            [-INF, 1, 0.5, -INF, 0],
            output=[0, 1],
            repetition_penalty=1.5,
        ),
        case("removed tokens, bias", [-INF, 1, 0.5, -INF, 0], logit_bias={"0": 5, "2": 1}),
        case("one token left", [-INF, -INF, 0.5], temperature=0.5, top_p=0.5, top_k=2),
        case("large logits", [10000, 9999, -10000, 9998.5], temperature=2, top_p=0.9),
    ]


def random(seed: int) -> dict:
    """50 to 500 tokens, all parameters random; odd seeds have no frequency and presence penalty."""
    rng = np.random.default_rng(seed)
    V = int(rng.integers(50, 501))
    logits = np.round(rng.normal(0, 3, V) * 2**16) / 2**16
    prompt, output = (rng.integers(0, V, rng.integers(5, 60)).tolist() for _ in range(2))

    def draw(low, high):
        return float(np.float32(round(rng.uniform(low, high), 3)))

    params = {
        "temperature": draw(0.4, 2),
        "top_p": draw(0.5, 0.99),
        "min_p": draw(0.001, 0.1),
        "top_k": int(rng.integers(5, V)),
        "repetition_penalty": draw(0.8, 1.6),
        "logit_bias": {str(token): draw(-5, 5) for token in rng.choice(V, 6, replace=False)},
    }
    if seed % 2 == 0:
        params |= {"frequency_penalty": draw(-1, 1), "presence_penalty": draw(-1, 1)}
    off = rng.choice(
        ["top_p", "min_p", "top_k", "repetition_penalty", "logit_bias"], 2, replace=False
    )
    params = {name: value for name, value in params.items() if name not in off}
    return case(f"random {seed}", logits, prompt, output, **params)


def all_cases() -> list[dict]:
    return small() + [random(seed) for seed in SEEDS]
