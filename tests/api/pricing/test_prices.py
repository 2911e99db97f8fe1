"""The price of a call before it is sent (a bound), and after (its usage)."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest
from fake_endpoint import completion, delta, event, fake, sse

from samplers.api import Budget, BudgetExceeded, ConnectionFailed, EndpointError, Usage
from samplers.api.pricing.prices import cost, price_list, price_of, upper_bound

OPENAI = "https://api.openai.com/v1"
TEXT = [{"role": "user", "content": "x"}]


def body(**more) -> dict:
    return {"model": "gpt-4o-mini", "messages": TEXT, "max_tokens": 100, **more}


def paid(answer, limit=0.10, model="gpt-4o-mini"):
    """A client of OpenAI's address whose answers the test writes, with a budget of its own."""
    return fake(answer, model, OPENAI, "key-of-nobody", budget=Budget(limit))


def test_small_amounts_are_told():
    told = str(BudgetExceeded(0.00123456, 0.0000052, 0.0000091))
    assert "could cost $0.0012, and $0.0000052 is left of the budget of $0.0000091." in told
    assert "$0.0000 is left of the budget of $0.10" in str(BudgetExceeded(0.2, 0, 0.1))
    assert "budget of $0.00" in str(BudgetExceeded(0.2, 0, 0))
    assert repr(Budget(0.004)) == "<Budget $0.0040: $0.000000 spent, $0.000000 held>"


def test_the_list_says_that_it_is_a_snapshot():
    prices = price_list()
    assert prices["date"] == "mid 2026"
    assert "snapshot" in prices["source"]
    assert price_of("gpt-4o-mini")["input"] == 0.15  # the document's table
    assert price_of("o3")["output"] == 40.0


def test_cost_by_hand():
    # 1,000,000 fresh tokens at 2.50, 1,000,000 cached at 1.25, 100,000 out at 10.00
    assert cost(
        "gpt-4o", Usage(2_000_000, 100_000, 2_100_000, cached_tokens=1_000_000)
    ) == pytest.approx(4.75)
    # no price for cached input is listed: it counts in full
    assert cost("o3", Usage(1_000_000, 0, 1_000_000, cached_tokens=1_000_000)) == pytest.approx(
        10.0
    )


@pytest.mark.parametrize("model", ["gpt-4o-mini-2024-07-18", "gpt-9", "", None])
def test_an_unknown_model_is_an_error_and_never_free(model):
    with pytest.raises(ValueError, match="model must be one whose price is known"):
        upper_bound(body(model=model))
    with pytest.raises(ValueError, match="price is known"):
        cost(model, Usage(1, 1, 2))


def test_the_bound_counts_every_byte_and_every_answer():
    ascii_, chinese = (
        upper_bound(body(messages=[{"role": "user", "content": c * 1000}])) for c in ("a", "好")
    )
    assert chinese - ascii_ == pytest.approx(2000 * 0.15 / 1e6)  # three bytes a character, not one
    assert upper_bound(body(n=8)) - upper_bound(body(n=1)) == pytest.approx(7 * 100 * 0.60 / 1e6)
    output = 16384 * 0.60 / 1e6  # no limit given: what the model can do
    assert upper_bound({"model": "gpt-4o-mini", "messages": TEXT}) > output
    tools = [{"type": "function", "function": {"name": "f" * 1000}}]
    assert upper_bound(body(tools=tools)) - upper_bound(body()) > 1000 * 0.15 / 1e6


def test_the_bound_takes_the_larger_of_two_limits():
    assert upper_bound(body(max_completion_tokens=5000)) > 5000 * 0.60 / 1e6


def test_the_bound_holds_for_the_real_models_tokens(client):
    messages = [
        {"role": "system", "content": "答案要短。"},
        {"role": "user", "content": "What is 好?\n\t" * 20},
    ]
    usage = client.chat(messages, max_tokens=4).usage
    assert cost("gpt-4o-mini", usage) <= upper_bound(
        {"model": "gpt-4o-mini", "messages": messages, "max_tokens": 4}
    )


@pytest.mark.parametrize(
    "more", [{"n": 0}, {"n": "3"}, {"n": True}, {"max_tokens": -1}, {"max_completion_tokens": 1.5}]
)
def test_what_would_make_the_bound_wrong_is_refused(more):
    with pytest.raises(ValueError, match=f"{next(iter(more))} must be an int >= 1"):
        upper_bound(body(**more))


@pytest.mark.parametrize(
    "more", [{"service_tier": "priority"}, {"audio": {"voice": "x"}}, {"web_search_options": {}}]
)
def test_what_is_billed_otherwise_is_refused(more):
    with pytest.raises(ValueError, match="its price has no bound"):
        upper_bound(body(**more))


