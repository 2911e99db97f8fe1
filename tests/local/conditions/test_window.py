"""The sliding window against its definition, counted anew each time from all that came."""

from hypothesis import given
from hypothesis import strategies as st

from samplers.local.conditions.window import Window

LENGTH = 10
STEPS = st.lists(st.tuples(st.integers(0, 7), st.integers(1, 6)), max_size=40)


def used(entries: list[tuple[int, int]], now: int) -> int:
    """The definition: what came in the last LENGTH seconds."""
    return sum(amount for time, amount in entries if now - LENGTH < time <= now)


@given(st.integers(1, 12), STEPS)
def test_it_is_its_definition(limit, steps):
    window = Window(limit, LENGTH)
    entries = []
    now = 0
    for pause, amount in steps:
        now += pause
        later = (t for t in range(now, now + LENGTH + 1) if used(entries, t) + amount <= limit)
        first = next(later, None)
        wait = window.wait(now, amount)
        assert wait == (None if amount > limit else first - now)

        if wait == 0:
            window.add(now, amount)
            entries.append((now, amount))
        assert window.remaining(now) == limit - used(entries, now)
        free = next(t for t in range(now, now + LENGTH + 1) if used(entries, t) == 0)
        assert window.reset(now) == free - now

    stretches = [used(entries, t) for t in range(now + LENGTH)]
    assert window.peak == max(stretches) <= limit


@given(STEPS, st.data())
def test_a_settled_amount_counts_from_then_on(steps, data):
    """And one whose time is over changes nothing any more."""
    window = Window(10**6, LENGTH)
    amounts = {}
    now = 0
    for pause, amount in steps:
        now += pause
        amounts[window.add(now, amount)] = [now, amount]
        entry = data.draw(st.sampled_from(list(amounts)))
        settled = data.draw(st.integers(0, 6))
        window.settle(entry, settled)
        if now - LENGTH < entry.time:
            amounts[entry][1] = settled
        assert window.remaining(now) == 10**6 - used(list(amounts.values()), now)


def starts(limit: int, length: float, count: int) -> list[float]:
    """When `count` requests start that all come at once and wait as they are told."""
    window = Window(limit, length)
    now = 0.0
    times = []
    for _ in range(count):
        now += window.wait(now)
        window.add(now)
        times.append(now)
    return times


def test_a_burst_at_the_start():
    assert starts(2, 10, 5) == [0, 0, 10, 10, 20]
    assert starts(1, 1, 20) == list(range(20))


def test_an_idle_hour_is_not_saved_up():
    window = Window(5, 60)
    for _ in range(10):
        if window.wait(3600.0) == 0:
            window.add(3600.0)
    assert window.peak == 5


def test_polled_often_it_grants_no_less():
    window = Window(10, 1)
    granted = 0
    for step in range(200):  # every 50 ms for 10 s
        if window.wait(step / 20) == 0:
            window.add(step / 20)
            granted += 1
    assert granted == 100
