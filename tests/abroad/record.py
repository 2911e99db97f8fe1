"""What an engine itself says and draws: its distribution before and after the sampling, and draws.

One prompt, and three settings on which the engines' rules differ: temperature before or after the
truncations, the prompt's tokens penalised or not.
"""

import base64
import json
import subprocess
from collections import Counter
from pathlib import Path

import httpx
import numpy as np
from tqdm import tqdm

from samplers import softmax

from .engines import Engine

GENERATE = Path(__file__).with_name("generate.py")
DRAWS = 2000
# Its answers are of likely tokens, which an engine that counts the prompt penalises. 63 tokens: one
# that counts the last 64 counts them all. With no system message the template would add its own.
MESSAGES = [
    {"role": "system", "content": "You are a helpful assistant."},
    {"role": "user", "content": "A name for a cat?"},
    {"role": "assistant", "content": "Luna"},
    {"role": "user", "content": "A name for a cat?"},
    {"role": "assistant", "content": "Max"},
    {"role": "user", "content": "A name for a cat?"},
]
SETTINGS = [
    {"temperature": 0.7, "top_p": 0.9},
    {"temperature": 1.5, "top_p": 0.8, "top_k": 50},
    {"temperature": 1.0, "top_p": 0.7, "min_p": 0.01},
]
# A penalty beside each setting. llama.cpp shows logprobs, from which no repetition penalty can be
# predicted, as it is not the same on logits that were shifted; transformers has no other one.
PENALTIES = {
    "llama.cpp": {"frequency_penalty": 0.5, "presence_penalty": 0.5},
    "vLLM": {"repetition_penalty": 1.2, "frequency_penalty": 0.5, "presence_penalty": 0.5},
    "transformers": {"repetition_penalty": 1.2},
}
OFF = {
    "temperature": 1.0,
    "top_p": 1.0,
    "top_k": 0,
    "min_p": 0.0,
    "frequency_penalty": 0.0,
    "presence_penalty": 0.0,
    "repetition_penalty": 1.0,
}
VLLM_BATCH = 100  # answers of one request
VLLM_REMOVED = -9999  # what it says for minus infinity


def settings_of(name: str) -> list[dict]:
    """The settings for one of PENALTIES."""
    return [params | PENALTIES[name] for params in SETTINGS]


def record_llama_cpp(engine: Engine) -> dict:
    """Of llama.cpp's server: raw, and `post_sampling_probs` after its whole chain.

    All of it in one slot, one request after the other: prompts that are read together with those of
    other slots give logits that differ a little, enough to move the end of a nucleus by a token.
    """
    root = engine.base_url.removesuffix("/v1")
    headers = {"Authorization": f"Bearer {engine.key}"}
    with httpx.Client(base_url=root, headers=headers, timeout=600) as http:
        template = _ask(http, "/apply-template", {"messages": MESSAGES})
        tokens = {"content": template["prompt"], "parse_special": True, "add_special": True}
        prompt = _ask(http, "/tokenize", tokens)["tokens"]

        def complete(params: dict, **fields) -> dict:
            asked = OFF | params
            asked["repeat_penalty"] = asked.pop("repetition_penalty")
            body = {"prompt": prompt, "n_predict": 1, "id_slot": 0, "seed": -1, **asked, **fields}
            return _ask(http, "/completion", body)

        def distribution(params: dict, shown: int, kind: str) -> dict[int, float]:
            answer = complete(params, n_probs=shown, post_sampling_probs=kind == "prob")
            entries = answer["completion_probabilities"][0]
            listed = entries["top_logprobs" if kind == "logprob" else "top_probs"]
            return {entry["id"]: entry[kind] for entry in listed}

        size = http.get("/v1/models").json()["data"][0]["meta"]["n_vocab"]
        raw = distribution({}, size, "logprob")
        settings = []
        for params in settings_of("llama.cpp"):
            processed = distribution(params, size, "prob")
            drawn = Counter()
            for _ in tqdm(range(DRAWS), unit="draw"):
                drawn.update(complete(params, return_tokens=True)["tokens"])
            settings.append(_setting(params, processed, drawn))
    how = "its server's /completion on a CPU, post_sampling_probs; raw: logprobs"
    return _record("llama.cpp", engine.version, how, prompt, raw, settings)


