"""The API key, kept where no repr, vars(), pickle or traceback finds it."""

import httpx


class Key(httpx.Auth):
    """Signs requests with ``Authorization: Bearer …``. The key lives in a closure: printing an object cannot print it.

    `key`: a str, a Key (taken as it is) or None (requests are not signed). A key that no header can carry raises
    ValueError, which does not show it.
    """

    def __init__(self, key: "str | Key | None" = None):
        if isinstance(key, Key):
            self.sign, self.scrub, self.given, key = key.sign, key.scrub, key.given, None
            return
        key = key.strip() if isinstance(key, str) else key
        fits = isinstance(key, str) and key and key.isascii() and key.isprintable() and " " not in key
        if key is not None and not fits:
            kind, key = type(key).__name__, None  # a traceback may print this frame's locals
            raise ValueError(f"api_key must be printable ASCII without spaces; what came (a {kind}) is not shown")

        def sign(request: httpx.Request) -> None:
            if key:
                request.headers["Authorization"] = f"Bearer {key}"

        def scrub(text: str) -> str:
            return text.replace(key, "[key]") if key else text

        self.sign, self.scrub, self.given = sign, scrub, key is not None

    def auth_flow(self, request: httpx.Request):
        """What httpx calls for every request."""
        self.sign(request)
        yield request

    def __repr__(self) -> str:
        return "Key([hidden])" if self.given else "Key(None)"
