"""OpenAI's own SDK sees its own errors, and its retries obey our headers."""

import time

import openai
import pytest

HI = [{"role": "user", "content": "Hi"}]
QUOTA = (
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
)


@pytest.fixture(scope="session")
def openai_client(simulated, key):
    options = {"base_url": simulated.base_url, "api_key": key, "max_retries": 0}
    with openai.OpenAI(**options, _strict_response_validation=True) as client:
        yield client


@pytest.fixture
def sdk(openai_client):
    """A function that makes a client with so many retries."""
    return lambda max_retries=0, timeout=60: openai_client.with_options(
        max_retries=max_retries, timeout=timeout
    )


@pytest.fixture
def create(simulated):
    """A function that asks through a client for a short answer."""

    def ask(client: openai.OpenAI, fault: str | None = None, **fields):
        headers = {} if fault is None else {"x-samplers-fault": fault}
        return client.chat.completions.create(
            model=simulated.model, messages=HI, max_tokens=4, extra_headers=headers, **fields
        )

    return ask


@pytest.mark.parametrize(
    ("fault", "error", "kind", "code"),
    [
        (
            "403",
            openai.PermissionDeniedError,
            "request_forbidden",
            "unsupported_country_region_territory",
        ),
        ("408", openai.APIStatusError, "invalid_request_error", "request_timeout"),
        ("409", openai.ConflictError, "invalid_request_error", "conflict"),
        ("429", openai.RateLimitError, "requests", "rate_limit_exceeded"),
        ("slow_down", openai.RateLimitError, "rate_limit_error", "slow_down"),
        *((code, openai.RateLimitError, "insufficient_quota", code) for code in QUOTA),
        ("500", openai.InternalServerError, "server_error", "internal_error"),
        ("502", openai.InternalServerError, "server_error", "bad_gateway"),
        ("503", openai.InternalServerError, "service_unavailable_error", "server_is_overloaded"),
        ("504", openai.InternalServerError, "server_error", "gateway_timeout"),
    ],
)
def test_errors(simulate, sdk, create, fault, error, kind, code):
    with pytest.raises(error) as caught:
        create(sdk(), fault)
    seen = caught.value
    assert (seen.type, seen.code, seen.param) == (kind, code, None)
    assert seen.request_id.startswith("req_")
    assert seen.response.headers["x-samplers-simulated"] == f"fault={fault}"


@pytest.mark.parametrize(
    ("fault", "requests"), [("403", 1), ("500", 2), ("503", 2), ("credit_balance_exhausted", 2)]
)
def test_what_it_repeats(simulate, told, sdk, create, fault, requests):
    """Also where there is no credit, which a repetition does not bring: as at OpenAI."""
    with pytest.raises(openai.APIStatusError):
        create(sdk(max_retries=1), fault)
    assert told("counts")["requests"] == requests


def test_no_answer(simulate, sdk, create):
    with pytest.raises(openai.APIConnectionError):
        create(sdk(), "drop")
    with pytest.raises(openai.APITimeoutError):
        create(sdk(timeout=0.3), "timeout")
    with pytest.raises(ValueError, match="codec can't decode"):  # UnicodeDecodeError
        create(sdk(), "garbage")


@pytest.mark.parametrize("fault", ["error_event", "error_data"])
def test_an_error_in_a_stream(simulate, told, sdk, create, fault):
    """A stream that has begun is not repeated."""
    chunks = create(sdk(max_retries=2), fault, stream=True, temperature=0)
    seen = [next(chunks), next(chunks)]
    assert [chunk.choices[0].delta.role for chunk in seen] == ["assistant", None]
    with pytest.raises(openai.APIError, match="The server had an error") as caught:
        list(chunks)
    assert caught.value.code == "internal_error"
    assert told("counts")["requests"] == 1


@pytest.mark.parametrize(("max_retries", "requests"), [(0, 1), (2, 3)])
def test_it_asks_as_often_as_it_should(simulate, told, sdk, create, max_retries, requests):
    simulate(fault="429:1")
    with pytest.raises(openai.RateLimitError):
        create(sdk(max_retries))
    assert told("counts") == {"requests": requests, "fault=429": requests}


def test_it_waits_as_told_and_is_let_in(simulate, told, sdk, create):
    """Two a minute, which is half a second here: a third comes with one retry."""
    simulate(tier="rpm=2", time_factor=120)
    client = sdk(max_retries=1)
    begin = time.monotonic()
    for _ in range(3):
        create(client)
    assert time.monotonic() - begin >= 0.5
    counts = told("counts")
    assert counts["requests"] == 3 + counts.get("limit=rpm", 0)
    assert told("used")["rpm"]["peak"] <= 2


def test_it_gives_up_where_the_wait_is_long(simulate, told, sdk, create):
    """Its own bound is two minutes, and a day is longer."""
    simulate(tier="rpd=1")
    client = sdk(max_retries=2)
    create(client)
    with pytest.raises(openai.RateLimitError) as caught:
        create(client)
    assert int(caught.value.response.headers["retry-after"]) > 1000
    assert told("counts")["requests"] == 2
