"""The error that an endpoint's answer holds, in OpenAI's form or another server's."""

import json

from samplers.api.deviations import well_formed
from samplers.api.errors import APIError, error_class
from samplers.api.retries.retry_after import retry_after


def error_from(status: int, content: bytes, headers, scrub, base_url: str = "") -> APIError:
    """The APIError of a response whose body is OpenAI's error, or that of another server.

    `scrub` removes the key from a text. Some servers send an error with the status 200 and HTTP's
    status as its code: see error_class(). `base_url`: the address that was asked.
    """
    fields = scrubbed(_error_fields(content, scrub), scrub)

    def text(name: str) -> str | None:
        value = fields.get(name)
        return None if value is None else str(value)

    message = message_of(fields)
    kind = error_class(status, text("type"), text("code"), message)
    return kind(
        status,
        message,
        type=text("type"),
        param=text("param"),
        code=text("code"),
        request_id=scrubbed(headers.get("x-request-id"), scrub),
        retry_after=retry_after(headers),
        should_retry={"true": True, "false": False}.get(headers.get("x-should-retry")),
        base_url=base_url,
    )


def error_in(body) -> dict | None:
    """The error in the JSON of an answer whose status is 200, or of a stream's event; None if none.

    OpenAI and most servers send {"error": {…}}, some a str there, others its fields alone.
    """
    body = _unwrapped(body)
    if not isinstance(body, dict):
        return None

    error = body.get("error")
    if isinstance(error, dict) and any(error.values()):
        return error
    if error and not isinstance(error, dict):
        return {"message": error}

    if any(body.get(name) is not None for name in ("choices", "data", "output")):
        return None  # an answer, whatever stands beside it
    is_bare = body.get("object") == "error" or body.get("detail")
    return body if is_bare or isinstance(body.get("message"), str) else None


def _unwrapped(body):
    """The first of a list that has an object: Gemini sends its error in one."""
    return body[0] if isinstance(body, list) and body and isinstance(body[0], dict) else body


def message_of(error: dict) -> str:
    """What an error's fields say, for a person. The unknown ones where none is its message."""
    known = ("type", "param", "code")
    rest = {name: value for name, value in error.items() if value and name not in known}
    return str(error.get("message") or error.get("detail") or rest or "no message")


def scrubbed(value, scrub, levels: int = 50):
    """`value`, which JSON can hold, without the key and lone surrogates in any of its texts.

    What lies deeper than `levels` is left out: Python can neither print nor walk through any depth.
    """
    if isinstance(value, str):
        return scrub(well_formed(value))
    if isinstance(value, list | dict) and levels == 0:
        return "…"
    if isinstance(value, list):
        return [scrubbed(item, scrub, levels - 1) for item in value]
    if isinstance(value, dict):
        return {
            scrubbed(name, scrub): scrubbed(item, scrub, levels - 1) for name, item in value.items()
        }
    return value


def json_of(content: bytes):
    """A body's JSON. Bytes that are not UTF-8 become U+FFFD. ValueError if it is no JSON."""
    try:
        return json.loads(content.decode("utf-8-sig", "replace"))
    except RecursionError:
        raise ValueError("its JSON is nested too deeply") from None


def _error_fields(content: bytes, scrub) -> dict:
    """The error object of a response's body; a body of another shape becomes its message."""
    try:
        body = json_of(content)
    except ValueError:
        page = content[:5_000].decode("utf-8", errors="replace").strip()
        return {"message": scrub(page)[:500]}

    body = _unwrapped(body)
    if isinstance(body, dict):
        body = body.get("error") or body  # older vLLM sends the inner object alone
    if isinstance(body, dict):
        return body
    return {"message": body} if body else {}
