"""The limiter on a clock that the tests move."""

import os
import random
import signal
import threading

import pytest
from fake_time import Time

from samplers.api import APITimeoutError, Limiter
from samplers.local.conditions.clock import Clock
from samplers.local.conditions.limiter import Limiter as EndpointLimiter
from samplers.local.conditions.tiers import limits


class Ends:
    """A call's deadline on a Time. `asked` is set when a call is in the queue."""

    def __init__(self, time, seconds: float = 1e6):
        self._time = time
        self._end = time() + seconds
        self.asked = threading.Event()

    def left(self, error) -> float:
        self.asked.set()
        if self._end <= self._time():
            raise error("timed out")
        return self._end - self._time()


@pytest.fixture
def time():
    return Time()


def limiter(time, rpm=None, tpm=None, minute=60.0, **options) -> Limiter:
    return Limiter(rpm, tpm, minute=minute, clock=time, wait=time.wait, **options)


def headers(kind: str, limit: int, remaining: int, reset: str) -> dict[str, str]:
    prefix = "x-ratelimit"
    return {
        f"{prefix}-limit-{kind}": str(limit),
        f"{prefix}-remaining-{kind}": str(remaining),
        f"{prefix}-reset-{kind}": reset,
    }


def go(one: Limiter, time, tokens: int = 1, seconds: float = 1e6) -> float:
    """When a request is let go that is answered at once."""
    one.settle(one.acquire(tokens, Ends(time, seconds)), tokens)
    return time.now


def test_a_burst_at_the_start(time):
    two = limiter(time, 2, minute=10)
    assert [go(two, time) for _ in range(5)] == pytest.approx([0, 0, 10, 10, 20])


def test_requests_that_run_for_long_do_not_stop_the_others(time):
    exact = limiter(time, 1, minute=1, late=0)
    starts = [exact.acquire(1, Ends(time)).start for _ in range(20)]
    assert starts == pytest.approx(list(range(20)))


def test_an_idle_hour_is_not_saved_up(time):
    five = limiter(time, 5)
    time.now = 3600.0
    assert [go(five, time) for _ in range(10)] == pytest.approx([3600] * 5 + [3660] * 5)


def test_polled_often_it_grants_no_less(time):
    ten = limiter(time, 10, minute=1)
    granted = 0
    for step in range(200):  # every 50 ms for 10 s
        time.now = step / 20
        try:
            go(ten, time, seconds=0.001)
            granted += 1
        except APITimeoutError:
            pass
    assert granted == 100


def test_tokens_are_reserved_and_settled(time):
    tokens = limiter(time, tpm=100)
    first = tokens.acquire(90, Ends(time))
    time.plan(5, tokens.settle, first, 40)
    assert tokens.acquire(60, Ends(time)).start == 5
    third = tokens.acquire(30, Ends(time))
    assert third.start == pytest.approx(62)  # the first counts until 2 s late, the second longer


def test_an_answer_without_usage_counts_as_estimated(time):
    tokens = limiter(time, tpm=100)
    tokens.settle(tokens.acquire(90, Ends(time)), None)
    assert go(tokens, time, 20) == pytest.approx(60)


def test_an_estimate_above_the_limit_goes_alone(time):
    tokens = limiter(time, tpm=100)
    go(tokens, time, 1)
    huge = tokens.acquire(10**9, Ends(time))
    assert huge.start == pytest.approx(60)
    time.plan(61, tokens.settle, huge, 99)
    assert go(tokens, time, 1) == 61


def test_a_call_whose_time_is_too_short_ends_at_once_and_does_not_count(time):
    one = limiter(time, 1)
    go(one, time)
    message = r"\(1 request and any number of tokens in 60 s\) lets it go in 1m0s, when the call's"
    with pytest.raises(APITimeoutError, match=message) as caught:
        one.acquire(1, Ends(time, 59))
    assert not caught.value.sent
    assert time.now == 0
    assert go(one, time, seconds=61) == pytest.approx(60)


def test_a_request_that_runs_may_set_tokens_free_so_it_is_waited_for(time):
    tokens = limiter(time, tpm=100)
    first = tokens.acquire(100, Ends(time))
    time.plan(4, tokens.settle, first, 10)
    assert tokens.acquire(50, Ends(time, 5)).start == 4
    with pytest.raises(APITimeoutError):
        tokens.acquire(90, Ends(time, 5))
    assert time.now == pytest.approx(9)