def record_vllm(engine: Engine) -> dict:
    """Of vLLM with `--max-logprobs -1 --logprobs-mode processed_logits`.

    With nothing truncated or penalised these are the model's own logits.
    """
    with httpx.Client(base_url=engine.base_url, timeout=600) as http:
        root = engine.base_url.removesuffix("/v1")
        tokens = {"model": engine.model, "messages": MESSAGES}
        prompt = _ask(http, f"{root}/tokenize", tokens)["tokens"]

        def complete(params: dict, **fields) -> list[dict]:
            body = {"model": engine.model, "messages": MESSAGES, "max_tokens": 1, "logprobs": True}
            body |= {"return_tokens_as_token_ids": True} | OFF | params | fields
            choices = _ask(http, "/chat/completions", body)["choices"]
            return [choice["logprobs"]["content"][0] for choice in choices]

        def logits(params: dict) -> dict[int, float]:
            shown = complete(params, top_logprobs=-1)[0]["top_logprobs"]
            entries = {_vllm_id(entry): entry["logprob"] for entry in shown}
            return {token: logit for token, logit in entries.items() if logit > VLLM_REMOVED}

        raw = logits({})
        settings = []
        for params in settings_of("vLLM"):
            kept = logits(params)
            probs = softmax(np.array(list(kept.values())))
            processed = dict(zip(kept, probs.tolist(), strict=True))
            drawn = Counter()
            for _ in tqdm(range(DRAWS // VLLM_BATCH), unit=f"{VLLM_BATCH} draws"):
                drawn.update(map(_vllm_id, complete(params, n=VLLM_BATCH, top_logprobs=0)))
            settings.append(_setting(params, processed, drawn))
    how = "its server on a CPU, --max-logprobs -1 --logprobs-mode processed_logits; raw: logits"
    return _record("vLLM", engine.version, how, prompt, raw, settings)


def _vllm_id(entry: dict) -> int:
    return int(entry["token"].removeprefix("token_id:"))


def record_transformers(python: str, folder: Path, version: str) -> dict:
    """Of transformers' `generate()`, run by `python`: its server shows no probabilities."""
    settings = settings_of("transformers")
    task = {"messages": MESSAGES, "settings": settings, "draws": DRAWS}
    command = [python, str(GENERATE), str(folder)]
    done = subprocess.run(
        command, input=json.dumps(task), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{GENERATE.name} failed:\n{done.stderr[-3000:]}")

    answer = json.loads(done.stdout.splitlines()[-1])
    raw = dict(enumerate(answer["raw"]))
    recorded = [
        _setting(params, _by_id(processed), Counter(_by_id(drawn)))
        for params, processed, drawn in zip(
            settings, answer["processed"], answer["drawn"], strict=True
        )
    ]
    how = "generate(do_sample=True) on a CPU, output_logits and output_scores; raw: logits"
    return _record("transformers", version, how, answer["prompt"], raw, recorded)


def raw_logits(record: dict) -> np.ndarray:
    """The model's own logits in a record (of llama.cpp its logprobs), float32 (V,), by token id."""
    return np.frombuffer(base64.b64decode(record["raw"]), "<f4")


def _ask(http: httpx.Client, path: str, body: dict) -> dict:
    response = http.post(path, json=body)
    if response.status_code != 200:
        raise RuntimeError(f"{path}: HTTP {response.status_code} {response.text[:500]}")
    return response.json()


def _by_id(pairs: dict) -> dict:
    """JSON's keys are texts."""
    return {int(token): value for token, value in pairs.items()}


def _setting(params: dict, processed: dict[int, float], drawn: Counter) -> dict:
    """One setting's record, the likeliest tokens first; a probability of 0 is left out."""
    kept = sorted(((p, token) for token, p in processed.items() if p > 0), reverse=True)
    return {
        "params": params,
        "distribution": {str(token): float(f"{p:.8g}") for p, token in kept},
        "draws": {str(token): n for token, n in drawn.most_common()},
    }


def _record(
    engine: str, version: str, how: str, prompt: list[int], raw: dict[int, float], settings: list
) -> dict:
    """`raw`: the logit of every token of the vocabulary."""
    logits = np.array([raw[token] for token in range(len(raw))], "<f4")
    return {
        "engine": engine,
        "version": version,
        "how": how,
        "messages": MESSAGES,
        "prompt": prompt,
        "settings": settings,
        "raw": base64.b64encode(logits.tobytes()).decode(),
    }
