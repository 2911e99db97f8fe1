"""The budget of a paid endpoint: what is held, what is spent, and which call is not sent."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal

import httpx
import pytest
from fake_endpoint import Recorded, completion, delta, event, fake, sse

from samplers.api import Budget, BudgetExceeded, ConnectionFailed, EndpointError, usd
from samplers.api.pricing.bound import upper_bound
from samplers.api.pricing.budget import shared_budget

OPENAI = "https://api.openai.com/v1"
USAGE = event(
    {
        "choices": [],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
    }
)
COST = Decimal("0.00021")  # of that usage, gpt-4o-mini


def paid(answer, limit=0.10):
    """A client of OpenAI's address whose answers the test writes, with a budget of its own."""
    return fake(answer, "gpt-4o-mini", OPENAI, "key-of-nobody", budget=Budget(limit))


def test_small_amounts_are_not_shown_as_zero():
    text = str(BudgetExceeded(0.00123456, 0.0000052, 0.0000091))
    assert "could cost $0.0012, and $0.0000052 is left of the budget of $0.0000091." in text
    assert "$0.0000 is left of the budget of $0.10" in str(BudgetExceeded(0.2, 0, 0.1))
    assert "budget of $0.00" in str(BudgetExceeded(0.2, 0, 0))
    assert "could cost $0.2000, and" in str(BudgetExceeded(0.2, 0, 0.1))
    assert repr(Budget(0.004)) == "<Budget $0.0040: $0.000000 spent, $0.000000 held>"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        *[(5, "$5.00"), (0.01, "$0.01"), (0.0099, "$0.0099"), (0, "$0.00"), (1095, "$1,095.00")],
        (Decimal("0.01"), "$0.01"),
        (Decimal("1E-7"), "$0.00000010"),
    ],
)
def test_two_digits_at_least(amount, text):
    assert usd(amount) == text


@pytest.mark.parametrize(("value", "limit"), [("0", "0"), ("2.5", "2.5"), ("", "0.10")])
def test_the_budget_of_the_process(monkeypatch, value, limit):
    monkeypatch.setenv("SAMPLERS_BUDGET_USD", value)
    assert shared_budget().limit == Decimal(limit)
    assert shared_budget() is shared_budget()


@pytest.mark.parametrize("value", ["inf", "-0.01", "nan", "1,5"])
def test_a_budget_that_is_no_limit(monkeypatch, value):
    monkeypatch.setenv("SAMPLERS_BUDGET_USD", value)
    with pytest.raises(ValueError, match="SAMPLERS_BUDGET_USD must be a number of USD >= 0"):
        shared_budget()


@pytest.mark.parametrize("limit", [-1, "1", None, float("inf"), Decimal("NaN"), True])
def test_what_is_no_limit(limit):
    with pytest.raises(ValueError, match=r"^limit must be a number >= 0, got"):
        Budget(limit)


def test_all_of_a_budget_can_be_spent():
    """Three times 0.10 is 0.30; in floats it is more."""
    budget = Budget(0.30)
    for _ in range(3):
        budget.reserve(0.10)
    assert budget.left == 0
    for _ in range(3):
        budget.settle(0.10, 0.10)
    assert (budget.held, budget.spent) == (0, Decimal("0.30"))


@pytest.mark.parametrize(
    "url",
    [
        OPENAI,
        "https://eu.api.openai.com/v1",
        "HTTPS://API.OPENAI.COM/v1/",
        "https://api.openai.com./v1",
        "https://eu.api.openai.com./v1",
        "https://api.openai.com:443/v1",
        "http://api.openai.com:80",
        "https://api。openai。com/v1",
        "https://@api.openai.com/v1",
        " https://api.openai.com/v1// ",
    ],
)
def test_openais_address_always_has_a_budget(url):
    assert fake(completion(), "gpt-4o-mini", url).budget is not None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/v1",
        "https://api.openai.com.example.org/v1",
        "https://myapi.openai.com/v1",
        "https://example.org/api.openai.com",
    ],
)
def test_other_addresses_have_none(url):
    assert fake(completion(), "m", url).budget is None


