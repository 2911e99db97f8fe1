"""The API key, kept where no repr, vars(), pickle or traceback finds it."""

import httpx


class Key(httpx.Auth):
    """Signs requests with ``Authorization: Bearer …``. The key lives in a closure: printing an
    object cannot print it.

    `key`: a str, a Key (taken as it is) or None (requests are not signed). One that no header can
    carry is told by `check()`, not here: here the caller's frame still holds the text, and a
    traceback may print a frame's locals.
    """

    def __init__(self, key: "str | Key | None" = None):
        if isinstance(key, Key):
            self.sign, self.scrub, self.check, self.given = (
                key.sign,
                key.scrub,
                key.check,
                key.given,
            )
            return
        key = key.strip() if isinstance(key, str) else key
        fits = key is None or (
            isinstance(key, str) and key and key.isascii() and key.isprintable() and " " not in key
        )

        def sign(request: httpx.Request) -> None:
            if key is not None:
                request.headers["Authorization"] = f"Bearer {key}"

        def scrub(text: str) -> str:
            return text if key is None else text.replace(key, "[key]")

        def check() -> None:
            # `key` itself is not named in a function that raises: it would be one of its locals
            if not fits:
                raise ValueError(
                    "api_key must be a str of printable ASCII without spaces; what came is not shown"
                )

        self.sign, self.scrub, self.check, self.given = sign, scrub, check, key is not None

    def auth_flow(self, request: httpx.Request):
        """What httpx calls for every request."""
        self.sign(request)
        yield request

    def __repr__(self) -> str:
        return "Key([hidden])" if self.given else "Key(None)"
