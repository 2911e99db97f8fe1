"""The key of a request: the text that stands in its headers, and how rows name whose they are."""

import hashlib
from collections.abc import Mapping


def key_of(headers: Mapping[str, str]) -> str:
    """The key of a request; it has been found to be right (`door.py`)."""
    return headers.get("authorization", "").partition(" ")[2].strip()


def owner_of(headers: Mapping[str, str]) -> str:
    """The sha256 of a request's key: the database holds no key."""
    return owner_of_key(key_of(headers))


def owner_of_key(key: str) -> str:
    """The same of a key itself."""
    return hashlib.sha256(key.encode()).hexdigest()
