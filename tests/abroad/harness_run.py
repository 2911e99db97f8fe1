"""lm-eval's own run of a small task on the local endpoint, beside what `client.score` gives.

The task, in harness/, has fifty questions of our own with four answers each, and five texts. It is
asked through /v1/completions, in the form of lm-eval's model `local-completions`.
"""

import json
import math
import os
import secrets
import subprocess
import tempfile
from pathlib import Path

from samplers.api import Client, start_local
from samplers.local.engine import weights

from .tokenizer import write_tokenizer

HARNESS = Path(__file__).with_name("harness")
TASKS = ("samplers_questions", "samplers_texts")
PREFIX = 1  # the id that lm-eval puts before a text that is scored whole: the tokenizer's BOS


def rows(name: str) -> list[dict]:
    """The lines of one of the task's files."""
    return [json.loads(line) for line in (HARNESS / name).read_text("utf-8").splitlines()]


def compare(python: str) -> dict:
    """What lm-eval finds with its environment's `python`, and what `client.score` gives there."""
    key = secrets.token_urlsafe(16)
    with start_local(api_key=key) as client:
        found = run(python, client, key)
        return found | {"score": {"accuracy": accuracy(client), "bits_per_byte": bits(client)}}


def agrees(result: dict) -> bool:
    """Whether the accuracy is the same, and the bits of a byte to 1e-4."""
    score = result["score"]
    same = result["accuracy"] == score["accuracy"]
    return same and abs(result["bits_per_byte"] - score["bits_per_byte"]) < 1e-4


def run(python: str, client: Client, key: str) -> dict:
    """What lm-eval, of the environment of `python`, finds on the endpoint of `client`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for task in TASKS:
            text = (HARNESS / f"{task}.yaml").read_text("utf-8")
            (folder / f"{task}.yaml").write_text(text.replace("FOLDER", str(HARNESS)), "utf-8")
        write_tokenizer(weights.ensure(), folder / "tokenizer")
        arguments = {
            "model": client.model,
            "base_url": f"{client.base_url}/completions",
            "tokenizer": folder / "tokenizer",
            "tokenizer_backend": "huggingface",
        }
        command = [python, "-m", "lm_eval", "run", "--model", "local-completions"]
        command += ["--model_args", ",".join(f"{key}={value}" for key, value in arguments.items())]
        command += ["--include_path", name, "--tasks", *TASKS, "--output_path", f"{name}/found"]
        own = {"OPENAI_API_KEY": key, "HF_HUB_OFFLINE": "1", "HF_HOME": f"{name}/hf"}
        done = subprocess.run(
            command, env=os.environ | own, cwd=name, capture_output=True, text=True, check=False
        )
        files = list((folder / "found").rglob("results_*.json"))
        if done.returncode or len(files) != 1:
            raise RuntimeError(f"lm-eval failed; it said last:\n{done.stderr[-3000:]}")
        found = json.loads(files[0].read_text("utf-8"))
    results = found["results"]
    return {
        "version": found["lm_eval_version"],
        "accuracy": results["samplers_questions"]["acc,none"],
        "bits_per_byte": results["samplers_texts"]["bits_per_byte,none"],
    }


def accuracy(client: Client) -> float:
    """The share of questions whose right answer is the likeliest, by `client.score`."""
    questions = rows("questions.jsonl")
    right = 0
    for each in questions:
        context = each["question"]
        begin = len(client.tokenize(context))
        scores = []
        for choice in each["choices"]:
            logprobs = client.score(f"{context} {choice}").logprobs
            scores.append(sum(logprobs[begin:]))
        right += scores.index(max(scores)) == each["answer"]
    return right / len(questions)


def bits(client: Client) -> float:
    """The bits that a byte of the texts takes, by `client.score`."""
    texts = [each["text"] for each in rows("texts.jsonl")]
    nats = 0.0
    for text in texts:
        ids = list(client.tokenize(text).ids)
        nats -= sum(client.score([PREFIX, *ids]).logprobs[1:])
    size = sum(len(text.encode()) for text in texts)
    return nats / size / math.log(2)
