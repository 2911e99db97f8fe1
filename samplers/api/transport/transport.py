"""One endpoint's HTTP: calls are signed, what fails is typed, and tried again where that helps."""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial

import httpx

from samplers.api.error_body import error_from, error_in, json_of
from samplers.api.errors import APIError, APITimeoutError, ConnectionFailed, EndpointError
from samplers.api.pricing.budget import Budget, shared_budget
from samplers.api.request import address
from samplers.api.retries.retries import Retries, is_retryable
from samplers.api.stream.events import Arrival
from samplers.api.stream.reader import StreamBroken
from samplers.api.transport.auth import Key
from samplers.api.transport.deadline import Deadline
from samplers.api.transport.decoding import CODINGS, UnreadableBody, decode_within_bounds
from samplers.api.transport.form import Form, built
from samplers.api.transport.hints import next_step
from samplers.api.transport.network import Network
from samplers.api.transport.proxies import proxy_for
from samplers.api.transport.reservation import Reservation

# With these the endpoint did not receive the request.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# How many times as much a call costs at OpenAI's addresses of one region, such as
# eu.api.openai.com. Source: its page of gpt-6-sol, September 2026.
REGIONAL = 1.1


class Transport:
    """Sends requests to one endpoint. No error that it raises shows the key.

    `budget` is None where no price is known; at OpenAI's address there always is one. `retries`
    tries again what failed, and `limiter` (None: no limits) holds chats back.
    `httpx_transport`: None for the real network. `hint`: called when nothing answers, for a
    sentence on why.
    """

    def __init__(
        self,
        base_url: str,
        key: Key,
        budget: Budget | None,
        httpx_transport: httpx.BaseTransport | None,
        hint: Callable[[], str] | None,
        retries: Retries,
        limiter,
    ):
        url = address(base_url)
        self.base_url = str(url)
        self.auth = key
        self.scrub = key.scrub
        host = url.host.rstrip(".")  # a name may end in a dot
        in_a_region = host.endswith(".api.openai.com")
        self.at_openai = host == "api.openai.com" or in_a_region
        self.surcharge = REGIONAL if in_a_region else 1
        if budget is None and self.at_openai:
            budget = shared_budget()

        self.budget = budget
        self.limiter = limiter
        self.retries = retries
        self._hint = hint
        self._url = url
        self._httpx_transport = httpx_transport
        self._proxy_variable: str | None = None
        self._open()

    def _open(self) -> None:
        """Connections of this process's own: a fork must not read its parent's answers."""
        transport = self._httpx_transport
        if transport is None:
            self._proxy_variable, proxy = proxy_for(self._url) or (None, None)
            transport = Network(self._url, proxy)

        self._http = httpx.Client(
            auth=self.auth,
            headers={"Accept-Encoding": CODINGS},
            event_hooks={"response": [decode_within_bounds]},
            transport=transport,
            trust_env=False,  # proxy_for and Network have read the environment
        )
        self._owner = os.getpid()

    def close(self) -> None:
        self._http.close()

    def request(
        self,
        method: str,
        path: str,
        body: dict | Form | None = None,
        headers: dict | None = None,
        stream: bool = False,
        deadline: Deadline | None = None,
        root: bool = False,
        unchanged: bool = False,
        reservation: Reservation | None = None,
        repeats: Callable[[BaseException], bool] = is_retryable,
    ) -> httpx.Response:
        """A successful response. APIError for any other status, ConnectionFailed if none comes.

        What fails is tried again where that can help, each time as a whole.
        `deadline`: when the whole answer must be there (None: in deadline.TIMEOUT seconds).
        `root`: the path is the server's own, beside OpenAI's /v1 and not under it. `unchanged`: a
        304 is a success, too. `reservation`: a chat's, which is paid for and limited. `repeats`:
        after which errors it is tried again.
        """
        self._check_open()
        if self._owner != os.getpid():
            self._open()

        deadline = deadline or Deadline()
        own_headers, content = built(body)
        build = partial(
            self._http.build_request,
            method,
            (self.base_url.removesuffix("/v1") if root else self.base_url) + path,
            headers={"Accept": "application/json"} | own_headers | (headers or {}),
            timeout=httpx.Timeout(deadline),
            **content,
        )
        send = partial(self._attempt, build, stream, unchanged)
        return self.retries.call(f"{method} {path}", send, deadline, reservation, repeats)

    def _check_open(self) -> None:
        if self._http.is_closed:
            failure = ConnectionFailed(
                f"this client of {self.base_url} is closed: make another, e.g. with connect()."
            )
            failure.should_retry = False
            raise failure

    def _attempt(self, build: Callable, stream: bool, unchanged: bool) -> httpx.Response:
        """The response to one request, which `build` makes."""
        self._check_open()  # another thread may have closed it before this retry
        request = build()
        try:
            response = self._http.send(request, stream=stream)
            if self.limiter is not None:
                self.limiter.learn(response.headers)
            succeeded = response.is_success or (unchanged and response.status_code == 304)
            if not succeeded:
                with closing(response):
                    response.read()
        except UnreadableBody as error:
            problem = f"the answer of {self.base_url} cannot be read: {error}"
            failure = error_from(error.status, problem.encode(), {}, self.scrub)
        except (httpx.HTTPError, UnicodeError, OverflowError) as error:
            failure = self._no_answer(error)
        else:
            if succeeded:
                return response
            failure = error_from(
                response.status_code,
                response.content,
                response.headers,
                self.scrub,
                self.base_url,
            )
        # Raised out here, so that its traceback has none of httpx's frames: those hold the signed
        # request, and so do these two.
        request = None
        response = None
        raise failure

    def _no_answer(self, error: Exception) -> ConnectionFailed:
        cause = self.scrub(f"{type(error).__name__}: {error}")
        hint = self._hint() if self._hint else next_step(error, self._proxy_variable)
        message = f"{self.base_url} does not answer ({cause}). {hint}"
        return _failure_of(error)(message, sent=not isinstance(error, NOT_SENT))

    def reserve(self, bodies: Sequence[dict], inherited: int = 0) -> Reservation:
        """What these requests can cost, held until the end of a `with`: see Reservation."""
        return Reservation(bodies, self.budget, self.surcharge, self.limiter, inherited)

    @contextmanager
    def arrivals(
        self, path: str, body: dict, reservation: Reservation, timeout: float | None = None
    ) -> Iterator[Iterator[Arrival]]:
        """A streamed answer to a POST of `body` as an iterator of Arrival.

        Closes the connection at the end. It is not used again: llama.cpp may close it without
        notice. `timeout`: seconds of silence after which it is given up: without a line, be it an
        event's or a comment's.
        """
        deadline = Deadline(timeout)
        headers = {"Accept": "text/event-stream", "Connection": "close"}
        start = time.perf_counter()
        response = self.request(
            "POST", path, body, headers, True, deadline, reservation=reservation
        )
        deadline.restart()  # what it waited for a limiter, or before a retry, was no silence

        try:
            kind = response.headers.get("content-type", "")
            # some servers name no type: FastAPI's do not unless they are told to
            if kind.partition(";")[0].strip().lower() not in ("text/event-stream", ""):
                raise self._not_a_stream(response, kind)
            yield _timed(response.iter_bytes(), start, deadline)
        finally:
            response.close()

    def _not_a_stream(self, response: httpx.Response, kind: str) -> EndpointError:
        """The error of a response to a streamed request that has another content type."""
        try:
            content = response.read()
            if error_in(json_of(content)):
                return error_from(response.status_code, content, response.headers, self.scrub)
        except (httpx.HTTPError, ValueError):
            pass  # what it says does not matter: it is no error that can be read

        return StreamBroken(
            f"{self.base_url} does not stream: text/event-stream was expected, got {kind!r:.80}."
        )

    def unbroken(self, arrivals: Iterator[Arrival]) -> Iterator[Arrival]:
        """`arrivals` as they are. Raises ConnectionFailed if the connection breaks."""
        try:
            yield from arrivals
        except httpx.HTTPError as error:
            kind = _failure_of(error)
            cause = self.scrub(f"{type(error).__name__}: {error}")
        else:
            return

        hint = f" {self.scrub(self._hint())}" if self._hint else ""
        raise kind(f"{self.base_url} broke its stream off ({cause}).{hint}", sent=True)

    def read(self, response: httpx.Response, reader: Callable, find: Callable = error_in):
        """What `reader` makes of the response's JSON.

        Raises an APIError if the response holds an error in spite of its status, as `find` finds
        it, or if `reader` cannot read it; the second shows the answer's beginning.
        """
        content = response.content
        try:
            answer = json_of(content)
            if find(answer) is None:
                return reader(answer)
            failure = error_from(response.status_code, content, response.headers, self.scrub)
        except (
            ValueError,
            TypeError,
            KeyError,
            IndexError,
            AttributeError,
            OverflowError,
            RecursionError,
        ) as error:
            failure = self._unreadable(response, error)
        # A traceback may print this frame's locals.
        content = None
        answer = None
        raise failure

    def _unreadable(self, response: httpx.Response, error: Exception) -> APIError:
        kind = response.headers.get("content-type", "")
        problem = f"{type(error).__name__}: {error}"
        if isinstance(error, json.JSONDecodeError) and "json" not in kind:
            problem = f"not JSON but {kind or 'of no type'}: is the address right?"

        # longer than what is shown, so that no key is cut in two before it is replaced
        beginning = self.scrub(response.content[:2_000].decode("utf-8", errors="replace"))
        message = (
            f"the answer of {self.base_url} cannot be read ({self.scrub(problem):.300}); "
            f"it begins {beginning[:200]!r}"
        )
        return APIError(response.status_code, message)


def _timed(parts: Iterator[bytes], start: float, deadline: Deadline) -> Iterator[Arrival]:
    """`parts` with the time of each since `start`. Every line's end restarts the deadline."""
    for data in parts:
        yield Arrival(time.perf_counter() - start, data)
        if b"\n" in data or b"\r" in data:
            deadline.restart()  # here, so that the time in which nobody asks does not count


def _failure_of(error: Exception) -> type[ConnectionFailed]:
    return APITimeoutError if isinstance(error, httpx.TimeoutException) else ConnectionFailed
