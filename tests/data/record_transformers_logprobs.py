"""How likely transformers finds each token of some texts, on the weights of the local endpoint.

`python record_transformers_logprobs.py FOLDER` is run by the python of an environment that has
transformers 5.24.0 and torch 2.13.0. FOLDER is what tests/abroad/hugging_face.py makes of the GGUF:
its weights as float32. The result is transformers_logprobs.json, beside this file.
"""

import json
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

RECORD = Path(__file__).with_name("transformers_logprobs.json")
TEXTS = (
    "The capital of Norway is Oslo.",
    "Water boils at 100 degrees Celsius at sea level, and at lower temperatures on a mountain.",
    "def add(a, b):\n    return a + b\n\n\nprint(add(2, 3))\n",
    "2 + 2 = 4, 3 + 5 = 8, 7 + 6 = 13, 9 + 9 = 18",
    "今天天气很好。明日は雨が降るかもしれません。",
    "Once upon a time there was a fox who could not sleep, so she counted the stars above the "
    "forest. When she came to the last one it fell, and she had to begin again from the first.",
    "<|im_start|>user\nSay yes.<|im_end|>\n<|im_start|>assistant\nYes.<|im_end|>\n",
    "Colourless green ideas sleep furiously; furiously sleep ideas green colourless.",
)


def main(folder: str) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    texts = []
    for text in TEXTS:
        ids = tokenizer(text, return_tensors="pt", add_special_tokens=False)["input_ids"]
        with torch.no_grad():
            logprobs = model(ids).logits[0, :-1].double().log_softmax(-1)
        own = logprobs.gather(1, ids[0, 1:, None])[:, 0]
        values = [round(value, 6) for value in own.tolist()]
        texts.append({"text": text, "ids": ids[0].tolist(), "logprobs": [None, *values]})
    record = {
        "engine": f"transformers {version('transformers')} on torch {version('torch')}",
        "date": date.today().isoformat(),
        "texts": texts,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    RECORD.write_text(text + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1])
