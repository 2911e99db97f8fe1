"""With the model file's own template, our endpoint and llama.cpp's bare server are one model.

The template adds SmolLM2's own system message to a conversation that has none. The prompts are
short, and the bare server reads each whole: where it reads 64 tokens or more at once, it adds up in
another order than ours (engine/server.py), and the total variation can be 0.02. A prompt that
begins like such an earlier one would get that one's cache, with 0.07.
"""

from math import exp

import httpx
import pytest

from samplers.api import Client, start_local

PROMPTS = [
    "What is the capital of France?",
    "Hello!",
    "Count to five.",
    "Name a colour.",
    "Who are you?",
    "Tell me a joke about cats.",
    "2 + 2 =",
    "Write a haiku about rain.",
    "Say hello in French.",
    "Why is the sky blue?",
]
FULL = {"x-samplers-full-logprobs": "true"}  # ours; the bare server gives any number
FRESH = {"cache_prompt": False}  # the bare server's; ours reads equal tokens equally
V = 49_152


@pytest.fixture(scope="module")
def kept():
    with start_local(default_system="keep", profile="plain") as client:
        yield client


def post(client: Client, path: str, body: dict) -> dict:
    url = client.base_url + path
    response = httpx.post(url, json=body, headers=FULL, auth=client.auth, timeout=60)
    assert response.status_code == 200, response.text
    return response.json()


def messages(prompt: str) -> dict:
    return {"messages": [{"role": "user", "content": prompt}]}


def probabilities(client: Client, prompt: str, top: int, **own) -> dict[int, float]:
    """id -> the model's own probability as an answer's first token, of the `top` most probable.

    `own`: fields that only this endpoint has. At temperature 0: at times the bare server draws half
    a character, and lists no logprobs then.
    """
    fields = {"max_tokens": 1, "temperature": 0, "logprobs": True, "top_logprobs": top}
    fields |= own
    body = post(client, "/chat/completions", {"model": client.model, **messages(prompt), **fields})
    (entry,) = body["choices"][0]["logprobs"]["content"]
    return {item["id"]: exp(item["logprob"]) for item in entry["top_logprobs"]}


def total_variation(one: dict[int, float], other: dict[int, float], ids) -> float:
    """Over the cells of `ids` and one more, of all other tokens."""
    gaps = [one[i] - other[i] for i in ids]
    return (sum(map(abs, gaps)) + abs(sum(gaps))) / 2


@pytest.mark.parametrize("prompt", PROMPTS)
def test_one_prompt_and_one_distribution(kept, bare, prompt):
    """The tokens of the prompt are equal, so all that can differ is how the engine adds up."""
    root = httpx.URL(bare.base_url).copy_with(path="/")
    text = httpx.post(root.join("apply-template"), json=messages(prompt), auth=bare.auth).json()
    tokens = {"content": text["prompt"], "parse_special": True}
    ids = httpx.post(root.join("tokenize"), json=tokens, auth=bare.auth).json()["tokens"]
    assert post(kept, "/tokenize", messages(prompt))["ids"] == ids

    theirs = probabilities(bare, prompt, 20, **FRESH)
    ours = probabilities(kept, prompt, 40)
    assert total_variation(ours, theirs, theirs) < 1e-3


def test_the_plain_profile_alone(kept, client):
    """kept was started with it; by default there are two."""
    assert kept.models() == [kept.model]
    assert len(client.models()) == 2


def test_one_distribution_of_the_whole_vocabulary(kept, bare):
    ours = probabilities(kept, PROMPTS[0], V)
    theirs = probabilities(bare, PROMPTS[0], V, **FRESH)
    assert len(ours) == len(theirs) == V
    assert total_variation(ours, theirs, ours) < 1e-3


def test_without_the_option_they_differ(client, bare):
    theirs = probabilities(bare, PROMPTS[0], 20)
    ours = probabilities(client, PROMPTS[0], 1000)
    assert total_variation(ours, theirs, theirs) > 0.1


def test_a_system_message_takes_its_place(kept, client):
    """Where a conversation has one, nothing is added, so the two options are alike."""
    own = {"messages": [{"role": "system", "content": "Be brief."}, *messages("Hi")["messages"]]}
    bodies = [post(each, "/tokenize", own) for each in (kept, client)]
    assert bodies[0]["ids"] == bodies[1]["ids"]
    bodies = [post(each, "/tokenize", messages("Hi")) for each in (kept, client)]
    assert bodies[0]["count"] > bodies[1]["count"] + 10
