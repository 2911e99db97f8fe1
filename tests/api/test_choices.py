"""n answers in several requests: their order, their seeds, their price."""

import json

import httpx
import pytest
from fake_endpoint import completion, fake
from rules_endpoint import OPENAI, RulesEndpoint

from samplers.api import APIError, Budget, ConnectionFailed, Usage
from samplers.api.choices import join_answers, split_choices
from samplers.api.pricing.bound import upper_bound
from samplers.api.pricing.prices import cost

LUNA = "gpt-6-luna"


def one_by_one(*answers: httpx.Response):
    """Gives these answers to chat requests, in order."""
    coming = iter(answers)

    def answer(request):
        is_chat = request.url.path.endswith("/chat/completions")
        return next(coming) if is_chat else httpx.Response(404)

    return answer


def sizes(n, most_choices=None, model=LUNA) -> list:
    parts = split_choices({"model": model, "n": n}, most_choices)
    return [part["n"] for part in parts]


def test_as_few_requests_as_can_be():
    assert sizes(8) == [8]
    assert sizes(9) == [8, 1]
    assert sizes(50) == [8, 8, 8, 8, 8, 8, 2]
    assert sizes(50, model="gpt-4.1-mini") == [50]
    assert sizes(50, model="m") == [50]


def test_an_endpoint_may_take_fewer():
    assert sizes(4, most_choices=1, model="m") == [1, 1, 1, 1]
    assert sizes(9, most_choices=4) == [4, 4, 1]
    assert sizes(9, most_choices=100) == [8, 1]


@pytest.mark.parametrize("n", [129, 10**12, 0, -1, "9", 9.5, True, None])
def test_what_is_no_n_is_the_endpoints_to_refuse(n):
    assert sizes(n) == [n]


def test_a_choice_keeps_its_seed():
    endpoint = RulesEndpoint()
    answer = fake(endpoint, LUNA).chat("x", n=20, seed=100, max_tokens=5)
    assert [(choice.index, choice.text) for choice in answer.choices] == [
        (i, str(100 + i)) for i in range(20)
    ]
    assert [(body["n"], body["seed"]) for body in endpoint.bodies] == [(8, 100), (8, 108), (4, 116)]
    assert [choice["index"] for choice in answer.raw["choices"]] == list(range(20))
    assert answer.text == "100"
    assert endpoint.errors == []


def test_without_a_seed_none_is_sent():
    endpoint = RulesEndpoint()
    fake(endpoint, LUNA).chat("x", n=9)
    assert all("seed" not in body for body in endpoint.bodies)


def test_usage_is_added_up():
    answer = fake(RulesEndpoint(), LUNA).chat("x", n=20)
    # three requests of 10 prompt tokens, 2 of them cached and 3 written; 5 tokens a choice
    assert answer.usage == Usage(30, 100, 130, 6, 9, 20, 6)
    assert Usage.from_wire(answer.raw["usage"]) == answer.usage


def test_one_part_without_usage_must_not_look_cheap():
    without = httpx.Response(200, json={"choices": [{"message": {}}]})
    assert fake(one_by_one(completion(), without), LUNA).chat("x", n=9).usage is None


def test_the_budget_holds_the_sum_and_gets_the_real_cost():
    held = []
    endpoint = RulesEndpoint()

    def answer(request):
        held.append(client.budget.held)
        return endpoint(request)

    client = fake(answer, LUNA, OPENAI, "key-of-nobody", budget=Budget(0.10))
    completed = client.chat("x", n=20, max_tokens=100)
    bounds = [upper_bound(body) for body in endpoint.bodies]
    assert held == [sum(bounds), sum(bounds[1:]), bounds[2]]
    assert client.budget.held == 0
    parts = [Usage(10, 5 * n, 10 + 5 * n, 2, 3, n) for n in (8, 8, 4)]
    assert client.budget.spent == sum(cost(LUNA, usage) for usage in parts)
    assert client.budget.spent == cost(LUNA, completed.usage)


@pytest.mark.parametrize(
    ("failure", "error", "is_held"),
    [
        (httpx.Response(400, json={}), APIError, False),
        (httpx.ReadTimeout("late"), ConnectionFailed, True),
        (KeyboardInterrupt(), KeyboardInterrupt, True),
    ],
)
def test_what_was_answered_before_a_failure_is_paid(failure, error, is_held):
    endpoint = RulesEndpoint()
    sent = []

    def answer(request):
        sent.append(json.loads(request.content))
        if len(sent) < 2:
            return endpoint(request)
        if isinstance(failure, BaseException):
            raise failure
        return failure

    paid = {"budget": Budget(0.10), "max_retries": 0}
    client = fake(answer, LUNA, OPENAI, "key-of-nobody", **paid)
    with pytest.raises(error):
        client.chat("x", n=24, max_tokens=100)
    assert len(sent) == 2  # the third was never sent, so it costs nothing
    assert client.budget.spent == cost(LUNA, Usage(10, 40, 50, 2, 3, 8))
    assert client.budget.held == (upper_bound(sent[1]) if is_held else 0)


def test_an_answer_without_usage_stays_held_whatever_follows():
    without = httpx.Response(200, json={"choices": [{"message": {}}]})
    answers = one_by_one(without, httpx.Response(400, json={}))
    client = fake(answers, LUNA, OPENAI, "key-of-nobody", budget=Budget(0.10))
    with pytest.raises(APIError):
        client.chat("x", n=16, max_tokens=100)
    assert client.budget.held > 8 * 100 * 0.50 / 1e6
    assert client.budget.held < 2 * 8 * 100 * 0.50 / 1e6


def test_what_cannot_be_joined_is_an_error_of_the_endpoint():
    answers = one_by_one(completion(), httpx.Response(200, json={"choices": ["a"]}))
    with pytest.raises(APIError, match="cannot be read"):
        fake(answers, LUNA).chat("x", n=9)


def test_an_index_may_be_what_a_single_answers_may_be():
    texts = {"10": "c", 9: "b", None: "a"}
    choices = [{"index": index, "message": {"content": texts[index]}} for index in texts]
    joined = join_answers([{"choices": choices}, {"choices": choices[:1]}])["choices"]
    assert [choice["message"]["content"] for choice in joined] == ["a", "b", "c", "c"]
    assert [choice["index"] for choice in joined] == [0, 1, 2, 3]
