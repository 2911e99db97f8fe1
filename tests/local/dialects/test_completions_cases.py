"""POST /v1/completions: the cases of public bug reports on echo and logprobs."""

import base64
import json

import numpy as np
import pytest
from completion_door import ARRAYS, NORWAY, CompletionDoor

SCORED = {"echo": True, "logprobs": 5, "max_tokens": 0}
COMPACT = {"x-samplers-full-logprobs": "compact"}
ONE = {"temperature": 0, "max_tokens": 1, "logprobs": True, "top_logprobs": 5}


@pytest.fixture(scope="module")
def endpoint(full):
    return full


@pytest.fixture(scope="module")
def door(exact):
    return CompletionDoor(exact)


def row(door, ids: list[int]) -> np.ndarray:
    """The logprobs of all tokens after the template's beginning and `ids`."""
    headers = COMPACT | {"x-samplers-continue": json.dumps(ids)}
    choice = door.endpoint.choice([{"role": "user", "content": "Hi"}], headers, **ONE)
    full = choice["logprobs"]["content"][0]["full"]["logits"]
    logits = np.frombuffer(base64.b64decode(full), "<f4").astype(float)
    return logits - np.logaddexp.reduce(logits)


def lengths(choice: dict) -> set[int]:
    return {len(choice["logprobs"][name]) for name in ARRAYS}


def test_co1_scoring_a_given_text(door):
    ids = door.ids(NORWAY)
    right = door.score(NORWAY)
    more = {"max_tokens": 1, "temperature": 0}
    for prompt in (NORWAY, ids, [ids], [NORWAY]):
        scored = door.choice(prompt, **SCORED)
        assert scored["text"] == NORWAY
        assert scored["finish_reason"] == "length"
        longer = door.choice(prompt, **SCORED | more)
        assert longer["text"] == f"{NORWAY}."
        for choice, count in ((scored, len(ids)), (longer, len(ids) + 1)):
            assert lengths(choice) == {count}
            arrays = choice["logprobs"]
            assert (arrays["token_logprobs"][0], arrays["top_logprobs"][0]) == (None, None)
            assert arrays["token_logprobs"][1 : len(ids)] == pytest.approx(right[1:], abs=1e-6)
            assert "".join(arrays["tokens"]) == choice["text"]
            assert arrays["text_offset"] == [0, 3, 11, 14, 21, 24, 29][:count]


def test_co1_a_list_of_both(door):
    ids = door.ids(NORWAY)
    body = door.complete([NORWAY, ids], **SCORED)
    by_text, by_ids = body["choices"]
    assert (by_text["index"], by_ids["index"]) == (0, 1)
    assert by_text["logprobs"] == by_ids["logprobs"]
    assert body["usage"]["prompt_tokens"] == 2 * len(ids)
    assert body["usage"]["completion_tokens"] == 0


def test_co1_the_numbers_are_those_of_the_whole_distribution(door):
    """Of a conversation's ids, control tokens included, which come back as they were sent."""
    messages = [{"role": "user", "content": "Hi"}]
    answer = door.http.post("/tokenize", json={"messages": messages}).json()
    begin = answer["ids"]
    ids = door.ids("The capital of Norway is Oslo.")
    arrays = door.choice([begin + ids], **SCORED)["logprobs"]
    names = [token["token"] for token in answer["tokens"]]
    assert arrays["tokens"][: len(begin)] == names
    assert "<|im_start|>" in names
    for i, token in enumerate(ids):
        right = row(door, ids[:i])
        own = arrays["token_logprobs"][len(begin) + i]
        assert own == pytest.approx(right[token], abs=1e-4)
        top = sorted(arrays["top_logprobs"][len(begin) + i].values(), reverse=True)[:5]
        assert top == pytest.approx(np.sort(right)[::-1][:5].tolist(), abs=1e-4)


def test_co1_a_long_prompt(door):
    """Over many slices; the same rows as a score's.

    One of 2,048 tokens takes half a minute of one processor, so it is not asked for here.
    """
    ids = [1000 + i for i in range(300)]
    form = {"echo": True, "logprobs": 1, "max_tokens": 1, "temperature": 0}
    choice = door.choice([ids], **form)
    assert lengths(choice) == {301}
    right = door.score(ids[:70])
    assert choice["logprobs"]["token_logprobs"][1:70] == pytest.approx(right[1:], abs=1e-6)