def test_usage_takes_the_place_of_the_bound():
    client = paid(completion(usage=(1000, 100)))
    client.chat("x", max_tokens=100)
    assert client.budget.spent == COST
    assert client.budget.held == 0


def test_the_call_that_would_exceed_the_budget_is_not_sent():
    endpoint = Recorded(completion())
    client = paid(endpoint, limit=0.001)
    message = r"not sent: .*\$0.0010 is left .*max_completion_tokens"
    with pytest.raises(BudgetExceeded, match=message):
        client.chat("x")
    with pytest.raises(BudgetExceeded):
        list(client.stream("x"))
    with pytest.raises(BudgetExceeded):
        client.chat("x" * 100_000, max_tokens=1)
    assert endpoint.requests == []

    client.chat("x", max_tokens=100)
    assert len(endpoint.requests) == 1


def test_next_token_is_priced_too():
    client = paid(httpx.ConnectError("refused"), limit=0)
    with pytest.raises(BudgetExceeded):
        client.next_token("x")


def test_an_address_of_one_region_costs_a_tenth_more():
    client = fake(
        completion(usage=(1000, 100)),
        "gpt-4o-mini",
        "https://eu.api.openai.com/v1",
        budget=Budget(0.10),
    )
    client.chat("x", max_tokens=100)
    assert client.budget.spent == COST * Decimal("1.1")


def test_a_call_asks_for_the_tier_whose_price_is_known():
    endpoint = Recorded(completion())
    paid(endpoint).chat("x", max_tokens=1)
    assert endpoint.bodies[0]["service_tier"] == "default"


def test_what_other_calls_hold_is_not_left():
    budget = Budget(1.0)
    budget.reserve(0.6)
    with pytest.raises(BudgetExceeded):
        budget.reserve(0.6)

    budget.settle(0.6, 0.1)
    budget.reserve(0.6)
    assert budget.left == Decimal("0.3")


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


def test_a_paid_stream_asks_for_usage_and_pays_it():
    endpoint = Recorded(sse(event(delta("hi")), USAGE, event("[DONE]")))
    client = paid(endpoint)
    chunks = list(client.stream("x", max_tokens=100))
    assert "".join(chunk.text for chunk in chunks) == "hi"
    assert endpoint.bodies[0]["stream_options"] == {"include_usage": True}
    assert client.budget.spent == COST
    assert client.budget.held == 0


@pytest.mark.parametrize("ending", [(), (httpx.ReadError("gone"),), (USAGE,)])
def test_a_broken_stream_stays_held(ending):
    client = paid(sse(event(delta("hi")), *ending))
    with pytest.raises(EndpointError):
        list(client.stream("x", max_tokens=100))

    body = {
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": "x"}],
        "max_tokens": 100,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert client.budget.held == upper_bound(body)
    assert client.budget.spent == 0


def test_a_closed_stream_stays_held():
    client = paid(sse(event(delta("hi")), USAGE, event("[DONE]")))
    stream = client.stream("x", max_tokens=100)
    next(stream)
    stream.close()
    assert client.budget.held > 0


def test_calls_at_once_share_one_budget():
    # each call may cost 0.0098: one at a time at most
    client = paid(completion(usage=(1, 1)), limit=0.01)

    def chat(_):
        try:
            return client.chat("x").text
        except BudgetExceeded:
            return None

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(chat, range(40)))
    assert answers.count("hello") >= 1
    assert client.budget.spent == answers.count("hello") * Decimal("0.00000075")
    assert client.budget.held == 0


def test_an_openai_address_that_cannot_be_reached_costs_nothing():
    client = paid(httpx.ConnectError("refused"))
    with pytest.raises(ConnectionFailed):
        client.chat("x")
    assert client.budget.held == client.budget.spent == 0
