"""vLLM, by answers that were recorded from it (tests/data/record_vllm.py says how).

What is expected is the engine's own, too: its whole list from /v1/completions, the tokens that its
/tokenize names, or a text's UTF-8.
"""

import json
from functools import cache

import httpx
import numpy as np
import pytest
import vllm_questions
from fake_endpoint import fake
from replayed import DATA, Replayed

from samplers import SamplingParams, generate
from samplers.api import APIError
from samplers.api.adapters.token_bytes import BYTE_NAMES
from samplers.compare import goodness_of_fit, predict

MODES = ("raw", "processed")


@cache
def exchanges(mode: str, question: str) -> list[dict]:
    recording = json.loads((DATA / f"vllm_{mode}.json").read_text(encoding="utf-8"))
    return recording["questions"][question]


def ask(mode: str, question: str):
    """What our client makes of the recorded answers."""
    return vllm_questions.QUESTIONS[question](Replayed(f"vllm_{mode}", question).client())


@pytest.mark.parametrize("mode", MODES)
def test_it_is_recognised_with_its_flags(mode):
    known = ask(mode, "abilities")
    assert (known.engine, known.version, known.top_logprobs) == ("vllm", "0.32.0", 20)
    assert known.raw_logprobs is (mode == "raw")
    assert str(known) == f"20 logprobs, {mode}; tokens by /tokenize"


def test_half_characters_have_their_bytes():
    text, messages = ask("raw", "tokens")
    assert b"".join(text.bytes) == vllm_questions.HALVES.encode()
    assert len(text) > len(vllm_questions.HALVES)
    assert text.context_length == 2048
    assert messages.stop_ids == (2,)  # <|im_end|>
    assert messages.tokens[0] == "<|im_start|>"
    assert messages.bytes[0] == b""


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("question", ["lists of five", "lists of five by chat"])
def test_a_list_of_five_is_the_five_most_probable(mode, question):
    """10 of 20 lists were not, when the drawn token had displaced the fifth."""
    best, _, _ = ask(mode, "lists of twenty")
    for distribution in ask(mode, question):
        assert len(distribution) == 5
        assert distribution.logprobs == pytest.approx(best.logprobs[:5], abs=0.05)
        assert set(distribution.bytes) <= set(best.bytes[:7])  # its bfloat16 has ties


@pytest.mark.parametrize("mode", MODES)
def test_a_list_of_twenty_has_no_hole(mode):
    best, by_chat, everything = ask(mode, "lists of twenty")
    assert len(best) == len(everything) == 20
    assert len(set(best.bytes)) == 20
    for distribution in by_chat:
        assert len(distribution) == 20 if mode == "raw" else len(distribution) in (19, 20)
        assert distribution.logprobs == pytest.approx(best.logprobs[: len(distribution)], abs=0.05)


def test_at_the_cap_it_draws_greedily_where_logprobs_are_raw():
    asked = [e["request"][2] for e in exchanges("raw", "lists of twenty")]
    assert {body["temperature"] for body in asked if body and "top_logprobs" in body} == {0}
    asked = [e["request"][2] for e in exchanges("processed", "lists of twenty")]
    assert {body["temperature"] for body in asked if body and "top_logprobs" in body} == {1}


def test_an_answer_goes_on_after_half_a_character():
    distribution = ask("raw", "after a half")
    assert len(distribution) == 5
    assert any(0x80 <= raw[0] < 0xC0 for raw in distribution.bytes)  # the character's other part


def test_requests_that_it_refuses_go_out_in_another_form():
    greedy, nucleus_of_nothing, chat = ask("raw", "chats")
    assert len(greedy.choices) == 3
    assert len({choice.text for choice in greedy.choices}) == 1
    assert nucleus_of_nothing.text
    assert chat.text.encode().startswith(b"".join(token.bytes for token in chat.logprobs)[:3])
    assert all(token.id is not None for token in chat.logprobs)


