"""What a chat holds while it is on its way: each attempt's money, and each attempt's tokens."""

from decimal import Decimal

import httpx
import pytest
from fake_endpoint import completion, delta, event, fake, sse

from samplers.api import (
    Budget,
    ConnectionFailed,
    EndpointError,
    InternalServerError,
    Limiter,
    RateLimitError,
    StreamBroken,
)
from samplers.api.limits.tokens import tokens_of
from samplers.api.pricing.bound import upper_bound

LUNA = "gpt-6-luna"  # at most 8 answers a request
OPENAI = "https://api.openai.com/v1"
USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
COST = Decimal("0.0000045")  # gpt-4o-mini
BODY = {
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": "x"}],
    "max_tokens": 100,
    "service_tier": "default",
}
DOWN = httpx.Response(500, json={})
LIMITED = httpx.Response(429, json={})
NOT_SENT = httpx.ConnectError("refused")
GONE = httpx.ReadError("gone")


def scripted(*answers, **options):
    """A client whose requests get these answers, one after the other."""
    answers = iter(answers)
    return fake(lambda request: next(answers), "gpt-4o-mini", **options)


@pytest.mark.parametrize(
    ("answers", "held", "spent"),
    [
        ([DOWN, completion()], 1, COST),
        ([GONE, GONE, completion()], 2, COST),
        ([LIMITED, NOT_SENT, completion()], 0, COST),
        ([DOWN, LIMITED, completion()], 1, COST),
        ([DOWN, DOWN, DOWN], 3, 0),
        ([DOWN, GONE, LIMITED], 2, 0),
        ([LIMITED, LIMITED, LIMITED], 0, 0),
        ([NOT_SENT, NOT_SENT, GONE], 1, 0),
    ],
)
def test_every_request_that_may_be_billed_stays_held(answers, held, spent):
    client = scripted(*answers, base_url=OPENAI, budget=Budget(1.0))
    try:
        client.chat("x", max_tokens=100)
    except EndpointError:
        assert spent == 0
    assert client.budget.held == held * upper_bound(BODY)
    assert client.budget.spent == spent


@pytest.mark.parametrize(("failure", "held"), [(DOWN, 1), (LIMITED, 0)])
def test_a_retry_that_is_interrupted_before_it_is_sent_costs_nothing(failure, held):
    def interrupted(seconds):
        raise KeyboardInterrupt

    client = scripted(failure, base_url=OPENAI, budget=Budget(1.0), sleep=interrupted)
    with pytest.raises(KeyboardInterrupt):
        client.chat("x", max_tokens=100)
    assert client.budget.held == held * upper_bound(BODY)


def test_a_retry_that_the_budget_forbids_is_not_made():
    budget = Budget(Decimal("1.5") * upper_bound(BODY))
    client = scripted(DOWN, base_url=OPENAI, budget=budget)
    with pytest.raises(InternalServerError) as caught:
        client.chat("x", max_tokens=100)
    assert "may have been billed, and was not tried again: not sent" in caught.value.__notes__[0]
    assert budget.held == upper_bound(BODY)


class Limits(Limiter):
    """A limiter that lets everything in and keeps what it is told.

    `refusal`: the error of everything that wants to come in, if it is set.
    """

    def __init__(self):
        super().__init__()
        self.acquired = []
        self.settled = []
        self.learnt = []
        self.refusal = None
        self.refused = 0

    def acquire(self, tokens, deadline):
        assert deadline.allows(0)
        if self.refusal is not None:
            self.refused += 1
            raise self.refusal
        self.acquired.append(tokens)
        return len(self.acquired)

    def learn(self, headers):
        self.learnt.append(headers.get("x-ratelimit-remaining-requests"))

    def settle(self, ticket, tokens):
        self.settled.append((ticket, tokens))


def with_remaining(response: httpx.Response, remaining: str) -> httpx.Response:
    response.headers["x-ratelimit-remaining-requests"] = remaining
    return response


