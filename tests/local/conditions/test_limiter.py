"""The limits of a tier, on a clock that the tests move."""

import random

import pytest

from samplers.local.conditions.clock import Clock
from samplers.local.conditions.limiter import DAY, MINUTE, Limiter
from samplers.local.conditions.refusals import LimitReached
from samplers.local.conditions.tiers import TIERS, Limits, limits
from samplers.wire.durations import duration_seconds


class Time:
    """Real seconds, as the test sets them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time():
    return Time()


def limiter(time, text: str, factor: float = 1.0) -> Limiter:
    return Limiter(limits(text), text, Clock(factor, time))


def reserve(limiter: Limiter, amount: int):
    """Reserves the tokens of a request that comes now."""
    counted = limiter.enter(0)
    limiter.reserve(counted, amount)
    return counted


def refused(call, *arguments) -> LimitReached:
    with pytest.raises(LimitReached) as caught:
        call(*arguments)
    assert caught.value.status == 429
    assert caught.value.body["error"]["code"] == "rate_limit_exceeded"
    return caught.value


def test_the_tiers_are_the_documents():
    assert TIERS["free"] == Limits(rpm=3, tpm=150_000, rpd=200, concurrency=1)
    assert TIERS["1"] == Limits(rpm=500, tpm=1_000_000, rpd=10_000, concurrency=3)
    assert TIERS["5"] == Limits(rpm=10_000, tpm=16_000_000, rpd=10_000, concurrency=10)
    assert [tier.rpm for tier in TIERS.values()] == [3, 500, 5_000, 5_000, 10_000, 10_000]
    assert [tier.tpm // 1000 for tier in TIERS.values()] == [150, 1000, 2000, 4000, 8000, 16000]
    assert [tier.concurrency for tier in TIERS.values()] == [1, 3, 5, 5, 10, 10]


def test_requests_a_minute(time):
    free = limiter(time, "free")
    for time.now in (0, 10, 20):
        free.enter(0)
    time.now = 40
    error = refused(free.enter, 0)
    assert error.body["error"]["type"] == "requests"
    assert "on requests per min (RPM): Limit 3, Used 3, Requested 1." in str(error)
    assert "Please try again in 20s." in str(error)
    assert (error.headers["retry-after"], error.headers["retry-after-ms"]) == ("20", "20000")
    time.now = 60
    free.enter(0)
    refused(free.enter, 0)


def test_the_wait_is_in_real_seconds_and_both_headers_agree(time):
    fast = limiter(time, "rpm=1", factor=40)
    fast.enter(0)
    error = refused(fast.enter, 0)
    assert "Please try again in 1.5s." in str(error)
    assert (error.headers["retry-after"], error.headers["retry-after-ms"]) == ("2", "1500")
    time.now = 1.5
    fast.enter(0)


def test_requests_a_day_and_the_longest_wait_is_named(time):
    days = limiter(time, "rpm=2,rpd=2")
    days.enter(0)
    time.now = 1
    days.enter(0)
    error = refused(days.enter, 0)
    assert error.limit == "rpd"
    assert "(RPD): Limit 2, Used 2" in str(error)
    assert error.headers["retry-after"] == str(DAY - 1)
    assert days.headers()["x-ratelimit-reset-requests"] == "24h0m0s"


def test_requests_at_the_same_time(time):
    three = limiter(time, "concurrency=3")
    three.enter(2)
    error = refused(three.enter, 3)
    assert error.limit == "concurrency"
    assert "Limit 3, Used 3, Requested 1." in str(error)
    assert int(error.headers["retry-after"]) >= 1


def test_a_refused_request_does_not_count(time):
    """Or the wait that it is told would not be right."""
    both = limiter(time, "rpm=2,concurrency=1")
    both.enter(0)
    for _ in range(5):
        refused(both.enter, 1)
    both.enter(0)
    for _ in range(5):
        refused(both.enter, 0)
    time.now = 60
    both.enter(0)


def test_a_request_that_the_limit_of_tokens_refuses_does_not_count(time):
    """Neither by the minute nor by the day."""
    three = limiter(time, "rpm=3,rpd=3,tpm=100")
    reserve(three, 60)
    for amount in (60, 101) * 4:
        refused(reserve, three, amount)
    assert (three.used()["rpm"]["used"], three.used()["rpd"]["used"]) == (1, 1)
    time.now = 1
    assert three.headers()["x-ratelimit-reset-requests"] == "23h59m59s"
    time.now = 60
    reserve(three, 60)


def test_tokens_are_reserved_and_settled(time):
    tokens = limiter(time, "tpm=100")
    counted = reserve(tokens, 90)
    error = refused(reserve, tokens, 20)
    assert error.body["error"]["type"] == "tokens"
    assert "(TPM): Limit 100, Used 90, Requested 20." in str(error)
    tokens.settle(counted, 40)
    reserve(tokens, 60)
    assert tokens.headers()["x-ratelimit-remaining-tokens"] == "0"


def test_a_request_that_never_fits_should_not_be_repeated(time):
    error = refused(reserve, limiter(time, "tpm=100"), 101)
    assert "Request too large" in str(error)
    assert error.headers == {"x-should-retry": "false"}


def test_the_headers_count_down_and_name_the_time_until_all_is_free(time):
    both = limiter(time, "rpm=3,tpm=1000", factor=60)
    both.enter(0)
    time.now = 0.25
    reserve(both, 100)
    time.now = 0.5
    assert both.headers() == {
        "x-ratelimit-limit-requests": "3",
        "x-ratelimit-remaining-requests": "1",
        "x-ratelimit-reset-requests": "750ms",
        "x-ratelimit-limit-tokens": "1000",
        "x-ratelimit-remaining-tokens": "900",
        "x-ratelimit-reset-tokens": "750ms",
    }
    time.now = 1.25
    assert both.headers()["x-ratelimit-remaining-requests"] == "3"
    assert both.headers()["x-ratelimit-reset-requests"] == "0s"


def wait_and_call(time, crowd: Limiter, amount: int) -> None:
    """Twice at most: requests and tokens can each refuse it."""
    for _ in range(3):
        try:
            reserve(crowd, amount)
            return
        except LimitReached as refusal:
            error = refusal
        told = duration_seconds(str(error).split("again in ")[1].split(". This")[0])
        assert int(error.headers["retry-after-ms"]) == round(1000 * told)
        time.now += told
    pytest.fail("refused a third time")


@pytest.mark.parametrize("factor", [1, 7, 60])
def test_no_minute_holds_more_and_who_waits_as_told_is_let_in(time, factor):
    """A random crowd: each that is refused comes again exactly when it was told to."""
    rng = random.Random(factor)
    crowd = limiter(time, "rpm=20,tpm=3000", factor)
    requests = []
    reserved = []
    for _ in range(500):
        time.now += rng.expovariate(1) * MINUTE / 20 / 2 / factor
        tokens = rng.randint(1, 400)
        wait_and_call(time, crowd, tokens)
        requests.append((time.now * factor, 1))
        reserved.append((time.now * factor, tokens))

    for most, counted in ((20, requests), (3000, reserved)):
        minutes = [sum(n for at, n in counted if end - MINUTE < at <= end) for end, _ in counted]
        assert most / 2 < max(minutes) <= most


@pytest.mark.parametrize(
    "text",
    [
        *("", "6", "Free", "free,rpm=1", "rpm", "rpm=", "rpm=0", "rpm=-1", "rpm=1.5", "rpm=１"),
        *("rpm=1,rpm=2", "rpm=10000000000", "xpm=1", "rpm=1;tpm=2"),
    ],
)
def test_other_tiers(text):
    with pytest.raises(ValueError, match="tier must be one of free, 1, 2, 3, 4, 5, or numbers"):
        limits(text)
