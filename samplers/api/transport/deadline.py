"""A deadline for a whole call.

httpx's timeouts are for one read or one write each, so a server that sends a byte now and then
would hold a call for ever. Here every read and write gets what is left of the call's time. Only the
look-up of a host's name is not bounded: the system's resolver takes no timeout.
"""

import os
import socket
import time

import httpcore

from samplers.api.request import as_seconds

# An answer may take minutes: an unstreamed one only comes when its last token is drawn.
TIMEOUT = 600
CONNECT = 5  # seconds: connecting succeeds quickly or fails
PIECE = 65_536  # bytes that are written at once


class Deadline(float):
    """`timeout` seconds (None: TIMEOUT) from now. ValueError for a bad number.

    It is a float, the seconds, so that httpx takes it for a timeout; what is left of them is
    `left`'s.
    """

    def __new__(cls, timeout: float | None = None):
        return super().__new__(cls, TIMEOUT if timeout is None else as_seconds("timeout", timeout))

    def __init__(self, timeout: float | None = None):
        self.restart()

    def restart(self) -> None:
        self._end = time.monotonic() + self

    def left(self, error: type[Exception] = httpcore.ReadTimeout) -> float:
        """The seconds until then. Raises `error` if it has passed."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise error("timed out")
        return seconds

    def allows(self, seconds: float) -> bool:
        """Whether it will not have passed so many seconds from now."""
        return time.monotonic() + seconds < self._end


class DeadlineBackend(httpcore.SyncBackend):
    """httpcore's network, for requests whose timeouts are a Deadline."""

    def connect_tcp(self, host, port, timeout, local_address=None, socket_options=None):
        """Tries the host's addresses one after the other: all of them in the time of the call."""
        for address in _addresses(host, port):
            seconds = min(CONNECT, timeout.left(httpcore.ConnectTimeout))
            try:
                stream = super().connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, timeout)
        raise failure


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return [address[0] for *_, address in found]


class _Stream(httpcore.NetworkStream):
    """One connection. It belongs to the process that made it.

    `connecting`: the deadline of the call that made it; a SOCKS proxy is asked without a timeout.
    """

    def __init__(self, stream: httpcore.NetworkStream, connecting: Deadline):
        self._stream = stream
        self._connecting = connecting
        self._owner = os.getpid()

    def read(self, max_bytes, timeout=None):
        self._check_owner(httpcore.ReadError)
        deadline = timeout or self._connecting
        return self._stream.read(max_bytes, deadline.left(httpcore.ReadTimeout))

    def write(self, buffer, timeout=None):
        self._check_owner(httpcore.WriteError)
        deadline = timeout or self._connecting
        for start in range(0, len(buffer), PIECE):
            piece = buffer[start : start + PIECE]
            self._stream.write(piece, deadline.left(httpcore.WriteTimeout))

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        deadline = timeout or self._connecting
        seconds = min(CONNECT, deadline.left(httpcore.ConnectTimeout))
        stream = self._stream.start_tls(ssl_context, server_hostname, seconds)
        return _Stream(stream, deadline)

    def close(self):
        self._stream.close()

    def get_extra_info(self, info):
        return self._stream.get_extra_info(info)

    def _check_owner(self, error: type[Exception]) -> None:
        """Two processes that read one connection would get pieces of each other's answers."""
        if self._owner != os.getpid():
            raise error("this connection belongs to the process that this one was forked from")
