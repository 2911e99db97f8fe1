"""Whose a request is, and how rows name it: the door finds it out by the request's key."""

import hashlib
from collections.abc import Mapping

OWNER = "samplers.owner"  # where the ASGI scope has it
LOCAL = "local"  # whose all requests are where there is one key: it may be another at each start


# Other providers' headers for a key: Anthropic's and Google's.
KEY_HEADERS = ("x-api-key", "x-goog-api-key")


def key_of(headers: Mapping[str, str]) -> str:
    """The key that a request names, right or wrong; "" if it names none."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return key.strip()
    return next((headers[name].strip() for name in KEY_HEADERS if name in headers), "")


def owner_of(scope: Mapping) -> str:
    """Whose a request is that the door has let in, by its ASGI scope."""
    return scope[OWNER]


def owner_of_name(name: str) -> str:
    """Whose a request with a key of a file is: its name's sha256, so a new key changes nothing.

    No name gives LOCAL, not even that name.
    """
    return hashlib.sha256(f"name {name}".encode()).hexdigest()
