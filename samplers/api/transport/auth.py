"""The API key, kept where no repr, vars(), pickle or traceback shows it."""

import re

import httpx

SHORTEST_SECRET = 8  # characters; shorter "keys" are words such as "test", "token" or "EMPTY"


class Key(httpx.Auth):
    """Signs requests with ``Authorization: Bearer …``. Only closures hold the key's text.

    `key`: a str, a Key (taken as it is) or None (requests are not signed). check() raises
    ValueError for a key that cannot be sent in a header. The constructor does not raise: the
    caller's frame still holds the text then, and a traceback may print a frame's locals.

    scrub() is for the text of errors: it replaces the key where it stands whole, if it has at least
    SHORTEST_SECRET characters. The data of an answer is never scrubbed.
    """

    def __init__(self, key: "str | Key | None" = None):
        if isinstance(key, Key):
            self.sign = key.sign
            self.scrub = key.scrub
            self.check = key.check
            self.given = key.given
            return

        if isinstance(key, str):
            key = key.strip()
        valid = key is None or _fits_a_header(key)
        secret = _standing_whole(key) if valid and key and len(key) >= SHORTEST_SECRET else None

        def sign(request: httpx.Request) -> None:
            if key is not None:
                request.headers["Authorization"] = f"Bearer {key}"

        def scrub(text: str) -> str:
            return text if secret is None else secret.sub("[key]", text)

        def check() -> None:
            # `key` must not be named in a function that raises: it would be one of its locals
            if not valid:
                raise ValueError(
                    "api_key must be a str of printable ASCII without spaces; "
                    "what came is not shown"
                )

        self.sign = sign
        self.scrub = scrub
        self.check = check
        self.given = key is not None

    def auth_flow(self, request: httpx.Request):
        """httpx calls this for every request."""
        self.sign(request)
        yield request

    def __repr__(self) -> str:
        return "Key([hidden])" if self.given else "Key(None)"


def _fits_a_header(key) -> bool:
    if not isinstance(key, str) or not key:
        return False
    return key.isascii() and key.isprintable() and " " not in key


def _standing_whole(key: str) -> re.Pattern:
    """`key` as a word of its own.

    What an escape ends with (a line's end as backslash and n, %20) is no part of the word.
    """
    begins = r"(?<![A-Za-z0-9_-])|(?<=\\[abfnrtv])|(?<=\\x..)|(?<=\\u....)|(?<=%[0-9A-Fa-f]{2})"
    return re.compile(f"(?:{begins}){re.escape(key)}(?![A-Za-z0-9_-])")
