"""Who may open a session, how many, how long and how much."""

import json
import socket

import pytest
from realtime_events import KEY, MODEL, open_socket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from samplers.local import connection, realtime_path, slow_readers


def refused(base_url: str, query: str = f"?model={MODEL}", key: str | None = KEY, **options):
    """The status and the error that meet a WebSocket."""
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    headers |= options.pop("headers", {})
    address = base_url.replace("http", "ws", 1) + "/realtime" + query
    with pytest.raises(InvalidStatus) as caught:
        connect(address, additional_headers=headers, **options)
    response = caught.value.response
    assert response.headers["x-request-id"].startswith("req_")
    return response.status_code, json.loads(response.body)["error"]["code"]


def test_without_the_key(base_url):
    assert refused(base_url, key=None) == (401, None)
    assert refused(base_url, key="wrong") == (401, "invalid_api_key")
    # how a page would send it: no header of its own choice is possible there
    in_a_page = ["realtime", f"openai-insecure-api-key.{KEY}"]
    assert refused(base_url, key=None, subprotocols=in_a_page) == (401, None)


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:8888", "null"])
def test_a_page_is_refused(base_url, origin):
    """Even with the key: a browser asks nobody before it opens a WebSocket to another host."""
    assert refused(base_url, origin=origin) == (403, "invalid_origin")


def test_websocket_client_may_open_a_session(base_url):
    """The package of OpenAI's own example: it sends the address that it calls as its origin."""
    websocket = pytest.importorskip("websocket")  # comes with JupyterLab
    address = f"{base_url.replace('http', 'ws', 1)}/realtime?model={MODEL}"
    opened = websocket.create_connection(address, header=[f"Authorization: Bearer {KEY}"])
    assert "session.created" in opened.recv()
    opened.close()


def test_another_host_name_is_refused(base_url):
    """As a page's, whose owner lets its name resolve to 127.0.0.1."""
    port = int(base_url.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as to_us:
        address = f"http://evil.example:{port}/v1"
        assert refused(address, sock=to_us) == (403, "invalid_host")


def test_the_query(base_url):
    assert refused(base_url, "?model=gpt-realtime") == (404, "model_not_found")
    assert refused(base_url, "") == (400, None)
    assert refused(base_url, "?intent=transcription") == (400, "unsupported_parameter")


def test_a_subprotocol_is_confirmed(sessions):
    assert sessions(subprotocols=["realtime"]).socket.subprotocol == "realtime"


def test_too_many_sessions(base_url, sessions, monkeypatch):
    monkeypatch.setattr(realtime_path, "MOST_SOCKETS", 1)
    first = sessions()
    assert refused(base_url) == (503, "server_is_overloaded")
    first.socket.close()
    with open_socket(base_url, KEY, MODEL) as second:
        assert "session.created" in second.recv()


def test_an_idle_session_ends(sessions, monkeypatch):
    """Not earlier: the time in which a request must arrive does not count for a WebSocket."""
    monkeypatch.setattr(connection, "REQUEST_SECONDS", 0.1)
    monkeypatch.setattr(realtime_path, "IDLE_SECONDS", 0.5)
    session = sessions()
    assert session.error()["code"] == "session_expired"
    with pytest.raises(ConnectionClosed) as caught:
        session.receive()
    assert caught.value.rcvd.code == 1001


def send_and_receive(session, message: str) -> None:
    session.socket.send(message)
    session.receive()


def test_a_message_that_is_too_big(session):
    with pytest.raises(ConnectionClosed):
        send_and_receive(session, "x" * (connection.BIGGEST_MESSAGE + 1))


def test_a_client_that_reads_nothing(session, monkeypatch):
    monkeypatch.setattr(slow_readers, "UNREAD_SECONDS", 0.2)
    settings = {"type": "realtime", "instructions": "x" * 60_000}

    def send_and_never_read() -> None:
        for _ in range(1_000):
            session.send("session.update", session=settings)

    with pytest.raises((ConnectionClosed, OSError)):
        send_and_never_read()
