"""The money of a batch: what is held before it is sent, and what it cost in the end."""

from decimal import Decimal

import httpx
import pytest
from batch_endpoint import DOWN, BatchEndpoint
from fake_endpoint import completion, fake

from samplers.api import (
    Budget,
    BudgetExceeded,
    EndpointError,
    batch_cost,
    batch_results,
    follow_batch,
    submit_batch,
)
from samplers.api.pricing.bound import upper_bound

OPENAI = "https://api.openai.com/v1"
# gpt-4o-mini: 0.15 and 0.60 USD a million, 0.075 and 0.30 in a batch; of 1,000 and 100 tokens
LIVE = Decimal("0.00021")
COST = Decimal("0.000105")
BOTH = {"a": {"messages": "x", "max_tokens": 100}, "b": {"messages": "y", "max_tokens": 100}}


@pytest.fixture
def endpoint():
    return BatchEndpoint()


def paid(endpoint, limit=0.10, model="gpt-4o-mini", base_url=OPENAI):
    return fake(endpoint, model, base_url, "key-of-nobody", budget=Budget(limit))


def line(custom_id, usage=(1000, 100), status=200):
    body = completion(usage=usage).json()
    if usage == (0, 0):
        del body["usage"]
    return {"custom_id": custom_id, "response": {"status_code": status, "body": body}}


def test_a_batch_is_held_until_its_results_are_read(endpoint):
    client = paid(endpoint)
    batch = submit_batch(client, BOTH)
    bodies = [sent["body"] for sent in endpoint.sent(batch.id)]
    assert all("service_tier" not in body for body in bodies)
    assert client.budget.held == sum(upper_bound(body) for body in bodies) / 2
    endpoint.end(batch.id, "completed", output=[line("b"), line("a")])
    for _ in range(2):
        results = batch_results(client, batch)
        assert (client.budget.held, client.budget.spent) == (0, 2 * COST)
    assert batch_cost(results) == 2 * COST == LIVE
    assert batch_cost(results, "gpt-4o") == 2 * Decimal("0.00175")


def test_what_exceeds_the_budget_is_not_sent(endpoint):
    client = paid(endpoint, limit=0.00001)
    with pytest.raises(BudgetExceeded):
        submit_batch(client, BOTH)
    assert endpoint.calls == []
    assert client.budget.held == 0


def test_one_half_of_the_price_of_calls_is_enough(endpoint):
    client = paid(endpoint)
    submit_batch(client, BOTH)
    enough = client.budget.held
    submit_batch(paid(endpoint, limit=enough), BOTH)
    with pytest.raises(BudgetExceeded):
        submit_batch(paid(endpoint, limit=enough - Decimal("1e-9")), BOTH)


@pytest.mark.parametrize(
    ("call", "answer", "stays"),
    [
        ("POST /files", DOWN, False),  # a file costs nothing
        ("POST /batches", DOWN, True),  # it may have been made
        ("POST /batches", httpx.ReadError("lost"), True),
        ("POST /batches", httpx.ConnectError("refused"), False),
        ("POST /batches", httpx.Response(400, json={"error": {"message": "No."}}), False),
    ],
)
def test_what_may_be_billed_stays_held(endpoint, call, answer, stays):
    client = paid(endpoint)
    endpoint.refuse[call] = [answer] * 3
    with pytest.raises(EndpointError):
        submit_batch(client, BOTH)
    assert (client.budget.held > 0) is stays
    assert client.budget.spent == 0


def test_an_expired_batch_costs_what_was_answered(endpoint):
    client = paid(endpoint)
    batch = submit_batch(client, BOTH)
    endpoint.end(batch.id, "expired", output=[line("a")])
    results = batch_results(client, batch)
    assert batch_cost(results) == COST
    assert (client.budget.held, client.budget.spent) == (0, COST)


def test_a_failed_batch_costs_nothing(endpoint):
    client = paid(endpoint)
    batch = submit_batch(client, BOTH)
    endpoint.end(batch.id, "failed")
    follow_batch(client, batch, progress=False)
    assert (client.budget.held, client.budget.spent) == (0, 0)


def test_an_answer_without_usage_leaves_the_cost_open(endpoint):
    client = paid(endpoint)
    batch = submit_batch(client, BOTH)
    held = client.budget.held
    endpoint.end(batch.id, "completed", output=[line("a"), line("b", (0, 0))])
    results = batch_results(client, batch)
    assert (client.budget.held, client.budget.spent) == (held, 0)
    with pytest.raises(ValueError, match="results must report usage: 'b' does not"):
        batch_cost(results)


def test_the_second_run_holds_nothing_again(endpoint, tmp_path):
    client = paid(endpoint)
    submit_batch(client, BOTH, save=tmp_path / "batch.json")
    held = client.budget.held
    submit_batch(client, BOTH, save=tmp_path / "batch.json")
    assert client.budget.held == held
    batch = submit_batch(paid(endpoint, limit=0), BOTH, save=tmp_path / "batch.json")
    assert list(endpoint.batches) == [batch.id]


def test_a_batch_that_was_lost_is_held_once(endpoint, tmp_path):
    """It may have been made, so it stays held; the next run finds none, and sends it again."""
    client = paid(endpoint)
    endpoint.refuse["POST /batches"] = [httpx.ReadError("lost")]
    with pytest.raises(EndpointError):
        submit_batch(client, BOTH, save=tmp_path / "batch.json")
    held = client.budget.held
    batch = submit_batch(client, BOTH, save=tmp_path / "batch.json")
    assert client.budget.held == held > 0
    endpoint.end(batch.id, "completed", output=[line("a"), line("b")])
    batch_results(client, batch)
    assert (client.budget.held, client.budget.spent) == (0, 2 * COST)


def test_an_address_of_one_region_costs_a_tenth_more(endpoint):
    client = paid(endpoint, base_url="https://eu.api.openai.com/v1")
    batch = submit_batch(client, BOTH)
    endpoint.end(batch.id, "completed", output=[line("a"), line("b")])
    batch_results(client, batch)
    assert client.budget.spent == 2 * COST * Decimal("1.1")


def test_an_unknown_model_has_no_price(endpoint):
    client = fake(endpoint, "smollm2-135m-instruct")
    batch = submit_batch(client, ["x"])
    endpoint.end(batch.id, "completed", output=[line("request-0")])
    results = batch_results(client, batch)
    with pytest.raises(ValueError, match="model must be one whose price is known"):
        batch_cost(results)
    assert batch_cost(results, "gpt-4o-mini") == COST
    with pytest.raises(ValueError, match="results must be what batch_results"):
        batch_cost([])


def test_a_model_that_is_shut_down_or_priced_tiers_are_refused(endpoint):
    with pytest.raises(ValueError, match="was shut down"):
        submit_batch(paid(endpoint, model="o4-mini"), ["x"])
    with pytest.raises(ValueError, match="service_tier must be left out"):
        submit_batch(paid(endpoint), [{"messages": "x", "service_tier": "priority"}])
    assert endpoint.calls == []