def test_a_picture_is_refused():
    part = {"type": "image_url", "image_url": {"url": "https://example.com/x.png"}}
    with pytest.raises(ValueError, match="messages must be text"):
        upper_bound(body(messages=[{"role": "user", "content": [part]}]))


def test_usage_takes_the_place_of_the_bound():
    client = paid(completion(usage=(1000, 100)))
    client.chat("x", max_tokens=100)
    assert client.budget.spent == pytest.approx((1000 * 0.15 + 100 * 0.60) / 1e6)
    assert client.budget.held == 0


def test_the_call_that_would_exceed_the_budget_is_not_sent():
    calls = []
    client = paid(lambda request: calls.append(request) or completion(), limit=0.001)
    with pytest.raises(
        BudgetExceeded, match=r"not sent: .*\$0.0010 is left .*max_completion_tokens"
    ):
        client.chat("x")
    with pytest.raises(BudgetExceeded):
        list(client.stream("x"))
    with pytest.raises(BudgetExceeded):
        client.chat("x" * 100_000, max_tokens=1)
    assert calls == []
    client.chat("x", max_tokens=100)
    assert len(calls) == 1


def test_what_other_calls_hold_is_not_left():
    budget = Budget(1.0)
    budget.reserve(0.6)
    with pytest.raises(BudgetExceeded):
        budget.reserve(0.6)
    budget.settle(0.6, 0.1)
    budget.reserve(0.6)
    assert budget.left == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        (httpx.Response(400, json={}), False),
        (httpx.Response(429, json={}), False),
        (httpx.ConnectError("refused"), False),
        (httpx.ReadTimeout("it may have been answered"), True),
        (httpx.Response(500, json={}), True),
        (httpx.Response(200, content=b"half an ans"), True),
        (httpx.Response(200, json={"choices": [{"message": {"content": "no usage"}}]}), True),
    ],
)
def test_only_what_cannot_be_billed_is_given_back(answer, held):
    client = paid(answer)
    with suppress(EndpointError):
        client.chat("x", max_tokens=100)
    assert (client.budget.held > 0) is held
    assert client.budget.spent == 0


USAGE = event(
    {
        "choices": [],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
    }
)


def test_a_paid_stream_asks_for_usage_and_pays_it():
    asked = []

    def answer(request):
        asked.append(request.read())
        return sse(event(delta("hi")), USAGE, event("[DONE]"))

    client = paid(answer)
    assert "".join(c.text for c in client.stream("x", max_tokens=100)) == "hi"
    assert b'"include_usage": true' in asked[0]
    assert client.budget.spent == pytest.approx((1000 * 0.15 + 100 * 0.60) / 1e6)
    assert client.budget.held == 0


@pytest.mark.parametrize("ending", [(), (httpx.ReadError("gone"),), (USAGE,)])
def test_a_broken_stream_stays_held(ending):
    client = paid(sse(event(delta("hi")), *ending))
    with pytest.raises(EndpointError):
        list(client.stream("x", max_tokens=100))
    assert client.budget.held == pytest.approx(
        upper_bound(body(stream=True, stream_options={"include_usage": True}))
    )
    assert client.budget.spent == 0


def test_a_closed_stream_stays_held():
    client = paid(sse(event(delta("hi")), USAGE, event("[DONE]")))
    stream = client.stream("x", max_tokens=100)
    next(stream)
    stream.close()
    assert client.budget.held > 0


def test_next_token_is_priced_too():
    client = paid(httpx.ConnectError("refused"), limit=0)
    with pytest.raises(BudgetExceeded):
        client.next_token("x")


@pytest.mark.parametrize(
    "url", [OPENAI, "https://eu.api.openai.com/v1", "HTTPS://API.OPENAI.COM/v1/"]
)
def test_openais_address_always_has_a_budget(url):
    assert fake(completion(), "gpt-4o-mini", url).budget is not None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/v1", "https://api.openai.com.example.org/v1"]
)
def test_other_addresses_have_none(url):
    assert fake(completion(), "m", url).budget is None


def test_calls_at_once_share_one_budget():
    # each call may cost 0.0098: one at a time at most
    client = paid(completion(usage=(1, 1)), limit=0.01)

    def ask(_):
        try:
            return client.chat("x").text
        except BudgetExceeded:
            return None

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(40)))
    assert answers.count("hello") >= 1
    assert client.budget.spent == pytest.approx(answers.count("hello") * (0.15 + 0.60) / 1e6)
    assert client.budget.held == 0


def test_an_openai_address_that_cannot_be_reached_costs_nothing():
    client = paid(httpx.ConnectError("refused"))
    with pytest.raises(ConnectionFailed):
        client.chat("x")
    assert client.budget.held == client.budget.spent == 0
