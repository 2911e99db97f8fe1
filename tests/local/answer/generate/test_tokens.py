"""Tokens: their exact bytes, whatever the engine leaves out; and continued answers."""

import pytest
from logit_rows import unpacked

HAO = [48392, 138]  # 好: [229, 165] and [189]
HALF = 48392
EMOJI = [{"role": "user", "content": "Say hello in Chinese, with emoji 😊"}]


def joined(entries: list[dict]) -> bytes:
    return b"".join(bytes(entry["bytes"]) for entry in entries)


def text_of(stream: list[dict]) -> str:
    return "".join(choice["delta"].get("content", "") for choice in stream)


def entries_of(stream: list[dict]) -> list[dict]:
    objects = [choice["logprobs"] for choice in stream if choice["logprobs"]]
    return [entry for each in objects for entry in each["content"]]


def test_a_token_that_is_half_a_character(endpoint):
    choice = endpoint.choice(max_tokens=1, logit_bias={HALF: 100}, logprobs=True, top_logprobs=2)
    assert choice["message"]["content"] == "\ufffd"
    (entry,) = choice["logprobs"]["content"]
    assert entry["bytes"] == [229, 165]
    assert entry["token"] == "bytes:\\xe5\\xa5"
    assert [item["token"] for item in entry["top_logprobs"]] == ["The", "L"]

    # its logprob is the model's own, before the bias
    compact = {"x-samplers-full-logprobs": "compact"}
    plain = endpoint.choice(headers=compact, max_tokens=1, logprobs=True)
    full = plain["logprobs"]["content"][0]["full"]
    own = unpacked(full["logits"])[0, HALF] - full["logsumexp"]
    assert entry["logprob"] == pytest.approx(own, abs=1e-5)


def test_half_characters_in_a_row(endpoint):
    fields = {"max_tokens": 2, "logit_bias": {HALF: 100}, "logprobs": True, "seed": 1}
    choice = endpoint.choice(**fields)
    entries = choice["logprobs"]["content"]
    assert [entry["bytes"] for entry in entries] == [[229, 165]] * 2
    assert choice["message"]["content"] == "\ufffd" * 2
    assert choice["finish_reason"] == "length"

    stream = endpoint.streamed_choices(**fields)
    assert text_of(stream) == "\ufffd" * 2
    assert entries_of(stream) == entries


def test_a_half_character_after_the_chain(processed):
    fields = {"max_tokens": 1, "logprobs": True, "top_logprobs": 3, "top_p": 0.5}
    choice = processed.choice(**fields, logit_bias={HALF: 40}, seed=1, temperature=0.01)
    (entry,) = choice["logprobs"]["content"]
    assert entry["bytes"] == [229, 165]
    assert entry["logprob"] == pytest.approx(0, abs=1e-6)
    # the nucleus is that one token
    assert [item["token"] for item in entry["top_logprobs"]] == [entry["token"]]


@pytest.mark.parametrize(("temperature", "seed"), [(0, 0), (1, 3), (2, 5)])
def test_streamed_and_plain_answers_are_one(endpoint, temperature, seed):
    fields = {"temperature": temperature, "seed": seed, "max_tokens": 16}
    logprobs = {"logprobs": True, "top_logprobs": 1}
    choice = endpoint.choice(EMOJI, **fields, **logprobs)
    text = choice["message"]["content"]
    entries = choice["logprobs"]["content"]
    stream = endpoint.streamed_choices(EMOJI, **fields, **logprobs)
    assert text_of(stream) == text
    assert entries_of(stream) == entries
    assert joined(entries).decode(errors="replace") == text

    # without logprobs the engine answers in one call
    assert endpoint.choice(EMOJI, **fields)["message"] == choice["message"]
    for each in stream:  # whole characters only, but for the end
        if each is not stream[-2]:
            assert "\ufffd" not in each["delta"].get("content", "") or temperature == 2


def test_emoji_arrive_whole(endpoint):
    stream = endpoint.streamed_choices(EMOJI, temperature=0, max_tokens=20)
    # an emoji is four bytes, three tokens
    deltas = [choice["delta"].get("content", "") for choice in stream]
    assert any(ord(letter) > 0xFFFF for delta in deltas for letter in delta)
    assert "\ufffd" not in "".join(deltas[:-2])


def test_a_continued_answer(endpoint):
    headers = {"x-samplers-continue": str(endpoint.tokenize("The capital of"))}
    assert endpoint.text(headers=headers, temperature=0) == " France is Paris."
    assert next(iter(endpoint.top(headers=headers))) == " France"


def test_a_continued_half_character(endpoint):
    headers = {"x-samplers-continue": f"[{HALF}]"}
    fields = {"max_tokens": 1, "logit_bias": {HAO[1]: 100}, "logprobs": True}
    choice = endpoint.choice(headers=headers, **fields)
    assert choice["logprobs"]["content"][0]["bytes"] == [189]
