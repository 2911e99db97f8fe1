"""Each status and kind of error has its class, named as in OpenAI's SDK where that has one."""

import json
import pickle
from pathlib import Path

import httpx
import openai
import pytest
from fake_endpoint import fake

import samplers.api
from samplers.api import (
    APIError,
    APITimeoutError,
    BudgetExceeded,
    EndpointError,
    RateLimitError,
    StreamBroken,
)

FACTS = Path(__file__).parents[3] / "shared/facts/errors.jsonl"


def error_of(response: httpx.Response) -> APIError:
    with pytest.raises(EndpointError) as caught:
        fake(response, max_retries=0).chat("x")
    return caught.value


def answer(status: int, message="no", **fields) -> httpx.Response:
    return httpx.Response(status, json={"error": {"message": message, **fields}})


@pytest.mark.parametrize(
    ("status", "theirs"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (403, openai.PermissionDeniedError),
        (404, openai.NotFoundError),
        (409, openai.ConflictError),
        (422, openai.UnprocessableEntityError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
        (529, openai.InternalServerError),  # Anthropic's, of an overload
    ],
)
def test_a_status_has_the_class_of_openais_sdk(status, theirs):
    error = error_of(answer(status))
    assert type(error).__name__ == theirs.__name__
    assert type(error) is getattr(samplers.api, theirs.__name__)
    assert error.status == status


@pytest.mark.parametrize(
    ("status", "name"), [(408, "RequestTimeoutError"), (402, "QuotaError"), (418, "APIError")]
)
def test_where_the_sdk_has_none(status, name):
    assert type(error_of(answer(status))).__name__ == name


@pytest.mark.parametrize(
    ("status", "fields", "name"),
    [
        (429, {"type": "insufficient_quota", "code": "new_kind"}, "QuotaError"),
        (429, {"type": "x", "code": "credit_balance_exhausted"}, "QuotaError"),
        (429, {"type": "x", "code": "organization_spend_limit_exceeded"}, "QuotaError"),
        (429, {"type": "x", "code": "project_spend_limit_exceeded"}, "QuotaError"),
        (429, {"type": "x", "code": "organization_usage_limit_exceeded"}, "QuotaError"),
        (429, {"type": "tokens", "code": "rate_limit_exceeded"}, "RateLimitError"),
        (429, {"type": "rate_limit_error", "code": "slow_down"}, "SlowDownError"),
        (400, {"code": "context_length_exceeded", "param": "messages"}, "ContextLengthError"),
        (400, {"code": 400, "type": "exceed_context_size_error"}, "ContextLengthError"),
        (404, {"code": "model_not_found", "param": "model"}, "NotFoundError"),
        (403, {"code": "model_not_found"}, "PermissionDeniedError"),
        (400, {"code": "9" * 5000}, "BadRequestError"),
        (400, {"code": ["insufficient_quota"], "type": {"a": 1}}, "BadRequestError"),
    ],
)
def test_a_kind_is_known_by_its_code_or_type(status, fields, name):
    assert type(error_of(answer(status, **fields))).__name__ == name


def test_vllm_says_in_its_message_that_the_context_is_too_short():
    message = "This model's maximum context length is 4096 tokens. However, you requested 5000."
    error = error_of(answer(400, message, type="BadRequestError", param="input_tokens", code=400))
    assert type(error).__name__ == "ContextLengthError"
    assert "fit()" in str(error)


@pytest.mark.parametrize(
    ("status", "code", "name"),
    [
        (200, 429, "RateLimitError"),
        (200, "insufficient_quota", "QuotaError"),
        (200, 503, "InternalServerError"),
        (200, "9" * 5000, "APIError"),
        (200, "²²²", "APIError"),
    ],
)
def test_an_error_with_the_status_200_is_known_by_its_code(status, code, name):
    assert type(error_of(answer(status, code=code))).__name__ == name


@pytest.mark.skipif(not FACTS.exists(), reason="needs ../shared")
def test_openais_own_bodies_of_2026():
    """Each recorded status and body gives the class of the status, or of the kind."""
    kinds = {"context_length_exceeded": "ContextLengthError"}
    names = {400: "BadRequestError", 404: "NotFoundError", 429: "QuotaError"}
    rows = [json.loads(line) for line in FACTS.read_text(encoding="utf-8").splitlines()]
    recorded = [row for row in rows if row["status"] in names and row.get("error")]
    assert len(recorded) > 50
    for row in recorded:
        error = error_of(httpx.Response(row["status"], json={"error": row["error"]}))
        assert type(error).__name__ == kinds.get(error.code, names[row["status"]]), row


@pytest.mark.parametrize(
    ("response", "advice"),
    [
        (answer(403, code="unsupported_country_region_territory"), "Does the account"),
        (answer(403, code="model_not_found"), "client.models()"),
        (answer(408), "Try again"),
        (answer(429), "Wait, then try again. A Limiter keeps a client under the limits."),
        (answer(429, code="slow_down"), "Wait, then try again. Begin with few requests at once"),
        (answer(402), "add credit"),
    ],
)
def test_the_advice(response, advice):
    assert advice in str(error_of(response))


def test_every_class_can_be_imported_and_is_an_endpoint_error():
    module = samplers.api.errors
    classes = [c for c in vars(module).values() if isinstance(c, type)]
    ours = [c for c in classes if c.__module__ == module.__name__]
    assert len(ours) > 12
    for kind in ours:
        assert getattr(samplers.api, kind.__name__) is kind
        assert issubclass(kind, EndpointError)


@pytest.mark.parametrize(
    "error",
    [
        RateLimitError(429, "Slowly", code="slow_down", request_id="r", retry_after=3.0),
        APITimeoutError("Late.", sent=True),
        BudgetExceeded(0.2, 0.1, 1.0),
        StreamBroken("It broke.", error={"message": "no"}),
    ],
    ids=repr,
)
def test_another_process_can_send_an_error_back(error):
    error.add_note("Tried 3 times.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_a_message_that_repeats_the_prompt_is_cut_in_the_text():
    """FastAPI's 422 does; `message` has all of it."""
    error = error_of(httpx.Response(422, json={"detail": [{"input": 10_000 * "x"}]}))
    assert len(str(error)) < 2_100
    assert str(error).endswith("x…")
    assert len(error.message) > 10_000
