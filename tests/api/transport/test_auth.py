"""No repr, vars(), pickle, log, error or traceback shows a key, whatever the client does."""

import copy
import logging
import pickle
import traceback

import httpx
import pytest
from fake_endpoint import Recorded, completion, event, fake, no_wait, sse

from samplers.api import Client, EndpointError, connect
from samplers.api.transport.auth import Key

# a global: when locals are printed, the tests' own frames must not hold it
KEY = "key-that-nobody-may-see"

ECHO = {
    "error": {
        "message": f"Incorrect API key provided: {KEY}",
        "code": KEY,
        "type": KEY,
        "param": KEY,
    }
}


def client_of(answer) -> Client:
    return fake(answer, key=KEY)


def everything_in(thing, seen=None) -> str:
    """The repr of a thing and of all that is reachable through vars(), mappings and sequences."""
    seen = set() if seen is None else seen
    is_plain_function = callable(thing) and not hasattr(thing, "__dict__")
    if id(thing) in seen or len(seen) > 20_000 or isinstance(thing, type) or is_plain_function:
        return ""
    seen.add(id(thing))

    parts = []
    if isinstance(thing, dict):
        parts += [*thing.keys(), *thing.values()]
    elif isinstance(thing, list | tuple | set | frozenset):
        parts += thing
    if hasattr(thing, "__dict__") and not callable(thing):
        parts += vars(thing).values()
    return repr(thing) + "".join(everything_in(part, seen) for part in parts)


def with_locals(error: BaseException) -> str:
    """The error's traceback with the local variables of every frame."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def authorization_with(key: str | None) -> str | None:
    """The Authorization header of a request of a client with this key."""
    endpoint = Recorded(completion())
    fake(endpoint, key=key).chat("x")
    (request,) = endpoint.requests
    return request.headers.get("authorization")


def test_the_key_is_sent():
    assert authorization_with(KEY) == f"Bearer {KEY}"


def test_space_around_a_key_is_not_part_of_it():
    assert authorization_with(f" {KEY}\n") == f"Bearer {KEY}"


def test_no_key_means_no_header():
    assert authorization_with(None) is None


def test_nothing_reachable_shows_it():
    client = client_of(completion())
    answer = client.chat("x")
    for thing in (client, answer, Key(KEY)):
        assert KEY not in repr(thing) + str(thing) + everything_in(thing)
    assert "[hidden]" in everything_in(client)  # the walk did reach the key


def test_it_cannot_be_saved():
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
        pickle.dumps(Key(KEY))
    assert KEY not in repr(copy.copy(Key(KEY)))


def fails_to_connect():
    client_of(httpx.ConnectError(f"no route with {KEY}")).chat("x")


def is_refused():
    client_of(lambda _: httpx.Response(401, json=ECHO, headers={"x-request-id": KEY})).chat("x")


def gets_its_headers_back():
    client_of(lambda request: httpx.Response(200, text=str(dict(request.headers)))).chat("x")


def breaks_its_stream():
    list(client_of(sse(event({"error": {"message": f"bad key {KEY}"}}))).stream("x"))


def echoes_in_its_stream():
    list(client_of(sse(event(KEY))).stream("x"))


def really_fails_to_connect():
    Client("http://127.0.0.1:9/v1", KEY, "m", sleep=no_wait).chat("x")


def has_a_key_that_fits_no_header():
    Client("http://127.0.0.1:9/v1", KEY + " \n" + KEY)


def has_a_wrong_address():
    Client("no address", KEY)


@pytest.mark.parametrize(
    "failure",
    [
        fails_to_connect,
        is_refused,
        gets_its_headers_back,
        breaks_its_stream,
        echoes_in_its_stream,
        really_fails_to_connect,
        has_a_key_that_fits_no_header,
        has_a_wrong_address,
    ],
)
def test_no_failure_shows_it_even_with_the_locals_of_every_frame(failure, caplog):
    caplog.set_level(logging.DEBUG)  # httpx's and httpcore's too
    with pytest.raises((EndpointError, ValueError)) as caught:
        failure()
    error = caught.value
    assert KEY not in with_locals(error) + str(error) + repr(error) + everything_in(error)
    assert KEY not in caplog.text


def test_connect_shows_it_nowhere(monkeypatch, capsys, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("SAMPLERS_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("SAMPLERS_API_KEY", KEY)
    with pytest.raises(EndpointError) as caught:
        connect()
    text = with_locals(caught.value)

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    client = connect("openai")
    assert KEY not in text + everything_in(client) + caplog.text + "".join(capsys.readouterr())


def test_a_real_call_logs_no_key(client, caplog):
    caplog.set_level(logging.DEBUG)
    probe = Client(client.base_url, KEY, client.model)
    with pytest.raises(EndpointError) as caught:
        probe.chat("x")
    text = with_locals(caught.value)
    assert "send_request_headers" in caplog.text  # it was listening
    assert KEY not in caplog.text + text


@pytest.mark.parametrize("key", ["", "two words", "ключ", "line\nbreak", 5, b"bytes"])
def test_a_key_that_cannot_be_sent_in_a_header(key):
    with pytest.raises(ValueError, match="api_key must be a str of printable ASCII"):
        Client("http://127.0.0.1:9/v1", key)


def test_auth_signs_requests_of_ones_own(client):
    models = f"{client.base_url}/models"
    assert httpx.get(models).status_code == 401
    assert httpx.get(models, auth=client.auth).status_code == 200
    assert "hidden" in repr(client.auth)
