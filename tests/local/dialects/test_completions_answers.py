"""POST /v1/completions: choices, prompts, streams, and characters of several tokens."""

import math

import pytest
from completion_door import ARRAYS, NORWAY, CompletionDoor, joined

JAPANESE = "今日は寒い"


@pytest.fixture(scope="module")
def door(exact):
    return CompletionDoor(exact)


@pytest.fixture(scope="module")
def full_door(full):
    """The same to the whole model, whose words are known."""
    return CompletionDoor(full)


def test_the_body(full_door):
    body = full_door.complete(max_tokens=2, temperature=0)
    assert body["id"].startswith("cmpl-")
    assert (body["object"], body["model"]) == ("text_completion", full_door.endpoint.model)
    (choice,) = body["choices"]
    assert choice == {"index": 0, "text": ".\n", "logprobs": None, "finish_reason": "length"}
    usage = body["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (6, 2, 8)


def test_16_tokens_unless_it_is_said(door):
    assert door.complete(temperature=0)["usage"]["completion_tokens"] == 16


def test_each_prompt_has_its_choices_as_if_it_were_alone(door):
    fields = {"n": 2, "seed": 5, "max_tokens": 4, "logprobs": 1}
    prompts = [NORWAY, door.ids("Once upon a time"), "1, 2, 3,"]
    body = door.complete(prompts, **fields)
    assert [choice["index"] for choice in body["choices"]] == list(range(6))
    for number, prompt in enumerate(prompts):
        alone = door.complete([prompt], **fields)["choices"]
        texts = [choice["text"] for choice in alone]
        assert [c["text"] for c in body["choices"][2 * number : 2 * number + 2]] == texts
        assert len(set(texts)) == 2


def test_128_choices(door):
    body = door.complete([NORWAY] * 16, n=8, max_tokens=1, echo=True)
    assert len(body["choices"]) == body["usage"]["completion_tokens"] == 128


def test_the_best_have_the_greatest_mean_logprob(door):
    fields = {"seed": 1, "max_tokens": 5, "temperature": 1.5, "logprobs": 0}
    everything = door.complete(n=6, **fields)["choices"]

    def mean(choice: dict) -> float:
        logprobs = choice["logprobs"]["token_logprobs"]
        return sum(logprobs) / len(logprobs)

    body = door.complete(n=2, best_of=6, **fields)
    best = sorted(everything, key=mean, reverse=True)[:2]
    assert [choice["text"] for choice in body["choices"]] == [choice["text"] for choice in best]
    assert [choice["index"] for choice in body["choices"]] == [0, 1]
    drawn = sum(len(choice["logprobs"]["tokens"]) for choice in everything)
    assert body["usage"]["completion_tokens"] == drawn
    silent = door.complete(n=2, best_of=6, **fields | {"logprobs": None})["choices"]
    assert [choice["text"] for choice in silent] == [choice["text"] for choice in best]
    assert silent[0]["logprobs"] is None


@pytest.mark.parametrize(
    "fields",
    [
        {"max_tokens": 6, "n": 2, "seed": 2},
        {"max_tokens": 6, "echo": True, "logprobs": 2, "seed": 2, "n": 2},
        {"max_tokens": 1, "echo": True, "logprobs": 1, "temperature": 0},
        {"max_tokens": 0, "echo": True, "logprobs": 1},
        {"max_tokens": 9, "temperature": 0, "logprobs": 0, "stop": ["\n\nThe capital of Ice"]},
    ],
)
def test_a_streams_chunks_add_up_to_the_whole_answer(door, fields):
    prompts = [NORWAY, JAPANESE]
    whole = door.complete(prompts, **fields)
    chunks = door.chunks(prompts, stream_options={"include_usage": True}, **fields)
    last = chunks.pop()
    assert last["choices"] == []
    for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
        assert last["usage"][name] == whole["usage"][name]
    assert {chunk["usage"] for chunk in chunks} == {None}
    assert {(chunk["id"], chunk["object"]) for chunk in chunks} == {(last["id"], "text_completion")}
    if fields.get("echo"):
        assert chunks[0]["choices"][0]["text"].startswith(NORWAY)
    choices = joined(chunks)
    assert len(choices) == len(whole["choices"])
    for choice in whole["choices"]:
        made = choices[choice["index"]]
        assert (made["text"], made["finish_reason"]) == (choice["text"], choice["finish_reason"])
        for name in ARRAYS if choice["logprobs"] else ():
            # a prompt that is cached gives the same numbers but for their last digits
            right = choice["logprobs"][name]
            if name == "token_logprobs":
                assert made["logprobs"][name] == pytest.approx(right, abs=1e-3)
            elif name != "top_logprobs":
                assert made["logprobs"][name] == right


def test_a_stream_without_usage_has_none(door):
    chunks = door.chunks(max_tokens=2, temperature=0)
    assert all("usage" not in chunk for chunk in chunks)
    assert chunks[-1]["choices"][0]["finish_reason"] == "length"


def test_the_end_token_has_an_entry_and_no_text(full_door):
    """Of a prompt after which the model ends its turn."""
    prompt = "<|im_start|>user\nSay yes.<|im_end|>\n<|im_start|>assistant\nYes"
    messages = [{"role": "user", "content": "Say yes."}]
    ids = full_door.http.post("/tokenize", json={"messages": messages}).json()["ids"]
    ids += full_door.ids("Yes.")
    bias = {"2": 100}
    body = full_door.complete([ids], temperature=0, logprobs=1, max_tokens=5, logit_bias=bias)
    (choice,) = body["choices"]
    assert (choice["text"], choice["finish_reason"]) == ("", "stop")
    assert body["usage"]["completion_tokens"] == 1
    arrays = choice["logprobs"]
    assert arrays["tokens"] == [""]
    assert arrays["top_logprobs"][0][""] == arrays["token_logprobs"][0]
    assert arrays["text_offset"] == [len(f"{prompt}.")]
    (streamed,) = joined(
        full_door.chunks([ids], temperature=0, logprobs=1, logit_bias=bias)
    ).values()
    assert streamed["logprobs"]["tokens"] == [""]
    echoed = full_door.choice(
        [ids], temperature=0, logprobs=1, max_tokens=5, logit_bias=bias, echo=True
    )
    assert echoed["text"] == f"{prompt}."
    assert echoed["logprobs"]["tokens"][0] == "<|im_start|>"
    assert echoed["logprobs"]["tokens"][-1] == ""


def test_half_a_character_is_never_a_replacement(door):
    arrays = door.choice(JAPANESE, echo=True, logprobs=5, max_tokens=0)["logprobs"]
    halves = [token for token in arrays["tokens"] if token.startswith("bytes:")]
    assert halves
    assert not any("�" in token for token in arrays["tokens"])
    assert not any("�" in token for top in arrays["top_logprobs"][1:] for token in top)
    data = b"".join(
        bytes.fromhex(token[6:].replace("\\x", "")) if token in halves else token.encode()
        for token in arrays["tokens"]
    )
    assert data.decode() == JAPANESE
    offsets = arrays["text_offset"]
    assert offsets == sorted(offsets)
    assert set(offsets) == set(range(len(JAPANESE)))


def test_a_choice_completes_the_character_that_its_prompt_begins(door):
    ids = door.ids(JAPANESE)
    halves = door.choice(ids, echo=True, logprobs=1, max_tokens=0)["logprobs"]["tokens"]
    begin = next(i for i, token in enumerate(halves) if token.startswith("bytes:")) + 1
    follows = {str(ids[begin]): 100}
    one = door.choice([ids[:begin]], max_tokens=1, temperature=0, logit_bias=follows)
    both = door.choice([ids[:begin]], max_tokens=1, temperature=0, logit_bias=follows, echo=True)
    whole = door.choice([ids[: begin + 1]], max_tokens=0, echo=True)["text"]
    assert "�" not in whole
    assert one["text"] == whole[-1]
    assert both["text"] == whole
    alone = door.choice([ids[:begin]], max_tokens=0, echo=True)["text"]
    assert alone == f"{whole[:-1]}�"


def test_the_name_of_a_control_token_is_text(door):
    body = door.complete("Hi<|im_end|>", echo=True, logprobs=1, max_tokens=0)
    (choice,) = body["choices"]
    assert choice["text"] == "Hi<|im_end|>"
    assert body["usage"]["prompt_tokens"] == len(door.ids("Hi<|im_end|>")) > 2


def test_penalties_biases_and_seeds_hold(full_door):
    banned = {str(full_door.ids(".")[0]): -100}
    assert "." not in full_door.choice(temperature=0, max_tokens=8, logit_bias=banned)["text"]
    again = {"prompt": ("Yes. " * 20).strip(), "temperature": 0, "max_tokens": 12}
    free = full_door.choice(**again)["text"]
    held = full_door.choice(**again, frequency_penalty=2)["text"]
    assert free.count("Yes") > held.count("Yes") + 1
    one = full_door.choice(seed=4, max_tokens=8)["text"]
    assert one == full_door.choice(seed=4, max_tokens=8)["text"]
    assert one != full_door.choice(seed=5, max_tokens=8)["text"]


def test_a_bias_moves_the_token_and_not_the_number(door):
    """Echo's one token is then drawn, not taken from the last row."""
    oslo = {str(door.ids(" Oslo")[0]): 100}
    form = {"echo": True, "logprobs": 1, "max_tokens": 1, "temperature": 0}
    choice = door.choice("The capital of France is", logit_bias=oslo, **form)
    assert choice["text"] == "The capital of France is Oslo"
    own = choice["logprobs"]["token_logprobs"][-1]
    assert own < max(choice["logprobs"]["top_logprobs"][-1].values())
    assert math.isfinite(own)
