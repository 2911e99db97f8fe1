"""Anthropic's errors: {type: error, error: {type, message}, request_id}.

Source: the types of its SDK (anthropic 2.14.0) and the list of its page "Errors" (2026-11).
"""

import re

from samplers.local.answer.event_stream import EventForm
from samplers.local.request.errors import ApiError

# The error's type by its status.
TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def error_body(status: int, error: dict, request_id: str) -> dict:
    """Anthropic's body for an error of this status; `error` is the object in OpenAI's body."""
    return _body(status, error) | {"request_id": request_id}


def _event(error: ApiError) -> dict:
    """The event that breaks off a stream."""
    return _body(error.status, error.body["error"])


EVENTS = EventForm(named=True, done="", error=_event)


def _body(status: int, error: dict) -> dict:
    other = "invalid_request_error" if status < 500 else "api_error"
    shown = {"type": TYPES.get(status, other), "message": _message(error)}
    return {"type": "error", "error": shown}


def _message(error: dict) -> str:
    """The sentence; clients look for Anthropic's own one on a prompt that is too long."""
    counts = re.findall("([0-9]+) tokens", error["message"])
    if error["code"] == "context_length_exceeded" and len(counts) > 1:
        return f"prompt is too long: {counts[1]} tokens > {counts[0]} maximum"
    return error["message"]
