"""Retry-After and retry-after-ms in all their forms, and what is none of them."""

import calendar
import time

import httpx
import pytest

from samplers.api.retries.retry_after import MOST, retry_after

NOW = calendar.timegm((1994, 11, 6, 8, 49, 7))
DATES = [  # half a minute later, in HTTP's three forms
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
]


@pytest.fixture(autouse=True)
def the_moment(monkeypatch):
    monkeypatch.setattr("samplers.api.retries.retry_after.time.time", lambda: NOW)


def seconds(*lines: tuple[str, str]) -> float | None:
    return retry_after(httpx.Headers(list(lines)))


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/New_York"])
def zone(request, monkeypatch):
    if not hasattr(time, "tzset"):
        pytest.skip("this system's zone cannot be changed for one process")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize("date", DATES)
def test_a_date_is_in_utc_in_each_of_its_forms(date):
    assert seconds(("Retry-After", date)) == 30


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30", 30), ("0", 0), ("0.5", 0.5), (" 7 ", 7), ("120", 120), ("411000", 411_000)],
)
def test_seconds(text, expected):
    assert seconds(("Retry-After", text)) == expected


@pytest.mark.parametrize("text", ["9" * 400, f"{'9' * 400}.5"])
def test_more_seconds_than_a_float_holds_are_very_many(text):
    assert seconds(("Retry-After", text)) == MOST
    assert seconds(("retry-after-ms", text)) == MOST / 1000


@pytest.mark.parametrize(
    "text",
    [
        "-5",
        "nan",
        "inf",
        "1e400",
        "1e3",
        "1_000",
        "",
        " ",
        "soon",
        "7s",
        "2814, 2",
        "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 1994 08:48:57 GMT",  # past
        "Sun, 06 Nov 1994 08:49:07 GMT",  # now
        "Sun, 31 Feb 2026 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:61:61 GMT",
        "Sun, 06 Nov 1994 08:49:37",
        f"{DATES[0]}, {DATES[0]}",
    ],
)
def test_what_names_no_time(text):
    assert seconds(("Retry-After", text)) is None


def test_two_lines_are_none():
    assert seconds(("Retry-After", "2814"), ("Retry-After", "2")) is None
    assert seconds() is None


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [("1500", 1.5), ("0", 0), ("20.5", 0.0205), ("soon", 2), ("-1", 2)],
)
def test_milliseconds_go_first_where_they_can_be_read(milliseconds, expected):
    assert seconds(("retry-after-ms", milliseconds), ("Retry-After", "2")) == expected
