"""Each engine preset gives what that engine itself gave, as recorded in tests/data."""

import json
from pathlib import Path

import numpy as np
import pytest

from samplers import Chain, SamplingParams, softmax

DATA = Path(__file__).parent / "data"
FILES = ["transformers.json", "vllm.json", "sglang.json", "llama_cpp.json", "openai.json"]
VISIBLE = 1e-30  # as in record_vectors.py


def _load(name: str):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


CASES = {case["name"]: case for case in _load("cases.json")}
RECORDS = [_load(file) for file in FILES]
ANSWERS = [
    pytest.param(record["engine"], answer, id=f"{record['engine']}: {answer['name']}")
    for record in RECORDS
    for answer in record["answers"]
]


@pytest.mark.parametrize(("engine", "answer"), ANSWERS)
def test_preset_gives_the_engine_s_probabilities(engine, answer):
    case = CASES[answer["name"]]
    logits = np.array([-np.inf if x is None else x for x in case["logits"]])
    chain = Chain.for_engine(engine)
    counts = chain.counts(case["prompt"], case["output"], logits.size)

    probs = softmax(chain.apply(logits, SamplingParams(**case["params"]), counts=counts))

    kept = np.flatnonzero(probs > VISIBLE)
    ours = probs[kept]
    recorded = answer["probs"]
    if case["ties"]:  # no engine promises which of the equal tokens stay
        assert len(kept) == len(answer["kept"])
        np.testing.assert_allclose(np.sort(ours), np.sort(recorded), rtol=0, atol=1e-6)
    else:
        assert kept.tolist() == answer["kept"]
        np.testing.assert_allclose(ours, recorded, rtol=0, atol=1e-6)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["engine"])
def test_every_record_says_where_it_comes_from(record):
    assert record["engine"]
    assert record["version"]
    assert record["functions"]
    assert len({answer["name"] for answer in record["answers"]}) == len(record["answers"])
