"""The two directions of events: what a client sent, read; what the server sends, made."""

import json
import secrets

from samplers.local.request.checks import string
from samplers.local.request.errors import ApiError, bad_request, wrong_body

NOT_JSON = "We could not parse the event: it is not valid JSON."
LONGEST_ID = 512


def new_id(prefix: str) -> str:
    """An id such as "item_4f…"; the prefix says what it is of."""
    return f"{prefix}_{secrets.token_hex(12)}"


def read_event(text: str | None) -> dict:
    """The event that a message is (None: it is binary). ApiError if it is no object in JSON."""
    try:
        event = json.loads(text or "", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise bad_request(NOT_JSON, code="invalid_json") from None
    if not isinstance(event, dict):
        raise wrong_body(event)
    return event


def _refuse_constant(constant: str):
    raise ValueError(constant)


def client_id(event: dict) -> str | None:
    """The event_id that the client gave, or None. ApiError if it is no text."""
    value = event.get("event_id")
    if value is None:
        return None
    check_unicode(value)
    return string(LONGEST_ID)("event_id", value)


def check_unicode(value) -> None:
    """ApiError if a JSON value has a text that UTF-8 cannot hold: half a surrogate pair."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        message = "Invalid event: the text is not valid Unicode."
        raise bad_request(message, code="invalid_value") from None


def server_event(kind: str, **fields) -> dict:
    """An event for the client."""
    return {"type": kind, "event_id": new_id("event"), **fields}


def error_event(error: ApiError, caused_by: str | None) -> dict:
    """The error that the client's event with the id `caused_by` led to."""
    return server_event("error", error=error.body["error"] | {"event_id": caused_by})
