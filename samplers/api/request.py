"""What goes out: an address, messages, parameters, each checked where it enters."""

import json
import operator
from collections.abc import Mapping, Sequence

import httpx


def address(base_url: str) -> httpx.URL:
    """`base_url` checked and without its last slash: http or https, a host, no password or query
    (they get printed).
    """
    try:
        url = httpx.URL(base_url.strip().rstrip("/"))
    except (httpx.InvalidURL, AttributeError):
        raise ValueError(
            f"base_url must be an address such as http://127.0.0.1:8000/v1, got {base_url!r}"
        ) from None
    if url.userinfo or url.query:
        raise ValueError(
            "base_url must hold no user, password or query: a key goes into SAMPLERS_API_KEY"
        )
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(
            f"base_url must be an address such as http://127.0.0.1:8000/v1, got {base_url!r}"
        )
    return url


def as_messages(messages: str | Sequence[Mapping]) -> list[dict]:
    """A list of messages: a str is one message of the user."""
    if isinstance(messages, str):
        return [{"role": "user", "content": messages}]
    listed = isinstance(messages, Sequence) and len(messages) > 0
    if not listed or not all(isinstance(m, Mapping) and "role" in m for m in messages):
        raise ValueError(
            f"messages must be a str or a list of {{'role': …, 'content': …}}, got {messages!r:.200}"
        )
    return [dict(message) for message in messages]


def chat_body(messages, params: Mapping) -> dict:
    """A chat request's body in plain JSON types: parameters as they are given, None left out."""
    given = {name: value for name, value in params.items() if value is not None}
    return json.loads(encode({"messages": as_messages(messages), **given}))


def encode(body: Mapping) -> bytes:
    """A body as JSON in UTF-8; numpy's numbers and arrays go as Python's. ValueError names what
    JSON cannot hold.
    """
    try:
        return _dump(body)
    except (TypeError, ValueError, RecursionError):
        for name, value in body.items():
            try:
                _dump(value)
            except (TypeError, ValueError, RecursionError) as error:
                problem = (
                    f"{name} must be something that JSON can hold, got {value!r:.200} ({error})"
                )
                raise ValueError(problem) from None
        raise


def _dump(value) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain).encode("utf-8")


def _plain(value):
    if hasattr(value, "tolist"):  # numpy
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} is not JSON")


def token_ids(name: str, ids) -> list[int]:
    """`ids` as a list of ints >= 0."""
    try:
        ids = [operator.index(i) for i in ids]
    except TypeError:
        raise ValueError(
            f"{name} must be a sequence of token ids (ints >= 0), got {ids!r:.200}"
        ) from None
    if any(i < 0 for i in ids):
        raise ValueError(f"{name} must be a sequence of token ids (ints >= 0), got {ids!r:.200}")
    return ids


def as_seconds(name: str, seconds) -> float:
    """`seconds` if it is a finite number > 0."""
    if (
        isinstance(seconds, bool)
        or not isinstance(seconds, int | float)
        or not 0 < seconds < float("inf")
    ):
        raise ValueError(f"{name} must be a number of seconds > 0, got {seconds!r}")
    return seconds
