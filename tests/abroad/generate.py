"""transformers' own generate(), asked for its distributions and for draws: `generate.py FOLDER`.

It is run by the python of an environment that has transformers and torch. The task comes in on
standard input as JSON, and the answer is the last line that is printed.
"""

import copy
import json
import sys
from collections import Counter

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

BATCH = 100  # answers of one call


def main(folder: str) -> None:
    task = json.load(sys.stdin)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    text = tokenizer.apply_chat_template(
        task["messages"], add_generation_prompt=True, tokenize=False
    )
    prompt = tokenizer(text, return_tensors="pt", add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        read = model(prompt[:, :-1]).past_key_values  # all but the last token, read once

    def generate(params: dict, answers: int):
        cache = copy.deepcopy(read)
        cache.batch_repeat_interleave(answers)
        ids = prompt.expand(answers, -1)
        return model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            past_key_values=cache,
            **{"top_k": 0} | params,  # 50 unless it is named
            do_sample=True,
            max_new_tokens=1,
            return_dict_in_generate=True,
            output_logits=True,
            output_scores=True,
        )

    raw = generate({}, 1).logits[0][0]
    processed, drawn = [], []
    for params in task["settings"]:
        probs = generate(params, 1).scores[0][0].double().softmax(-1)
        processed.append({int(i): float(probs[i]) for i in probs.nonzero()[:, 0]})

        counts = Counter()
        for _ in range(task["draws"] // BATCH):
            counts.update(generate(params, BATCH).sequences[:, -1].tolist())
        drawn.append(counts)

    ids = prompt[0].tolist()
    print(json.dumps({"prompt": ids, "raw": raw.tolist(), "processed": processed, "drawn": drawn}))


if __name__ == "__main__":
    main(sys.argv[1])
