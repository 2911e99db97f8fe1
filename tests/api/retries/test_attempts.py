"""Every attempt can be seen."""

import httpx
from fake_endpoint import completion, fake

from samplers.api.retries.retries import KEPT


def test_each_attempt_is_a_line():
    answers = iter(
        [
            httpx.Response(
                429, json={"error": {"code": "slow_down"}}, headers={"retry-after": "3"}
            ),
            httpx.ReadError("gone"),
            completion(),
        ]
    )
    client = fake(lambda request: next(answers))
    client.chat("x")
    first, second, third = client.attempts
    assert [a.call for a in client.attempts] == ["POST /chat/completions"] * 3
    assert [a.number for a in client.attempts] == [1, 2, 3]
    assert first.outcome == "SlowDownError, HTTP 429, code slow_down"
    assert second.outcome == "ConnectionFailed"
    assert third.outcome == "answered"
    assert (first.waited, second.waited) == (0, 3)
    assert 0 <= first.at <= second.at <= third.at
    assert str(second).endswith(
        " s  POST /chat/completions, attempt 2, waited 3.00 s: ConnectionFailed"
    )


def test_the_last_ones_are_kept():
    client = fake(httpx.Response(200, json={"data": [{"id": "m"}]}))
    for _ in range(KEPT + 1):
        client.models()
    assert len(client.attempts) == KEPT
    assert {a.call for a in client.attempts} == {"GET /models"}


def test_no_message_and_no_key_is_in_them():
    body = {"error": {"message": "the key sk-1234567890 is wrong", "code": "sk-1234567890"}}
    client = fake(httpx.Response(503, json=body), key="sk-1234567890", max_retries=1)
    try:
        client.chat("x")
    except Exception:
        assert "sk-1234567890" not in str(client.attempts)
    assert len(client.attempts) == 2
