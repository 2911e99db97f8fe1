"""A real endpoint that is opened to a room: another loopback address stands for the room's."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import openai
import pytest
from raw_http import error, read
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as open_socket

from samplers.api import connect
from samplers.local.keys.limits import ANSWERS, REQUESTS
from samplers.local.moderation.request import MODEL
from samplers.local.store import database

ROOM = "127.0.0.2"
NAME = "class.example"
ADA, BOB, EVE = "ada-has-this-key", "bob-has-this-key", "eve-has-this-key"
KEYS = {"ada-of-the-first-row": ADA, "bob": BOB, "eve": EVE}
JSONL = ("a.jsonl", b'{"custom_id": "a"}\n')
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason=f"{ROOM} is Linux's alone")


@dataclass
class Room:
    process: subprocess.Popen
    base_url: str
    ready: dict
    file: Path
    errors: Path
    http: httpx.Client

    def sdk(self, key: str) -> openai.OpenAI:
        return openai.OpenAI(base_url=self.base_url, api_key=key, max_retries=0, timeout=120)

    def status(self, key: str, **headers: str) -> int:
        headers = {"authorization": f"Bearer {key}", **headers}
        return self.http.get(f"{self.base_url}/models", headers=headers).status_code

    def write(self, keys: dict[str, str]) -> None:
        """Changes the file, and waits until the endpoint says that it has read it again."""
        before = self.times_read()
        self.file.write_text("".join(f"{name} {key}\n" for name, key in keys.items()))
        wait_for(lambda: self.times_read() > before)

    def times_read(self) -> int:
        return self.errors.read_text().count("was read again")


@pytest.fixture(scope="module")
def room(tmp_path_factory, shallow_model):
    folder = tmp_path_factory.mktemp("room")
    file = folder / "keys.txt"
    file.touch(mode=0o600)
    file.write_text("".join(f"{name} {key}\n" for name, key in KEYS.items()))
    errors = folder / "stderr"
    command = [sys.executable, "-m", "samplers.local", "--keys", file.name]
    command += ["--listen", ROOM, "--host", NAME, "--verbose"]
    with errors.open("w") as stderr:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd=folder,
            env=os.environ | shallow_model | {"XDG_DATA_HOME": str(folder)},
        )
    ready = json.loads(process.stdout.readline())
    with httpx.Client(trust_env=False, timeout=60) as http:
        yield Room(process, ready["base_url"], ready, file, errors, http)
    process.communicate(timeout=10)  # closes stdin
    said = errors.read_text()
    assert not [key for key in KEYS.values() if key in said]


@pytest.fixture
def all_keys(room):
    """The file as it was, after a test that changes it."""
    yield room
    room.write(KEYS)


def test_the_ready_line_has_the_rooms_address_and_no_key(room):
    url = f"http://{ROOM}:{httpx.URL(room.base_url).port}/v1"
    with room.sdk(ADA) as client:
        model = client.models.list().data[0].id
    assert room.ready == {"base_url": url, "api_key": None, "model": model, "slots": 4}


def test_it_does_not_listen_on_other_addresses(room):
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.1", httpx.URL(room.base_url).port)) != 0


def test_every_key_of_the_file_is_let_in_and_no_other(room):
    assert [room.status(key) for key in KEYS.values()] == [200] * 3
    assert [room.status(key) for key in ("x", "ada", f"{ADA}x")] == [401] * 3


def test_the_401_says_where_a_learners_key_comes_from(room):
    with room.sdk("wrong") as client, pytest.raises(openai.AuthenticationError) as caught:
        client.models.list()
    assert caught.value.code == "invalid_api_key"
    assert "SAMPLERS_API_KEY" in str(caught.value)
    assert "started by hand" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (f"{ROOM}:1", 200),
        (NAME, 200),
        ("localhost", 200),
        ("evil.example", 403),
    ],
)
def test_hosts(room, host, status):
    assert room.status(ADA, host=host) == status


def realtime(room, key: str = ADA, origin: str | None = None, host: str = ""):
    """An open session, through a proxy that calls the endpoint `host`."""
    address = room.base_url.replace("http", "ws", 1)
    port = httpx.URL(room.base_url).port
    if host:
        address = f"ws://{host}/v1"
    return open_socket(
        f"{address}/realtime?model={room.ready['model']}",
        sock=socket.create_connection((ROOM, port)),
        additional_headers={"Authorization": f"Bearer {key}"},
        origin=origin,
    )


@pytest.mark.parametrize(
    ("host", "origin"), [("", None), (NAME, f"http://{NAME}"), (NAME, f"https://{NAME}")]
)
def test_a_session_by_its_address_and_through_a_proxy(room, host, origin):
    with realtime(room, origin=origin, host=host) as session:
        assert json.loads(session.recv())["type"] == "session.created"


@pytest.mark.parametrize("origin", ["https://evil.example", f"https://{NAME}.evil.example", "null"])
def test_a_page_opens_no_session(room, origin):
    with pytest.raises(InvalidStatus) as caught:
        realtime(room, origin=origin, host=NAME)
    assert caught.value.response.status_code == 403


def test_files_and_batches_of_others_are_not_there(room):
    with room.sdk(ADA) as ada, room.sdk(BOB) as bob:
        file = ada.files.create(file=JSONL, purpose="batch")
        assert list(bob.files.list()) == []
        for ask in (bob.files.retrieve, bob.files.content, bob.files.delete):
            with pytest.raises(openai.NotFoundError):
                ask(file.id)
        with pytest.raises(openai.BadRequestError):
            bob.batches.create(
                input_file_id=file.id, endpoint="/v1/moderations", completion_window="24h"
            )
        assert ada.files.content(file.id).read() == JSONL[1]


def test_the_batches_of_every_key_are_worked_on(room):
    line = {"custom_id": "a", "method": "POST", "url": "/v1/moderations"}
    line["body"] = {"model": MODEL, "input": "Hello"}
    made = {}
    for key in (ADA, BOB):
        with room.sdk(key) as client:
            text = json.dumps(line).encode()
            file = client.files.create(file=("a.jsonl", text), purpose="batch")
            made[key] = client.batches.create(
                input_file_id=file.id, endpoint="/v1/moderations", completion_window="24h"
            )
    deadline = time.monotonic() + 60
    for key, batch in made.items():
        with room.sdk(key) as client:
            while (seen := client.batches.retrieve(batch.id)).status != "completed":
                assert seen.status in ("validating", "in_progress", "finalizing"), seen
                assert time.monotonic() < deadline
                time.sleep(0.1)
    with room.sdk(EVE) as client, pytest.raises(openai.NotFoundError):
        client.batches.retrieve(batch.id)


def test_conditions_are_a_keys_own(room):
    path = f"{room.base_url}/samplers/conditions"
    ada, bob = ({"authorization": f"Bearer {key}"} for key in (ADA, BOB))
    room.http.post(path, headers=bob, json={"time_factor": 60})
    assert room.http.get(path, headers=ada).json()["time_factor"] == 1
    assert room.http.get(path, headers=bob).json()["time_factor"] == 60


def test_a_new_key_keeps_the_files_of_its_name(all_keys):
    room = all_keys
    with room.sdk(BOB) as client:
        file = client.files.create(file=JSONL, purpose="user_data")
    room.write(KEYS | {"bob": "another-key-of-bob"})
    assert room.status(BOB) == 401
    with room.sdk("another-key-of-bob") as client:
        assert file.id in [each.id for each in client.files.list()]
    assert room.status(ADA) == 200


def test_a_removed_key_ends_a_session_and_lets_a_stream_end(all_keys):
    room = all_keys
    # a token takes 0.1 s, so that the answer is not over when the key is removed
    room.http.post(
        f"{room.base_url}/samplers/conditions",
        headers={"authorization": f"Bearer {EVE}"},
        json={"latency": "between=0.1"},
    )
    messages = [{"role": "user", "content": "Count to one hundred."}]
    with room.sdk(EVE) as client, realtime(room, EVE) as session:
        session.recv()
        stream = client.chat.completions.create(
            model=room.ready["model"], messages=messages, max_tokens=25, stream=True
        )
        room.write({name: key for name, key in KEYS.items() if key != EVE})
        assert room.status(EVE) == 401
        assert list(stream)[-1].choices[0].finish_reason is not None

        session.send(json.dumps({"type": "input_audio_buffer.clear"}))
        assert json.loads(session.recv())["error"]["code"] == "invalid_api_key"
        with pytest.raises(ConnectionClosed):
            session.recv()


def test_a_key_has_so_many_sessions_and_no_more(room):
    """An open session is one of its key's answers in progress."""
    with ExitStack() as opened:
        for _ in range(ANSWERS):
            opened.enter_context(realtime(room, BOB))
        with pytest.raises(InvalidStatus) as caught:
            realtime(room, BOB)
        assert caught.value.response.status_code == 429
        opened.enter_context(realtime(room, ADA))
    # the places come back with the end of each
    with realtime(room, BOB) as session:
        assert json.loads(session.recv())["type"] == "session.created"


