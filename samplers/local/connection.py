"""A client's connection: what is not HTTP, and what takes too long, below the gateway's paths.

uvicorn's protocol, with four differences: what it cannot read is answered with OpenAI's error body,
a request must come in time, its answer must be read, and the number of connections is bounded, of
all and of each address in the room.
"""

import asyncio
import contextlib
import re
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from ipaddress import ip_address

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from samplers.local.address import normal
from samplers.local.answer.error_response import error_response
from samplers.local.request.errors import ApiError, overloaded
from samplers.local.slow_readers import EndsSlowReaders

IDLE_SECONDS = 75  # of a kept connection; clients give theirs up after 5 to 60
REQUEST_SECONDS = 60  # from a request's first byte to its last
BIGGEST_MESSAGE = 8 << 20  # bytes of a WebSocket's: two minutes of sound in base64
LINGER_SECONDS = 1  # in which a client can read our last word before the connection is closed
MOST_CONNECTIONS = 512
MOST_OF_A_PEER = MOST_CONNECTIONS // 2  # of one address, which all who use a JupyterHub share
OPEN_FILES = 4 * MOST_CONNECTIONS  # an answer has two more: both ends of its call to the engine
TLS = re.compile(rb"\x16\x03[\x00-\x04]")  # how a client of https begins
STATUS_SENTENCES = {
    408: f"The request did not arrive within {REQUEST_SECONDS} seconds.",
    431: "The request's first line and headers are too long.",
}
PLAIN_HTTP = "This endpoint speaks plain HTTP: its base URL begins with http://, not https://."


class Server(uvicorn.Server):
    """It is told when to end, or looks once a second; uvicorn's own looks ten times a second."""

    def __init__(self, config: uvicorn.Config):
        super().__init__(config)
        self._told = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None  # while it serves

    def end(self) -> None:
        """Ends it soon. Any thread may call this."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):  # which sets the Date of the next answers
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), 1)
        self._loop = None


def server(app) -> Server:
    """A server of the ASGI application `app`, on Connections."""
    _allow_open_files()
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",  # until one comes
        ws_max_size=BIGGEST_MESSAGE,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=1,
    )
    return Server(config)


def _allow_open_files() -> None:
    """Raises the limit on this process's open files, which is 256 on macOS."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows has no such limit
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        enough = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < enough:
            resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))


class Connection(EndsSlowReaders, H11Protocol):
    """One connection, with a deadline for each request."""

    deadline = None  # of the request that is arriving
    first_bytes = b""
    served = False  # it had an answer before
    ended = False  # our last word was said
    upgraded = False  # it is a WebSocket now, and no longer ours

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        # every request's scope["state"] has it, for a simulated fault
        self.app_state = self.app_state | {"hang_up": transport.close}
        self.last_heard = self.loop.time()
        self._watch_the_request()
        if len(self.connections) > MOST_CONNECTIONS:
            self._make_room(self.connections)
        elif self._is_from_the_room():
            of_peer = [each for each in self.connections if each.client[:1] == self.client[:1]]
            if len(of_peer) > MOST_OF_A_PEER:
                self._make_room(of_peer)

    def connection_lost(self, exc) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.ended:
            return
        self.first_bytes = self.first_bytes or data[:3]
        self.last_heard = self.loop.time()
        super().data_received(data)
        self._watch_the_request()

    def on_response_complete(self) -> None:
        self.served = True
        self.last_heard = self.loop.time()
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:  # the answer did not wait for all of the request
            self._watch_the_request()

    def is_waiting(self) -> bool:
        """Whether no whole request is here: the connection is idle, or one is arriving."""
        return not self.upgraded and self.conn.their_state in (h11.IDLE, h11.SEND_BODY)

    def _should_upgrade_to_ws(self) -> bool:
        return find_spec("websockets") is not None

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """uvicorn calls this for a request that asks for a WebSocket."""
        from samplers.local.web_socket import WebSocket  # here: few sessions need it

        self.upgraded = True
        self.ws_protocol_class = WebSocket
        super().handle_websocket_upgrade(event)

    def send_400_response(self, msg: str) -> None:
        """Answers what is no HTTP request. uvicorn calls this while it handles h11's error."""
        problem = sys.exception()
        status = getattr(problem, "error_status_hint", 400)
        message = STATUS_SENTENCES.get(status)

        if TLS.match(self.first_bytes):
            message = PLAIN_HTTP
        elif message is None:
            reason = str(problem)
            quotes = "b'" in reason or 'b"' in reason  # the request's bytes: a key can be in them
            message = "Invalid HTTP request." if quotes else f"Invalid HTTP request: {reason}."

        self.end_with(ApiError(status, message))

    def end_with(self, error: ApiError) -> None:
        """Sends the error, unless an answer has begun, and closes the connection."""
        self._stop_watching()
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return

        response = error_response(error)
        headers = [*response.raw_headers, (b"connection", b"close")]
        reason = STATUS_PHRASES[error.status]
        head = h11.Response(status_code=error.status, headers=headers, reason=reason)
        for event in (head, h11.Data(data=response.body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event))

        # To close at once would reset the connection where the client is still sending, and it
        # could lose the answer.
        self.ended = True
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _watch_the_request(self) -> None:
        """A deadline runs while a request arrives, and stops when it is whole."""
        if not self.is_waiting():
            self._stop_watching()
        elif self.deadline is None:
            self.deadline = self.loop.call_later(REQUEST_SECONDS, self._too_late)

    def _stop_watching(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def _too_late(self) -> None:
        if self.first_bytes:
            self.end_with(ApiError(408, STATUS_SENTENCES[408], code="request_timeout"))
        else:  # nothing was asked
            self.transport.close()

    def _is_from_the_room(self) -> bool:
        """Whether another machine is connected. On this one, a proxy may connect for all."""
        peer, own = normal(self.client[0]), normal(self.server[0])
        return peer != own and not ip_address(peer).is_loopback

    def _make_room(self, among: Iterable) -> None:
        """Closes the one that was silent for longest; those with a whole request stay.

        First come those that never sent one: opening many does not close a client's kept one.
        """
        http = [each for each in among if isinstance(each, Connection)]
        others = [each for each in http if each is not self and each.is_waiting()]
        if others:
            oldest = min(others, key=lambda other: (other.served, other.last_heard))
            self.connections.discard(oldest)  # its connection_lost comes later
            oldest.transport.abort()
            return
        message = f"{len(http) - 1} requests are being answered. Please try again later."
        self.app = error_response(overloaded(message, Connection="close"))
