"""Requests as bytes, for what no HTTP client sends."""

import json
import socket
from http.client import HTTPResponse


def read(connection: socket.socket, method: str = "GET") -> HTTPResponse:
    """The next answer on a connection. Its `text` is the body."""
    response = HTTPResponse(connection, method=method)
    response.begin()
    response.text = response.read().decode()
    return response


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side has closed the connection; waits as long as its timeout."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def error(response: HTTPResponse, status: int) -> dict:
    """The error in an answer, which must have that status and OpenAI's error body."""
    assert response.status == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.reason
    error = json.loads(response.text)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    return error
