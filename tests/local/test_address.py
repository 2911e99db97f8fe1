"""Which hosts requests may name. No name that a page's owner can point at this machine is among."""

import socket

import pytest

from samplers.local.address import is_for_us, normal
from samplers.local.listen import base_url, listen, notice

ROOM = "192.168.1.5"


def is_taken(host: str, came_to: str = ROOM, names=()) -> bool:
    headers = [(b"host", host.encode())]
    scope = {"type": "http", "http_version": "1.1", "headers": headers, "server": (came_to, 8000)}
    return is_for_us(scope, names)


@pytest.mark.parametrize(
    ("host", "came_to"),
    [
        ("192.168.1.5:8000", ROOM),
        ("192.168.1.5", ROOM),
        ("192.168.1.5:8000", "::ffff:192.168.1.5"),  # a socket of both versions
        ("localhost:8000", ROOM),
        ("LOCALHOST.", "127.0.0.1"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("[::1]:8000", "::1"),
        ("[fd00::5]:8000", "fd00::5"),
        ("[FD00:0:0::5]", "fd00::5"),
    ],
)
def test_its_own_address(host, came_to):
    assert is_taken(host, came_to)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "192.168.1.5.evil.example",
        "192.168.1.6",
        "0.0.0.0",
        "192.168.1.5:8000:80",
        "192.168.1.5@evil.example",
        "[fd00::5",
        "fd00::5",
        "[192.168.1.5",
        "class.example",
        "",
    ],
)
def test_another_host(host):
    assert not is_taken(host)
    assert not is_taken(host, "127.0.0.1")


def test_names_that_were_given():
    names = ["class.example", normal("[FD00::7]")]
    assert is_taken("Class.Example:443", names=names)
    assert is_taken("[fd00::7]:8000", names=names)
    assert not is_taken("class.example.evil.example", names=names)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80/v1"),
        (ROOM, "http://192.168.1.5:80/v1"),
        ("fd00::5", "http://[fd00::5]:80/v1"),
        ("0.0.0.0", "http://127.0.0.1:80/v1"),
        ("::", "http://[::1]:80/v1"),
    ],
)
def test_urls(address, url):
    assert base_url(address, 80) == url
    said = notice(address, 80)
    assert ("not encrypted" in said) is (address != "127.0.0.1")
    assert ("ADDRESS" in said) is (address in ("0.0.0.0", "::"))


def test_an_address_of_another_machine():
    with pytest.raises(OSError, match="address"):
        listen("192.0.2.1", 0)


def test_all_addresses_of_both_versions():
    try:
        listening = listen("::", 0)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listening, socket.create_connection(("127.0.0.1", listening.getsockname()[1])):
        came, peer = listening.accept()
        came.close()
    assert normal(peer[0]) == "127.0.0.1"
