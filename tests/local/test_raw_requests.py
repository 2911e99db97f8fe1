"""What comes in below HTTP or at its edges: a clear answer, with OpenAI's error body."""

import json
import socket

import httpx
import pytest
from raw_http import error, is_closed, read

CHAT = b"POST /v1/chat/completions HTTP/1.1\r\n"
MODELS = b"GET /v1/models HTTP/1.1\r\n"


@pytest.fixture
def connect(endpoint):
    """A function that opens a connection to the endpoint."""
    connections = []

    def connect() -> socket.socket:
        port = httpx.URL(endpoint.base_url).port
        connections.append(socket.create_connection(("127.0.0.1", port), timeout=20))
        return connections[-1]

    yield connect
    for connection in connections:
        connection.close()


@pytest.fixture
def key(endpoint) -> bytes:
    return f"Authorization: Bearer {endpoint.key}\r\n".encode()


@pytest.mark.parametrize(
    ("request_bytes", "status", "words"),
    [
        (b"nonsense\r\n\r\n", 400, "Invalid HTTP request"),
        (b"GET /v1/models\r\n\r\n", 400, "Invalid HTTP request"),
        (b"\x16\x03\x01\x00\x7b\x01\x00\x00\x77" + bytes(114) + b"\r\n\r\n", 400, "http://"),
        (MODELS + b"\r\n", 400, "Host"),
        (MODELS + b"Host: localhost\r\nHost: evil.example\r\n\r\n", 400, "Host"),
        (MODELS + b"Host: localhost\r\nX : a\r\n\r\n", 400, "Invalid HTTP request"),
        (CHAT + b"Host: localhost\r\nContent-Length: x\r\n\r\n", 400, "Content-Length"),
        (CHAT + b"Host: localhost\r\nContent-Length: -1\r\n\r\n", 400, "Content-Length"),
        (
            CHAT + b"Host: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            400,
            "Content-Length",
        ),
        (CHAT + b"Host: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "chunked"),
        (
            CHAT + b"Host: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0",
            400,
            "both Content-Length and Transfer-Encoding",
        ),
        (MODELS + b"X: " + b"a" * 300_000, 431, "too long"),
        (b"GET /" + b"a" * 300_000, 431, "too long"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/1.1"),
        (b"GET /v1/models HTTP/9.9\r\nHost: localhost\r\n\r\n", 505, "HTTP/1.1"),
    ],
)
def test_what_is_no_http_request(connect, request_bytes, status, words):
    connection = connect()
    connection.sendall(request_bytes)
    response = read(connection)
    assert words in error(response, status)["message"]
    assert response.headers["connection"] == "close"
    connection.shutdown(socket.SHUT_WR)
    assert is_closed(connection)


def test_a_broken_chunk_after_the_head(connect, key):
    connection = connect()
    connection.sendall(CHAT + b"Host: localhost\r\n" + key + b"Transfer-Encoding: chunked\r\n\r\n")
    connection.sendall(b"zz\r\n")
    response = read(connection)
    assert error(response, 400)["message"] == "Invalid HTTP request."  # no byte of it is repeated
    assert response.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("LocalHost", 200),
        ("LOCALHOST:99", 200),
        ("localhost.", 200),
        ("localhost:", 200),
        ("[::1]", 200),
        ("[::1]:80", 200),
        ("localhost..", 403),
        ("localhost:port", 403),
        ("localhost:80:80", 403),
        ("me@localhost", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("[::1", 403),
        ("", 403),
    ],
)
def test_the_host(connect, key, host, status):
    connection = connect()
    connection.sendall(MODELS + f"Host: {host}\r\n".encode() + key + b"\r\n")
    assert read(connection).status == status


@pytest.mark.parametrize(
    ("target", "host", "status"),
    [
        ("http://127.0.0.1:8080/v1/models", "evil.example", 200),
        ("HTTP://LocalHost/v1/models?limit=1", "localhost", 200),
        ("http://evil.example/v1/models", "localhost", 403),
        ("http:///v1/models", "localhost", 403),
        ("http://me@localhost/v1/models", "localhost", 403),
        ("http://localhost", "localhost", 404),
        ("https://localhost/v1/models", "localhost", 404),
        ("v1/models", "localhost", 404),
        ("*", "localhost", 404),
    ],
)
def test_a_target_that_is_a_whole_url(connect, key, target, host, status):
    """RFC 9112, 3.2.2: it is taken, and its host counts instead of the header's."""
    connection = connect()
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n".encode() + key + b"\r\n")
    response = read(connection)
    assert response.status == status
    if status != 200:
        error(response, status)


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("TRACE", "/v1/models", 405),
        ("OPTIONS", "/v1/models", 405),
        ("OPTIONS", "*", 404),
        ("CONNECT", "example.org:443", 404),
    ],
)
def test_other_methods_are_refused_and_the_connection_stays(connect, key, method, target, status):
    connection = connect()
    rest = b"Host: localhost\r\n" + key + b"\r\n"
    connection.sendall(f"{method} {target} HTTP/1.1\r\n".encode() + rest)
    error(read(connection), status)
    connection.sendall(MODELS + rest)
    assert read(connection).status == 200


@pytest.mark.parametrize(
    ("request_line", "host", "status"),
    [
        ("GET /health HTTP/1.1", "Host: localhost\r\n", 200),
        ("HEAD /health HTTP/1.1", "Host: localhost\r\n", 200),
        ("GET /health HTTP/1.0", "", 200),
        ("GET /health HTTP/1.1", "Host: evil.example\r\n", 403),
        ("POST /health HTTP/1.1", "Host: localhost\r\n", 401),
        ("GET /health/ HTTP/1.1", "Host: localhost\r\n", 401),
        ("OPTIONS /health HTTP/1.1", "Host: localhost\r\n", 401),
    ],
)
def test_health_needs_no_key(connect, request_line, host, status):
    connection = connect()
    connection.sendall(f"{request_line}\r\n{host}\r\n".encode())
    response = read(connection, request_line.split()[0])
    assert response.status == status
    if response.status == 200 and request_line.startswith("GET"):
        assert response.text == '{"status":"ok"}'


def test_a_body_that_was_announced_and_refused_is_not_the_next_request(connect):
    """A client that waits for 100 Continue does not send its body after a refusal."""
    connection = connect()
    connection.sendall(
        CHAT + b"Host: localhost\r\nExpect: 100-continue\r\nContent-Length: 50\r\n\r\n"
    )
    response = read(connection)
    error(response, 401)
    assert response.headers["connection"] == "close"
    assert is_closed(connection)


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip"])
def test_a_compressed_body(endpoint, encoding):
    with endpoint.client() as client:
        headers = {"content-encoding": encoding}
        response = client.post("/chat/completions", content=b"\x1f\x8b", headers=headers)
        assert response.status_code == 415
        assert "without compression" in response.json()["error"]["message"]
        assert response.headers["accept-encoding"] == "identity"

        headers = {"content-encoding": "Identity"}
        content = json.dumps(endpoint.body(max_tokens=1))
        response = client.post("/chat/completions", content=content, headers=headers)
        assert response.status_code == 200