@pytest.fixture
def limits():
    return Limits()


def test_each_attempt_is_let_in_and_settled(limits):
    client = scripted(
        with_remaining(httpx.Response(429, json={}), "0"),
        GONE,
        with_remaining(completion(usage=(10, 5)), "7"),
        limiter=limits,
    )
    client.chat("x", max_tokens=100)
    body = {name: value for name, value in BODY.items() if name != "service_tier"}
    assert limits.acquired == [tokens_of(body)] * 3
    assert limits.settled == [(1, None), (2, None), (3, 15)]
    assert limits.learnt == ["0", "7"]


def test_an_attempt_that_fails_is_settled_before_the_wait(limits):
    seen = []
    answers = [LIMITED, completion()]
    client = scripted(*answers, limiter=limits, sleep=lambda _: seen.append(list(limits.settled)))
    client.chat("x")
    assert seen == [[(1, None)]]


def test_a_stream_asks_for_its_usage_and_settles_it(limits):
    usage = event({"choices": [], "usage": USAGE})
    client = scripted(sse(event(delta("hi")), usage, event("[DONE]")), limiter=limits)
    list(client.stream("x"))
    assert limits.settled == [(1, 15)]


@pytest.mark.parametrize("call", ["stream", "stream_bytes"])
def test_a_stream_that_breaks_or_is_left_is_settled(limits, call):
    client = scripted(sse(event(delta("hi")), GONE), sse(event(delta("hi"))), limiter=limits)
    with pytest.raises((StreamBroken, ConnectionFailed)):
        list(getattr(client, call)("x"))
    left = getattr(client, call)("x")
    next(left)
    left.close()
    assert limits.settled == [(1, None), (2, None)]


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), httpx.Response(400, json={})])
def test_whatever_ends_a_call_settles_it(limits, failure):
    def answer(request):
        if isinstance(failure, BaseException):
            raise failure
        return failure

    with pytest.raises((KeyboardInterrupt, EndpointError)):
        fake(answer, limiter=limits).chat("x")
    assert limits.settled == [(1, None)]


def test_what_cannot_come_in_is_not_tried_again(limits):
    limits.refusal = ConnectionFailed("not sent: the limit lets it go too late")
    with pytest.raises(ConnectionFailed, match="the limit lets it go too late"):
        scripted(limiter=limits).chat("x")
    assert limits.settled == []
    assert limits.refused == 1

    client = scripted(base_url=OPENAI, budget=Budget(1.0), limiter=limits)
    with pytest.raises(ConnectionFailed):
        client.chat("x", max_tokens=100)
    assert client.budget.held == 0


def test_other_calls_are_not_limited(limits):
    models = httpx.Response(200, json={"data": [{"id": "m"}]})
    assert scripted(models, limiter=limits).models() == ["m"]
    assert limits.acquired == []


def test_parts_of_one_call_are_settled_each(limits):
    answers = [completion(), completion(), LIMITED, completion()]
    client = scripted(*answers, base_url=OPENAI, budget=Budget(1.0), limiter=limits)
    client.chat("x", model=LUNA, n=24, max_tokens=5)
    assert limits.settled == [(1, 15), (2, 15), (3, None), (4, 15)]


@pytest.mark.parametrize("refusal", [ConnectionFailed("too late"), KeyboardInterrupt()])
def test_a_part_that_is_not_let_in_costs_nothing(limits, refusal):
    def answer(request):
        limits.refusal = refusal
        return completion()

    client = fake(answer, LUNA, OPENAI, budget=Budget(1.0), limiter=limits)
    with pytest.raises(type(refusal)):
        client.chat("x", n=16, max_tokens=5)
    assert client.budget.held == 0
    assert client.budget.spent > 0


def test_limits_do_not_hide_the_error(limits):
    client = scripted(LIMITED, LIMITED, LIMITED, limiter=limits)
    with pytest.raises(RateLimitError):
        client.chat("x")
    assert limits.settled == [(1, None), (2, None), (3, None)]