@pytest.mark.parametrize("mode", MODES)
def test_a_true_prediction_of_half_characters_is_accepted(mode):
    distribution, counts = ask(mode, "draws")
    halves = [raw for raw in distribution.bytes if raw.decode(errors="ignore").encode() != raw]
    assert len(halves) >= 8
    assert sum(counts.tokens[raw] for raw in halves) > 60
    prediction = predict(distribution, SamplingParams(), "vllm")
    assert goodness_of_fit(prediction, counts).p_value > 1e-3
    wrong = predict(distribution, SamplingParams(temperature=0.3), "vllm")
    assert goodness_of_fit(wrong, counts).p_value < 1e-3


def test_a_text_is_scored_by_its_prompt_logprobs():
    halves, text, answer = ask("raw", "scores")
    assert halves.text == vllm_questions.HALVES
    assert text.tokens == ("The", "␣capital", "␣of", "␣France", "␣is", "␣Paris", ".")
    assert (text.tokens, text.bytes, text.ids) == (answer.tokens, answer.bytes, answer.ids)
    assert (text.logprobs[0], text.entropies[0], text.top[0]) == (None, None, ())
    assert text.top[5][0][0] == "␣Paris"
    # after the question the answer's first token is expected, and each other one more than before
    assert answer.logprobs[0] > -3
    assert all(a > b for a, b in zip(answer.logprobs[1:-1], text.logprobs[1:-1], strict=True))
    for top, (low, high) in zip(answer.top, answer.entropies, strict=True):
        assert len(top) == 5
        assert 0 < low < high < np.log(49_152)


def test_the_tokenizers_names_of_bytes():
    """GPT-2's, by hand: é is c3 a9; a byte that Latin-1 does not print is moved to U+0100 on."""
    assert len(BYTE_NAMES) == 128
    assert (BYTE_NAMES["Ã"], BYTE_NAMES["©"]) == (0xC3, 0xA9)
    assert (BYTE_NAMES["Ģ"], BYTE_NAMES["½"], BYTE_NAMES["ł"]) == (0x80, 0xBD, 0xA0)


# A vocabulary of six tokens, by hand: the whole distribution needs --max-logprobs -1, and the real
# one's answer is 1.8 MB.
NAMES = ["<|end|>", "<|user|>", "a", "b", "\ufffd", "c"]
LOGPROBS = [-2.0, -9.0, -1.0, -3.0, -9999.0, -0.75]
END = 0


def small_vllm(request):
    """As vLLM 0.32 with --max-logprobs -1 answers: the drawn token first, the others by rank."""
    path = request.url.path
    body = json.loads(request.content or "{}")
    if path == "/v1/models":
        return httpx.Response(200, json={"data": [{"id": "m", "owned_by": "vllm"}]})
    if path == "/version":
        return httpx.Response(200, json={"version": "0.32.0"})
    if path == "/tokenize":
        return httpx.Response(200, json=small_tokens(body))
    if path == "/detokenize":
        return httpx.Response(200, json={"prompt": "".join(NAMES[i] for i in body["tokens"])})
    if path != "/v1/completions":
        return httpx.Response(404)

    wanted = body.get("logprobs", 1)
    if wanted > 6:
        message = "Requested sample logprobs of 9, which is greater than max allowed: 6"
        return httpx.Response(400, json={"error": {"message": message}})
    best = sorted(range(6), key=lambda i: -LOGPROBS[i])
    forced = [int(i) for i in body.get("logit_bias", {})]
    listed = [*(forced or best[:1]), *best]
    top = {f"token_id:{i}": LOGPROBS[i] for i in (listed if wanted < 0 else listed[: wanted + 1])}
    choice = {"logprobs": {"top_logprobs": [top]}, "text": ""}
    reason = "stop" if forced == [END] else "length"
    return httpx.Response(200, json={"choices": [choice | {"finish_reason": reason}]})


