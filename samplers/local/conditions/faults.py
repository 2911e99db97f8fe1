"""The faults by name, and what each does to an answer."""

from samplers.local.conditions.clock import Clock
from samplers.local.conditions.refusals import retry_after
from samplers.local.request.errors import ApiError

TIMEOUT = 600  # simulated seconds; a client of OpenAI's SDK waits as long by default
RETRY_SECONDS = 1  # what a fault's Retry-After names
QUOTA_SENTENCE = (
    "You exceeded your current quota, please check your plan and billing details. For more "
    "information on this error, read the docs: "
    "https://platform.openai.com/docs/guides/error-codes/api-errors."
)
CREDIT_SENTENCE = (
    "You have no credits remaining. Add credits to continue using the API at "
    "https://platform.openai.com/settings/organization/billing/."
)

SEEN = "credit_balance_exhausted"  # the one whose body OpenAI's API was seen to send (autumn 2026)
# name: (status, message, type, code, how long to wait is told). Bodies other than the SEEN one are
# reconstructed: none was found, or only quotations of one. Type and code of server_is_overloaded
# and the codes of the quota's kinds are OpenAI's as well.
ERRORS = {
    "403": (
        403,
        "Country, region, or territory not supported",
        "request_forbidden",
        "unsupported_country_region_territory",
        False,
    ),
    "408": (408, "Request timeout.", "invalid_request_error", "request_timeout", False),
    "409": (
        409,
        "The resource was updated by another request. Please try again.",
        "invalid_request_error",
        "conflict",
        False,
    ),
    "429": (
        429,
        "Rate limit reached for requests. Please try again later.",
        "requests",
        "rate_limit_exceeded",
        True,
    ),
    "slow_down": (
        429,
        "Your traffic rises too fast. Please slow down, and try again later.",
        "rate_limit_error",
        "slow_down",
        True,
    ),
    "insufficient_quota": (
        429,
        QUOTA_SENTENCE,
        "insufficient_quota",
        "insufficient_quota",  # the older code
        False,
    ),
    "credit_balance_exhausted": (
        429,
        CREDIT_SENTENCE,
        "insufficient_quota",
        "credit_balance_exhausted",
        False,
    ),
    "organization_spend_limit_exceeded": (
        429,
        "Your organization has reached its spend limit.",
        "insufficient_quota",
        "organization_spend_limit_exceeded",
        False,
    ),
    "project_spend_limit_exceeded": (
        429,
        "Your project has reached its spend limit.",
        "insufficient_quota",
        "project_spend_limit_exceeded",
        False,
    ),
    "organization_usage_limit_exceeded": (
        429,
        "Your organization has reached its usage limit.",
        "insufficient_quota",
        "organization_usage_limit_exceeded",
        False,
    ),
    "500": (
        500,
        "The server had an error while processing your request. Sorry about that!",
        "server_error",
        "internal_error",
        False,
    ),
    "502": (502, "Bad gateway.", "server_error", "bad_gateway", False),
    "503": (
        503,
        "The engine is currently overloaded, please try again later.",
        "service_unavailable_error",
        "server_is_overloaded",
        True,
    ),
    "504": (504, "Gateway timeout.", "server_error", "gateway_timeout", False),
}
# Instead of an answer.
WITHOUT_ANSWER = {
    "timeout": f"nothing comes for {TIMEOUT} simulated seconds, then the connection is closed",
    "drop": "the connection is closed without an answer",
    "garbage": "status 200, and a body that is not JSON",
}
# An answer that begins and goes wrong.
IN_THE_MIDDLE = {
    "cut": "the connection is closed in the middle of the answer",
    "stall": f"in the middle nothing more comes for {TIMEOUT} simulated seconds, then it is closed",
    "error_event": "a stream ends with an event of the type error",
    "error_data": "a stream ends with an error as its data, without an event's type",
    "broken_event": "one event of a stream is half a JSON, and the others follow it",
}
# A whole answer of status 200 in which something is wrong.
IN_THE_ANSWER = {
    "content_filter": "a chat's answer ends after a few tokens, as if a filter withheld the rest",
}
NAMES = (*ERRORS, *WITHOUT_ANSWER, *IN_THE_MIDDLE, *IN_THE_ANSWER)


def error(name: str, clock: Clock) -> ApiError:
    """The error of one of the ERRORS."""
    status, message, kind, code, waits = ERRORS[name]
    headers = retry_after(clock.real(RETRY_SECONDS)) if waits else {}
    return ApiError(status, message, kind=kind, code=code, headers=headers)


def described() -> dict[str, str]:
    """Every fault's name with a sentence about it."""
    errors = {}
    for name, (status, _, _, code, _) in ERRORS.items():
        body = "OpenAI's body" if name == SEEN else "a reconstructed body"
        errors[name] = f"status {status}, code {code}, {body}"
    return errors | WITHOUT_ANSWER | IN_THE_MIDDLE | IN_THE_ANSWER
