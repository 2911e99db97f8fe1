"""Anthropic's errors: {type: error, error: {type, message}, request_id}.

Source: the types of its SDK (anthropic 2.14.0) and the list of its page "Errors" (2026-11).
"""

# The error's type by its status.
TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def error_body(status: int, error: dict, request_id: str) -> dict:
    """Anthropic's body for an error of this status; `error` is the object in OpenAI's body."""
    other = "invalid_request_error" if status < 500 else "api_error"
    kind = TYPES.get(status, other)
    shown = {"type": kind, "message": error["message"]}
    return {"type": "error", "error": shown, "request_id": request_id}