def small_tokens(body):
    if "messages" not in body:
        ids = [NAMES.index(character) for character in body["prompt"] if character in NAMES]
    elif body.get("continue_final_message"):
        ids = [1, 2]
    elif body.get("add_generation_prompt") is False:
        ids = [1, 2, END]
    else:
        ids = [1, 2]
    strings = [NAMES[i] for i in ids]
    return {"tokens": ids, "token_strs": strings, "count": len(ids), "max_model_len": 64}


def test_the_whole_vocabulary_where_the_server_allows_it(monkeypatch):
    monkeypatch.setattr("samplers.api.adapters.vllm.MAX_TOP_LOGPROBS", 5)  # six tokens are more
    client = fake(small_vllm)
    assert client.abilities.top_logprobs is None
    whole = client.next_token("a", top="all")
    assert whole.vocabulary_size == len(whole) == 6
    assert whole.logprobs.tolist() == [-2.0, -9.0, -1.0, -3.0, -np.inf, -0.75]
    assert whole.bytes == (b"", b"", b"a", b"b", b"token_id:4", b"c")

    model = client.as_model("a")
    assert (model.prompt, model.stop_tokens, model.vocabulary[0]) == ((1, 2), (0,), b"<|end|>")
    greedy = SamplingParams(temperature=0, max_tokens=3)
    parts = {"vocabulary": model.vocabulary, "stop_tokens": model.stop_tokens}
    assert generate(model, model.prompt, greedy, **parts).text == "ccc"


def test_more_tokens_than_there_are(monkeypatch):
    monkeypatch.setattr("samplers.api.adapters.vllm.MAX_TOP_LOGPROBS", 5)
    assert len(fake(small_vllm).next_token("a", top=9)) == 6


def test_a_server_that_shows_no_logprobs():
    """--max-logprobs 0."""

    def answer(request):
        if json.loads(request.content or "{}").get("logprobs", 0) == 0:
            return small_vllm(request)
        message = "Requested sample logprobs of 9, which is greater than max allowed: 0"
        return httpx.Response(400, json={"error": {"message": message}})

    client = fake(answer)
    assert client.abilities.top_logprobs == 0
    for top in (5, "all"):
        with pytest.raises(APIError, match="shows no logprobs") as caught:
            client.next_token("a", top=top)
        assert caught.value.code == "unsupported"


@pytest.mark.parametrize("shown", [{}, {"token_id:2": None}, {"a": -1.0}, None])
def test_an_answer_without_logprobs_is_an_error_of_the_endpoint(shown):
    def answer(request):
        if request.url.path != "/v1/completions":
            return small_vllm(request)
        return httpx.Response(200, json={"choices": [{"logprobs": {"top_logprobs": [shown]}}]})

    with pytest.raises(APIError, match="cannot be read"):
        fake(answer).next_token("a", top=2)


def test_without_the_whole_vocabulary_as_model_says_what_to_do():
    with pytest.raises(APIError, match="started with --max-logprobs -1") as caught:
        fake(small_vllm).as_model("a")
    assert caught.value.code == "unsupported"


def test_a_server_without_its_tokenizer_is_asked_by_chat():
    """A proxy that lets /v1 through alone: top_logprobs, with one more for the drawn token."""
    asked = []

    def answer(request):
        if not request.url.path.startswith("/v1/chat"):
            in_v1 = request.url.path.startswith("/v1")
            return small_vllm(request) if in_v1 else httpx.Response(404)
        asked.append(json.loads(request.content)["top_logprobs"])
        top = [("b", -3.0), ("c", -0.75), ("a", -1.0)]
        entries = [{"token": token, "bytes": [ord(token)], "logprob": p} for token, p in top]
        place = entries[0] | {"top_logprobs": entries}
        body = {"choices": [{"message": {"content": "b"}, "logprobs": {"content": [place]}}]}
        return httpx.Response(200, json=body)

    distribution = fake(answer).next_token("x", top=2)
    assert asked == [3]
    assert distribution.tokens == ("c", "a")