def check_numbers(arrays: dict) -> None:
    """No positive value, no NaN, and no list of tokens that is more than all tokens."""
    for token, own, top in zip(
        arrays["tokens"], arrays["token_logprobs"], arrays["top_logprobs"], strict=True
    ):
        assert own <= 0
        assert top[token] == own
        assert sum(np.exp(list(top.values()))) <= 1 + 1e-6


def test_co3_greedy_numbers_are_the_greatest(door):
    body = door.complete(temperature=0, logprobs=1, max_tokens=20)
    arrays = body["choices"][0]["logprobs"]
    assert lengths(body["choices"][0]) == {20}
    check_numbers(arrays)
    for own, top in zip(arrays["token_logprobs"], arrays["top_logprobs"], strict=True):
        assert own == max(top.values())


@pytest.mark.parametrize("count", [0, 3])
def test_co3_a_drawn_token_has_its_own_number(door, count):
    """Also when it is not among the top, so that there is one more."""
    fields = {"temperature": 2, "seed": 3, "max_tokens": 6}
    arrays = door.choice(logprobs=count, **fields)["logprobs"]
    check_numbers(arrays)
    sizes = {len(top) for top in arrays["top_logprobs"]}
    assert sizes <= {count, count + 1}
    assert count + 1 in sizes
    again = door.choice(logprobs=5, **fields)["logprobs"]
    assert again["tokens"] == arrays["tokens"]
    assert again["token_logprobs"] == pytest.approx(arrays["token_logprobs"], abs=1e-3)


@pytest.mark.parametrize("stop", ["\n\nThe capital of France", "\n\nThe capital of Iceland"])
def test_co3_a_stop_string_that_holds_tokens_back(door, stop):
    """Whether they come in one piece then or are left out, each has an entry."""
    fields = {"temperature": 0, "logprobs": 1, "max_tokens": 9}
    free = door.choice(**fields)
    body = door.complete(stop=stop, **fields)
    (choice,) = body["choices"]
    hit = stop in free["text"]
    assert choice["text"] == (free["text"].partition(stop)[0] if hit else free["text"])
    assert choice["finish_reason"] == ("stop" if hit else "length")
    count = body["usage"]["completion_tokens"]
    assert lengths(choice) == {count}
    assert choice["logprobs"]["tokens"] == free["logprobs"]["tokens"][:count]
    assert choice["logprobs"]["text_offset"] == free["logprobs"]["text_offset"][:count]
    check_numbers(choice["logprobs"])


@pytest.mark.parametrize(
    ("context", "continuation"), [("2 + 2 =", " 4"), ("New Yor", "k"), ("", "4"), ("2 + 2 = ", "4")]
)
def test_co5_where_the_answer_begins(door, context, continuation):
    """One tokenization of both; nothing is put before it, and no entry is off by one."""
    ids = door.ids(context + continuation)
    arrays = door.choice(context + continuation, **SCORED)["logprobs"]
    usage = door.complete(context + continuation, max_tokens=1)["usage"]
    assert usage["prompt_tokens"] == len(ids)
    by_ids = door.choice([ids], **SCORED)["logprobs"]
    assert arrays == by_ids
    assert "".join(arrays["tokens"]) == context + continuation
    right = door.score(ids)
    assert arrays["token_logprobs"][1:] == pytest.approx(right[1:], abs=1e-6)


def test_co5_ids_are_scored_as_they_are_given(door):
    """Not as the text that they spell would be split: "New Yor" and "k" apart."""
    ids = door.ids("New Yor") + door.ids("k")
    assert ids != door.ids("New York")
    choice = door.choice([ids], **SCORED)
    assert choice["text"] == "New York"
    assert choice["logprobs"]["token_logprobs"][1:] == pytest.approx(door.score(ids)[1:], abs=1e-6)


def test_a_separator_stands_for_a_prompt_that_is_empty(door):
    """As at OpenAI: the model begins a new document."""
    for prompt in ("", None):
        body = door.complete(prompt, temperature=0, max_tokens=2, echo=True, logprobs=1)
        same = door.complete([[0]], temperature=0, max_tokens=2, logprobs=1)
        (choice,) = body["choices"]
        assert choice["text"] == same["choices"][0]["text"]
        assert body["usage"]["prompt_tokens"] == 1
        assert choice["logprobs"]["tokens"][0] == ""
        assert choice["logprobs"]["text_offset"][:2] == [0, 0]
