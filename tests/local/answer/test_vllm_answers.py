"""What an answer shows of vLLM's parameters, and where the endpoint says that it takes them."""

import json
import math
import subprocess
import sys

import openai
import pytest

from samplers.api import APIError, Client

MESSAGES = [{"role": "user", "content": "What is the capital of France?"}]
NAMES = ("top_k", "min_p", "repetition_penalty")


def test_prompt_logprobs_are_what_score_gives(extended):
    """vLLM's form: null, then objects by token id, first the prompt's own token."""
    with extended.client() as http:
        prompt = http.post("/tokenize", json={"messages": MESSAGES}).json()["ids"]
        scored = http.post("/samplers/score", json={"input": prompt}).json()["tokens"]
    places = extended.chat(MESSAGES, max_tokens=1, prompt_logprobs=3)["prompt_logprobs"]
    assert places[0] is None
    assert len(places) == len(prompt) == len(scored)
    for token, place, right in zip(prompt[1:], places[1:], scored[1:], strict=True):
        assert next(iter(place)) == str(token)
        own = place[str(token)]
        assert set(own) == {"logprob", "rank", "decoded_token"}
        assert own["logprob"] == pytest.approx(right["logprob"], abs=1e-6)
        assert own["decoded_token"] == right["token"]
        best = sorted(place, key=lambda i: place[i]["rank"])[:3]
        assert [int(i) for i in best] == [entry["id"] for entry in right["top_logprobs"][:3]]
        assert [place[i]["rank"] for i in best] == [1, 2, 3]
        assert len(place) == 3 + (own["rank"] > 3)

    alone = extended.chat(MESSAGES, max_tokens=1, prompt_logprobs=0)["prompt_logprobs"]
    assert [list(place) for place in alone[1:]] == [[str(token)] for token in prompt[1:]]
    assert "prompt_logprobs" not in extended.chat(MESSAGES, max_tokens=1)


@pytest.mark.parametrize("stream", [False, True])
def test_tokens_are_named_by_id(extended, stream):
    fields = {"max_tokens": 3, "temperature": 0, "logprobs": True, "top_logprobs": 2}
    fields["return_tokens_as_token_ids"] = True
    if stream:
        choices = extended.streamed_choices(MESSAGES, **fields)
    else:
        choices = extended.chat(MESSAGES, **fields)["choices"]
    places = [p for c in choices if c["logprobs"] for p in c["logprobs"]["content"]]
    named = [f"token_id:{i}" for i in extended.tokenize("The capital of")]
    assert [place["token"] for place in places] == named
    assert [place["top_logprobs"][0]["token"] for place in places] == named
    assert bytes(places[1]["bytes"]) == b" capital"


def test_what_does_not_fit_an_answer_is_refused(extended):
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}
    for field in ({"ignore_eos": True}, {"min_tokens": 1}, {"stop_token_ids": [5]}):
        response = extended.post(MESSAGES, response_format=form, **field)
        assert response.status_code == 400
        error = response.json()["error"]
        assert (error["param"], error["code"]) == (next(iter(field)), "unsupported_parameter")
    response = extended.post(MESSAGES, max_tokens=4, min_tokens=5)
    assert response.json()["error"]["param"] == "min_tokens"
    extended.chat(MESSAGES, max_tokens=4, min_tokens=4)


def test_cuts_and_penalties_keep_to_a_schema(extended):
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string", "enum": ["yes", "no"]}},
        "required": ["a"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": "a", "strict": True, "schema": schema}}
    fields = {"top_k": 5, "min_p": 0.1, "repetition_penalty": 1.3, "frequency_penalty": 0.5}
    assert json.loads(extended.text(MESSAGES, response_format=form, **fields))["a"] in ("yes", "no")


def test_the_whole_next_distribution_has_them_too(extended):
    compact = {"x-samplers-full-logprobs": "compact"}
    fields = {"temperature": 0, "max_tokens": 1, "logprobs": True, "top_logprobs": 1}
    plain = extended.choice(MESSAGES, compact, **fields)["message"]["content"]
    assert plain == "The"
    penalised = extended.chat(
        [{"role": "user", "content": "The The The"}], compact, repetition_penalty=2.0, **fields
    )
    assert penalised["choices"][0]["message"]["content"] != "The"
    assert extended.choice(MESSAGES, compact, prompt_logprobs=1, **fields)
    answer = extended.chat(MESSAGES, compact, prompt_logprobs=1, **fields)
    assert len(answer["prompt_logprobs"]) == answer["usage"]["prompt_tokens"]


def test_it_says_that_it_takes_them(extended, endpoint):
    with extended.client() as http:
        response = http.get("/models")
    assert response.headers["x-samplers-extensions"] == "vllm"
    plain, reasoning = response.json()["data"]
    assert plain["samplers_extensions"] == ["vllm"]
    assert "samplers_extensions" not in reasoning
    with endpoint.client() as http:
        response = http.get("/models")
    assert "x-samplers-extensions" not in response.headers
    assert "samplers_extensions" not in response.text


def test_openais_sdk_reads_models_and_answers(extended):
    """Strictly validated. `extra_body` is how its users send vLLM's parameters."""
    with openai.OpenAI(
        base_url=extended.base_url, api_key=extended.key, _strict_response_validation=True
    ) as sdk:
        assert next(iter(sdk.models.list())).id == extended.model
        answer = sdk.chat.completions.create(
            model=extended.model,
            messages=MESSAGES,
            max_tokens=2,
            extra_body={"min_p": 0.1, "top_k": 3, "prompt_logprobs": 1},
        )
    assert answer.choices[0].finish_reason == "length"
    assert answer.prompt_logprobs[0] is None


def test_the_client_sees_them(extended, endpoint, reasoning):
    with Client(extended.base_url, extended.key) as client:
        assert client.abilities.extensions == NAMES
        answer = client.chat(MESSAGES, min_p=0.5, top_k=2, n=20, seed=1, max_tokens=1)
        assert {choice.text for choice in answer.choices} == {"The"}
    with Client(extended.base_url, extended.key, f"{extended.model}-reasoning") as client:
        assert client.abilities.extensions == ()
    with Client(endpoint.base_url, endpoint.key) as client:
        assert client.abilities.extensions == ()
        with pytest.raises(APIError, match="Unknown parameter: 'min_p'"):
            client.chat(MESSAGES, min_p=0.5, max_tokens=1)


def test_it_is_refused_beside_llama_cpps_order():
    command = [sys.executable, "-m", "samplers.local", "--extensions=vllm"]
    wrong = subprocess.run(
        [*command, "--engine-order=llama.cpp"], capture_output=True, text=True, timeout=60
    )
    assert wrong.returncode == 2
    assert "vLLM's parameters act in vLLM's order" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_a_batch_takes_them(extended):
    """A line of a batch is answered as a live request is."""
    body = extended.body(MESSAGES, top_k=1, temperature=2, max_tokens=2, prompt_logprobs=0)
    line = {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": body}
    with openai.OpenAI(base_url=extended.base_url, api_key=extended.key) as sdk:
        file = sdk.files.create(file=("a.jsonl", json.dumps(line).encode()), purpose="batch")
        batch = sdk.batches.create(
            input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
        )
        while batch.status not in ("completed", "failed"):
            batch = sdk.batches.retrieve(batch.id)
        answer = json.loads(sdk.files.content(batch.output_file_id).text)["response"]["body"]
    assert answer["choices"][0]["message"]["content"] == "The capital"
    logprobs = [next(iter(place.values()))["logprob"] for place in answer["prompt_logprobs"][1:]]
    assert all(math.isfinite(logprob) for logprob in logprobs)