def test_a_key_cannot_hold_the_endpoint_up_with_slow_requests(room):
    """Other keys are answered as before, and so is the key when its requests are gone."""
    head = f"POST /v1/tokenize HTTP/1.1\r\nHost: {ROOM}\r\nAuthorization: Bearer {BOB}\r\n"
    begun = head.encode() + b"Content-Length: 9\r\n\r\n{"
    with ExitStack() as opened:
        for _ in range(REQUESTS):
            port = httpx.URL(room.base_url).port
            connection = opened.enter_context(socket.create_connection((ROOM, port), timeout=20))
            connection.sendall(begun)
        wait_for(lambda: room.status(BOB) == 429)
        assert room.status(ADA) == 200
    wait_for(lambda: room.status(BOB) == 200)


def wait_for(is_so) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_client_is_signed_with_a_learners_key(room, monkeypatch, capsys):
    monkeypatch.setenv("SAMPLERS_BASE_URL", room.base_url)
    monkeypatch.setenv("SAMPLERS_API_KEY", ADA)
    monkeypatch.setenv("NO_PROXY", "*")
    client = connect()
    assert client.next_token("Hello", top=5).logits.size >= 5
    assert capsys.readouterr().out.startswith(f"samplers: endpoint {room.base_url}")


def test_the_database_holds_no_key_and_no_name(room):
    written = b"".join(path.read_bytes() for path in room.file.parent.rglob(f"{database.FILE}*"))
    assert JSONL[1] in written
    assert not [key for key in KEYS.values() if key.encode() in written]
    assert b"ada-of-the-first-row" not in written


def test_health_and_what_is_no_request_need_no_key(room):
    port = httpx.URL(room.base_url).port
    url = f"http://{ROOM}:{port}/health"
    assert room.http.get(url).json() == {"status": "ok"}
    with socket.create_connection((ROOM, port), timeout=20) as connection:
        connection.sendall(
            b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
        )
        assert error(read(connection), 401)["code"] is None  # before the body came