@pytest.mark.parametrize("seed", range(5))
def test_the_endpoint_refuses_none(time, seed):
    """Although requests come late, by random times, and their answers cost less than reserved."""
    rng = random.Random(seed)
    endpoint = EndpointLimiter(limits("rpm=20,tpm=3000"), "mine", Clock(1, time))
    ours = limiter(time, 20, 3000)

    def arrive(tokens: int, cost: int, ends: float) -> None:
        counted = endpoint.enter(0)  # LimitReached would fail the test
        endpoint.reserve(counted, tokens)
        time.plan(rng.uniform(time.now, ends), endpoint.settle, counted, cost)

    for _ in range(300):
        tokens = rng.randint(1, 400)
        cost = rng.randint(1, tokens)
        ticket = ours.acquire(tokens + rng.randint(0, 50), Ends(time))
        takes = rng.expovariate(1 / 5)
        ends = time.now + takes
        time.plan(time.now + rng.uniform(0, min(takes, 2)), arrive, tokens, cost, ends)
        time.plan(ends, ours.settle, ticket, rng.choice([cost, None]))

    assert endpoint.used()["rpm"]["peak"] == 20
    assert endpoint.used()["tpm"]["peak"] > 2000
    assert time.now < 300 / 20 * 60 * 1.5  # and none waits for much longer than it must


def test_who_comes_first_is_served_first():
    """In real time: one request in 0.1 s, and five threads that wait."""
    one = Limiter(1, minute=0.1)
    clock = time_since()
    one.settle(one.acquire(1, Ends(clock)), 1)
    served = []

    def ask(number: int, ends: Ends) -> None:
        one.settle(one.acquire(1, ends), 1)
        served.append((number, clock()))

    threads = []
    for number in range(5):
        ends = Ends(clock, 20)
        threads.append(threading.Thread(target=ask, args=(number, ends)))
        threads[-1].start()
        assert ends.asked.wait(10)
    for thread in threads:
        thread.join()
    assert [number for number, _ in served] == list(range(5))
    assert served[-1][1] >= 0.5


def time_since():
    from time import monotonic

    start = monotonic()
    return lambda: monotonic() - start


def test_limits_are_learnt(time):
    learning = limiter(time)
    assert [go(learning, time) for _ in range(3)] == [0, 0, 0]
    learning.learn(headers("requests", 4, 1, "1m0s") | headers("tokens", 100, 97, "1m0s"))
    assert "4 requests and 100 tokens in 60 s" in repr(learning)
    assert [go(learning, time) for _ in range(2)] == pytest.approx([0, 60])
    assert go(learning, time, 100) == pytest.approx(120)


def test_the_smaller_limit_holds(time):
    learning = limiter(time, 10)
    learning.learn(headers("requests", 500, 499, "120ms"))
    assert "10 requests" in repr(learning)
    learning.learn(headers("requests", 5, 4, "12s"))
    assert "5 requests" in repr(learning)
    learning.learn({"x-ratelimit-limit-requests": "500"})
    assert "10 requests" in repr(learning)


def test_what_others_use_is_seen(time):
    learning = limiter(time)
    go(learning, time)
    learning.learn(headers("requests", 60, 0, "20s"))
    assert go(learning, time) == pytest.approx(20)
    learning.learn(headers("requests", 60, 0, "60s"))
    learning.learn(headers("requests", 60, 30, "60s"))  # what is told last
    assert go(learning, time) == pytest.approx(20)


def test_the_limit_of_a_day_is_none_of_a_minute(time):
    learning = limiter(time, 10)
    learning.learn(headers("requests", 5, 1, "23h47m36.648s"))
    assert "10 requests" in repr(learning)
    assert go(learning, time) == 0
    learning.learn(headers("requests", 5, 0, "23h0m0s"))
    with pytest.raises(APITimeoutError, match="in 23h0m0s, when"):
        learning.acquire(1, Ends(time, 600))
    learning.learn(headers("requests", 10, 9, "1s"))
    assert go(learning, time) == 0


def test_headers_that_say_nothing_change_nothing(time):
    one = limiter(time, 3, 50)
    text = repr(one)
    for value in ("", "soon", "nan", "-5", "0", "0x10"):
        one.learn({f"x-ratelimit-limit-{kind}": value for kind in ("requests", "tokens")})
    one.learn({})
    assert repr(one) == text


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_fork_has_a_limiter_of_its_own():
    """Even if another thread held the lock when it was made."""
    holds = threading.Event()
    end = threading.Event()

    def wait(condition, seconds: float) -> None:
        holds.set()
        end.wait(10)

    one = Limiter(1, wait=wait)
    ticket = one.acquire(1, Ends(time_since()))
    waiting = threading.Thread(target=one.acquire, args=(1, Ends(time_since(), 1e6)), daemon=True)
    waiting.start()
    holds.wait(10)
    child = os.fork()
    if child == 0:
        signal.alarm(5)  # ends it if it hangs
        one.settle(ticket, 1)
        one.acquire(1, Ends(time_since()))
        os._exit(7)
    end.set()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rpm": 0}, "rpm must be an int >= 1 or None, got 0"),
        ({"tpm": 2.5}, "tpm must be an int >= 1 or None, got 2.5"),
        ({"rpm": True}, "rpm must be"),
        ({"minute": 0}, "minute must be a number of seconds > 0"),
        ({"minute": "1"}, "minute must be"),
        ({"late": -1}, "late must be"),
    ],
)
def test_wrong_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        Limiter(**options)
