"""What x-ratelimit headers say, as OpenAI and others write them."""

from datetime import UTC, datetime

import pytest

from samplers.api.limits.headers import RateLimit, rate_limit, reset_seconds

NOW = datetime(2026, 9, 11, 6, 27, 5, tzinfo=UTC)


def headers(kind: str, limit, remaining, reset) -> dict[str, str]:
    parts = {"limit": limit, "remaining": remaining, "reset": reset}
    return {f"x-ratelimit-{name}-{kind}": text for name, text in parts.items() if text is not None}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1),
        ("6m0s", 360),
        ("17ms", 0.017),
        ("2m59.56s", 179.56),
        ("23h47m36.648s", 85656.648),
        ("0s", 0),
        (" 1s ", 1),
        ("12", 12),
        ("12.5", 12.5),
        ("2026-09-11T06:27:29Z", 24),
        ("2026-09-11T06:27:29", 24),
        ("2026-09-11T08:27:29+02:00", 24),
        ("2026-09-11T06:27:05.5Z", 0.5),
        ("2026-09-11T06:20:00Z", 0),  # it has passed
    ],
)
def test_resets(text, seconds):
    assert reset_seconds(text, NOW) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "soon", "-1s", "-5", "nan", "inf", "1e400", "9" * 400, "1 s", "１s"),
        "1789108049",  # seconds since 1970: fifty years are no duration
        "2030-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_a_reset_that_says_nothing(text):
    assert reset_seconds(text, NOW) is None


def test_what_is_told():
    sent = headers("requests", "60", "59", "1s") | headers("tokens", "2000", "0", "17ms")
    assert rate_limit(sent, "requests") == RateLimit(60, 59, 1.0)
    assert rate_limit(sent, "tokens") == RateLimit(2000, 0, 0.017)
    assert rate_limit({}, "requests") is None
    alone = RateLimit(60, None, None)
    assert rate_limit(headers("requests", "60", None, None), "requests") == alone
    assert rate_limit(headers("requests", "60", "many", "soon"), "requests") == alone


@pytest.mark.parametrize("limit", [None, "", "0", "-1", "6.5", "unlimited", "60, 60", "9" * 5000])
def test_a_limit_that_says_nothing(limit):
    assert rate_limit(headers("requests", limit, "5", "1s"), "requests") is None


def test_the_tighter_of_two():
    sent = headers("tokens", "2000", "900", "1s") | headers("project-tokens", "1000", "50", "2s")
    assert rate_limit(sent, "tokens", "project-tokens") == RateLimit(1000, 50, 2.0)
    sent = headers("tokens", "2000", None, None) | headers("project-tokens", "1000", "50", "2s")
    assert rate_limit(sent, "tokens", "project-tokens") == RateLimit(1000, 50, 2.0)
