"""Records what a running vLLM answers to tests/helpers/vllm_questions.py.

    python -m vllm.entrypoints.openai.api_server --model FOLDER --served-model-name smollm2 \\
        --enforce-eager --max-model-len 2048 --port 8000 [--logprobs-mode processed_logprobs]
    PYTHONPATH=.:tests/helpers python tests/data/record_vllm.py http://127.0.0.1:8000/v1 raw

FOLDER: SmolLM2-135M-Instruct as a Hugging Face folder. The answers are the engine's own; only the
path of its model is left out.
"""

import argparse
import datetime
import json
import os

from replayed import DATA, Recording
from vllm_questions import QUESTIONS

from samplers.api import Client


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base_url")
    parser.add_argument("mode", choices=("raw", "processed"))
    arguments = parser.parse_args()

    recordings = {}
    for name, ask in QUESTIONS.items():
        transport = Recording()
        key = os.environ.get("SAMPLERS_API_KEY")
        with Client(arguments.base_url, key, "smollm2", transport=transport) as client:
            version = client.abilities.version
            ask(client)
        recordings[name] = transport.exchanges

    recorded = {
        "engine": f"vLLM {version}, --logprobs-mode {arguments.mode}_logprobs",
        "date": str(datetime.date.today()),
        "recorder": "tests/data/record_vllm.py",
        "model": "smollm2",
        "questions": recordings,
    }
    path = DATA / f"vllm_{arguments.mode}.json"
    path.write_text(_dumps(recorded), encoding="utf-8")


def _dumps(recorded: dict) -> str:
    """JSON with an exchange a line."""
    text = json.dumps(recorded, ensure_ascii=False, separators=(",", ":"))
    return text.replace('{"request":', '\n{"request":') + "\n"


if __name__ == "__main__":
    main()
