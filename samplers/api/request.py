"""What goes out: an address, messages, parameters. Each is checked where it enters."""

import json
import operator
from collections.abc import Mapping, Sequence

import httpx

from samplers.wire.secret import shown

MOST_OF_A_NAME = 100  # characters of a call's name
MAX_SECONDS = 1_000_000  # of a timeout; the operating system's calls take no number of any size


def address(base_url: str) -> httpx.URL:
    """`base_url` without its last slash: http or https, and a host.

    A password, a query or a fragment is refused, because addresses get printed.
    """
    try:
        url = httpx.URL(base_url.strip().rstrip("/"))
    except (httpx.InvalidURL, AttributeError, TypeError):
        raise ValueError(_bad_address(base_url)) from None

    if url.userinfo or any(mark in str(url) for mark in "?#"):
        raise ValueError(
            "base_url must hold no user, password, query or fragment: "
            "a key goes into SAMPLERS_API_KEY"
        )
    if url.scheme not in ("http", "https") or not names_a_host(url):
        raise ValueError(_bad_address(base_url))
    return url


def _bad_address(base_url) -> str:
    return f"base_url must be an address such as http://127.0.0.1:8000/v1, got {shown(base_url)}"


def names_a_host(url: httpx.URL) -> bool:
    """Whether a connection to the host and port of `url` can be tried at all."""
    try:
        host = url.host
        host.encode("idna")  # as the socket does; it refuses a label over 63 characters
    except UnicodeError:
        return False
    return host != "" and (url.port is None or 0 < url.port < 65_536)


def as_messages(messages: str | Sequence[Mapping]) -> list[dict]:
    """A list of messages; a str is one message of the user."""
    if isinstance(messages, str):
        return [{"role": "user", "content": messages}]

    is_list = isinstance(messages, Sequence) and len(messages) > 0
    if not is_list or not all(isinstance(m, Mapping) and "role" in m for m in messages):
        raise ValueError(
            "messages must be a str or a list of {'role': …, 'content': …}, "
            f"got {messages!r:.200}"
        )
    return [dict(message) for message in messages]


def chat_body(messages, params: Mapping) -> dict:
    """A chat request's body in plain JSON types. `params` are not changed; None is left out."""
    given = {name: value for name, value in params.items() if value is not None}
    return json.loads(encode({"messages": as_messages(messages), **given}))


def with_usage(body: dict) -> dict:
    """A stream's request that asks for the usage, too, unless its stream_options say otherwise."""
    options = body.get("stream_options", {})
    if not isinstance(options, dict):
        raise ValueError(f"stream_options must be an object, got {options!r:.80}")
    return body | {"stream_options": {"include_usage": True} | options}


def encode(body: Mapping) -> bytes:
    """A body as JSON in UTF-8. numpy's numbers and arrays become Python's.

    ValueError names the field that JSON cannot hold.
    """
    try:
        return _dump(body)
    except (TypeError, ValueError, RecursionError):
        for name, value in body.items():
            _check_json(name, value)
        raise


def _check_json(name: str, value) -> None:
    try:
        _dump(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(
            f"{name} must be something that JSON can hold, got {value!r:.200} ({error})"
        ) from None


def _dump(value) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain).encode("utf-8")


def _plain(value):
    if hasattr(value, "tolist"):  # numpy
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} is not JSON")


def token_ids(name: str, ids) -> list[int]:
    """`ids` as a list of ints >= 0."""
    try:
        given = list(ids)
        checked = [operator.index(i) for i in given]
    except TypeError:
        checked = None
    is_text = isinstance(ids, bytes | bytearray)  # iterating over it gives ints, too
    if is_text or checked is None or min(checked, default=0) < 0 or bool in map(type, given):
        raise ValueError(f"{name} must be a sequence of token ids (ints >= 0), got {ids!r:.200}")
    return checked


def text_or_ids(name: str, value) -> str | list[int]:
    """A text, or a list of token ids; ValueError for another kind, and for an empty one."""
    checked = value if isinstance(value, str) else token_ids(name, value)
    if not checked:
        raise ValueError(f"{name} must be a text or token ids, at least one, got {value!r}")
    return checked


def check_call_name(name: str, value) -> None:
    """ValueError for a name that no header can carry, or that our endpoint would not take."""
    fits = isinstance(value, str) and 0 < len(value) <= MOST_OF_A_NAME
    if not fits or not value.isascii() or not value.isprintable() or value != value.strip():
        words = f"1 to {MOST_OF_A_NAME} printable ASCII characters, no space at an end"
        raise ValueError(f"{name} must be {words}, got {value!r:.80}")


def as_seconds(name: str, seconds) -> float:
    """`seconds` if it is a number > 0 and <= MAX_SECONDS."""
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not is_number or not 0 < seconds <= MAX_SECONDS:
        raise ValueError(
            f"{name} must be a number of seconds > 0 and <= {MAX_SECONDS}, got {seconds!r:.80}"
        )
    return seconds
