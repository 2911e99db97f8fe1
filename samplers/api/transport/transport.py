"""How a call goes out and comes back: signed, held against a budget, its failures typed and without
the key.
"""

import time
from contextlib import contextmanager

import httpx

from samplers.api.errors import (
    APIError,
    ConnectionFailed,
    EndpointError,
    StreamBroken,
    error_from,
)
from samplers.api.pricing.budget import Budget, shared_budget
from samplers.api.pricing.prices import cost, upper_bound
from samplers.api.request import address, encode
from samplers.api.stream.events import Arrival
from samplers.api.transport.auth import Key

# Connecting is quick or fails. An answer may take minutes: nothing comes before the last token is
# drawn.
TIMEOUT = httpx.Timeout(600, connect=5)
# Servers hang up an idle connection after 5 s (llama.cpp, uvicorn); we let go before them.
LIMITS = httpx.Limits(max_connections=100, keepalive_expiry=2)
UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Wire:
    """One endpoint's HTTP. `budget` is None where no price is known; at OpenAI's address there is
    always one.
    """

    def __init__(
        self, base_url: str, key: Key, budget: Budget | None, transport: httpx.BaseTransport | None
    ):
        url = address(base_url)
        self.base_url, self.auth, self.scrub = str(url), key, key.scrub
        self.at_openai = url.host == "api.openai.com" or url.host.endswith(".api.openai.com")
        self.budget = shared_budget() if budget is None and self.at_openai else budget
        # a proxy in the environment must not get these
        loopback = url.host in ("127.0.0.1", "localhost", "::1")
        self._http = httpx.Client(
            auth=key, timeout=TIMEOUT, limits=LIMITS, transport=transport, trust_env=not loopback
        )
        self.close = self._http.close

    def request(
        self, method, path, body=None, headers=None, stream=False, hint=None, timeout=None
    ) -> httpx.Response:
        """The response, if its status is a good one, else APIError. What httpx raises becomes
        ConnectionFailed.

        `hint` is called for a sentence on why nothing answers. `timeout`: seconds to wait for an
        answer.
        """
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            **(headers or {}),
        }
        content = None if body is None else encode(body)
        wait = (
            TIMEOUT
            if timeout is None
            else httpx.Timeout(timeout, connect=min(timeout, TIMEOUT.connect))
        )
        url = self.base_url + path
        request = self._http.build_request(
            method, url, content=content, headers=headers, timeout=wait
        )
        try:
            response = self._http.send(request, stream=stream)
            if not response.is_success:
                response.read()
                response.close()
        except httpx.HTTPError as error:
            failure = self._failure(error, hint)
        else:
            if response.is_success:
                return response
            failure = error_from(
                response.status_code, response.content, response.headers, self.scrub
            )
        # out here: the frames inside httpx, which hold the signed request, are not part of its
        # traceback
        raise failure

    def _failure(self, error: httpx.HTTPError, hint) -> ConnectionFailed:
        what = self.scrub(f"{type(error).__name__}: {error}")
        why = (
            hint()
            if hint
            else "Is the server running, and is the address (SAMPLERS_BASE_URL) right?"
        )
        return ConnectionFailed(
            f"{self.base_url} does not answer ({what}). {why}", not isinstance(error, UNREACHED)
        )

    @contextmanager
    def arrivals(self, body: dict, hint=None):
        """A streamed answer to `body`: gives an iterator of Arrival, and closes the connection at
        the end.

        The connection is not used again: llama.cpp may close it without a word.
        """
        headers = {"Accept": "text/event-stream", "Connection": "close"}
        start = time.perf_counter()
        response = self.request("POST", "/chat/completions", body, headers, stream=True, hint=hint)
        try:
            kind = response.headers.get("content-type", "")
            if kind.partition(";")[0].strip().lower() != "text/event-stream":
                raise StreamBroken(
                    f"the endpoint does not stream: text/event-stream was expected, got {kind!r:.80}."
                )
            yield (Arrival(time.perf_counter() - start, data) for data in response.iter_bytes())
        finally:
            response.close()

    def unbroken(self, arrivals):
        """`arrivals` as they are; what breaks them is a ConnectionFailed."""
        try:
            yield from arrivals
        except httpx.HTTPError as error:
            what = self.scrub(f"{type(error).__name__}: {error}")
        else:
            return
        raise ConnectionFailed(f"{self.base_url} broke its stream off ({what}).", sent=True)

    def read(self, response: httpx.Response, reader):
        """What `reader` makes of the response's JSON; one of another shape is an APIError that
        shows its beginning.
        """
        try:
            return reader(response.json())
        except (
            ValueError,
            TypeError,
            KeyError,
            IndexError,
            AttributeError,
            RecursionError,
        ) as error:
            problem = f"{type(error).__name__}: {error}"
        begin = response.content[:200].decode("utf-8", errors="replace")
        message = f"the answer cannot be read ({problem}); it begins {begin!r}"
        raise APIError(response.status_code, self.scrub(message))

    @contextmanager
    def paid(self, body: dict):
        """Holds the most that a chat request can cost while it runs. Gives a function that takes
        the real Usage.

        What was refused or never sent costs nothing. What broke after it was sent stays held: it
        may be billed.
        """
        if self.budget is None:
            yield lambda usage: None
            return
        bound = upper_bound(body)
        real = None

        def settle(usage) -> None:
            nonlocal real
            real = real if usage is None else cost(body["model"], usage)

        self.budget.reserve(bound)
        try:
            yield settle
        except EndpointError as error:
            real = 0.0 if _cost_nothing(error) else real
            raise
        finally:
            if real is not None:
                self.budget.settle(bound, real)


def _cost_nothing(error: EndpointError) -> bool:
    if isinstance(error, APIError):
        return 400 <= error.status < 500
    return isinstance(error, ConnectionFailed) and not error.sent
