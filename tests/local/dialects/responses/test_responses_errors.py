"""OpenAI's own bodies for wrong requests, word for word (tests/data/openai_responses_errors.jsonl).

The models of the rows stand for our simulated reasoning model.
"""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
FACTS = ROOT.parent / "shared" / "facts" / "errors.jsonl"
NO_FACTS = "the facts are not beside this repository (../shared/facts/errors.jsonl)"


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


ROWS = rows(ROOT / "tests" / "data" / "openai_responses_errors.jsonl")


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['case']} {i}" for i, row in enumerate(ROWS)])
def test_openais_bodies_for_responses(responses, row):
    body = {"model": responses.reasoning, "input": "ping"} | row["request"]
    if row["case"] == "model absent":
        del body["model"]
    response = responses.http.post("/responses", json=body)

    assert response.status_code == row["status"], response.text
    message = row["error"]["message"].replace("gpt-5.6-terra", responses.reasoning)
    assert response.json() == {"error": row["error"] | {"message": message}}


@pytest.mark.skipif(not FACTS.exists(), reason=NO_FACTS)
def test_these_bodies_are_the_facts():
    """Each row with a request; four have their items, and one its keys, from us."""
    facts = [row for row in rows(FACTS) if row["api"] == "responses" and "request" in row]
    assert [row["case"] for row in facts] == [row["case"] for row in ROWS]
    for fact, ours in zip(facts, ROWS, strict=True):
        same = {"status", "error", "source", "models"}
        if fact["request"] and fact["request"] != {"metadata": "17 keys"}:
            same.add("request")
        assert {name: ours[name] for name in same} == {name: fact[name] for name in same}
