"""The two directions of events: what a client sent, read; what the server sends, made."""

import secrets

from samplers.local.request.body import is_unicode, loads
from samplers.local.request.checks import string
from samplers.local.request.errors import ApiError, bad_request, wrong_body

NOT_JSON = "We could not parse the event: it is not valid JSON."
LONGEST_ID = 512
# Of an event. Millions, which fit into a message that is long enough for sound, take seconds to
# read, and all other requests would wait.
MOST_VALUES = 100_000


def new_id(prefix: str) -> str:
    """An id such as "item_4f…"; the prefix says what it is of."""
    return f"{prefix}_{secrets.token_hex(12)}"


def read_event(text: str | None) -> dict:
    """The event that a message is (None: it is binary).

    ApiError if it is no object in JSON, or one of too many values.
    """
    text = text or ""
    if text.count(",") > MOST_VALUES:  # between values; sound in base64 has none
        message = f"The event has more than {MOST_VALUES} values or commas."
        raise bad_request(message, code="event_too_large")
    try:
        event = loads(text)
    except (ValueError, RecursionError):
        raise bad_request(NOT_JSON, code="invalid_json") from None
    if not isinstance(event, dict):
        raise wrong_body(event)
    return event


def client_id(event: dict) -> str | None:
    """The event_id that the client gave, or None. ApiError if it is no text."""
    value = event.get("event_id")
    if value is None or (isinstance(value, str) and not is_unicode(value)):
        return None
    return string(LONGEST_ID)("event_id", value)


def server_event(kind: str, **fields) -> dict:
    """An event for the client."""
    return {"type": kind, "event_id": new_id("event"), **fields}


def error_event(error: ApiError, caused_by: str | None) -> dict:
    """The error that the client's event with the id `caused_by` led to."""
    return server_event("error", error=error.body["error"] | {"event_id": caused_by})
