"""Proxies and certificates of the environment: which are used, and what cannot be used is named."""

import os
import sys

import httpx
import pytest
from fake_endpoint import fake
from tcp_server import answer, read_request, tcp_server

from samplers.api import Client, ConnectionFailed, connect
from samplers.api.transport.proxies import exempt_loopback, proxy_for

REMOTE = "http://192.0.2.1:9/v1"  # an address for documentation: nobody has it
PROXY = "http://127.0.0.1:9"
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in (*VARIABLES, "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_a_proxy_in_the_environment_does_not_get_local_calls(client, monkeypatch):
    monkeypatch.delenv("SAMPLERS_MODEL_NAME", raising=False)
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    monkeypatch.setenv("ALL_PROXY", PROXY)
    monkeypatch.setenv("no_proxy", "example.org")
    local = connect("local")
    assert local.models()
    assert httpx.get(f"{local.base_url}/models", auth=local.auth).status_code == 200
    assert os.environ["no_proxy"] == "example.org,127.0.0.1"


@pytest.mark.parametrize("proxies", [True, False])
def test_httpx_of_a_lesson_can_read_no_proxy(monkeypatch, proxies):
    monkeypatch.setenv("NO_PROXY", "localhost,[::1],127.0.0.1")
    if proxies:
        monkeypatch.setenv("HTTP_PROXY", PROXY)
    monkeypatch.setenv("no_proxy", "")  # so that monkeypatch takes away what is set now
    monkeypatch.delenv("no_proxy")
    exempt_loopback()
    assert os.environ["no_proxy"] == "localhost,::1,127.0.0.1"
    httpx.Client().close()


@pytest.mark.parametrize(("proxy", "exempt"), [("", None), (PROXY, "127.0.0.1")])
def test_no_proxy_is_set_only_where_there_is_a_proxy(monkeypatch, proxy, exempt):
    monkeypatch.setenv("HTTP_PROXY", proxy)
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.delenv("no_proxy")
    exempt_loopback()
    assert os.environ.get("no_proxy") == exempt


def test_a_proxy_of_the_system_is_named_too(monkeypatch):
    # as Windows and macOS have one where the environment has none
    monkeypatch.setattr("samplers.api.transport.proxies.getproxies", lambda: {"http": "::1"})
    with pytest.raises(ValueError, match=r"^the system's proxy must be"):
        Client(REMOTE)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("given", ["{}", " {} ", "{}/", "http://{}"])
def test_a_call_goes_through_the_proxy_of_its_scheme(monkeypatch, variable, given):
    asked = []

    def proxy(connection):
        while request := read_request(connection):
            asked.append(request.partition(b"\r\n")[0])
            connection.sendall(answer(b'{"data": [{"id": "m"}]}'))

    with tcp_server(proxy) as base_url:
        address = base_url.removeprefix("http://").removesuffix("/v1")
        monkeypatch.setenv(variable, given.format(address))
        with Client(REMOTE) as client:
            assert client.models() == ["m"]
    assert asked == [f"GET {REMOTE}/models HTTP/1.1".encode()]


def test_https_goes_through_its_own_proxy_and_is_encrypted(monkeypatch):
    asked = []

    def proxy(connection):
        asked.append(read_request(connection).partition(b"\r\n")[0])
        connection.sendall(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")

    with tcp_server(proxy) as base_url:
        monkeypatch.setenv("https_proxy", base_url.removesuffix("/v1"))
        monkeypatch.setenv("ALL_PROXY", PROXY)
        with pytest.raises(ConnectionFailed, match=r"(?i)ProxyError: 407 No.*https_proxy"):
            Client("https://api.example.org/v1", max_retries=0).models()
    assert asked == [b"CONNECT api.example.org:443 HTTP/1.1"]


@pytest.mark.parametrize(
    "value",
    [
        "::1",
        "http://127.0.0.1:bad",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "http://",
        "http://[::1",
        "http://" + "a" * 64,
        "ftp://127.0.0.1:9",
        "socks4://127.0.0.1:9",
        "file:///x",
        "my-password:9:9",
    ],
)
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "all_proxy"])
def test_a_proxy_that_cannot_be_used_is_named_and_not_shown(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=f"(?i){variable} must be a proxy such as") as caught:
        Client(REMOTE)
    assert value == "http://" or value not in str(caught.value)

    Client("http://127.0.0.1:8000/v1")  # no proxy is asked for this
    monkeypatch.setenv("NO_PROXY", "192.0.2.1")
    Client(REMOTE)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_a_socks_proxy_names_what_it_needs(monkeypatch, scheme):
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:9")
    with pytest.raises(
        ValueError, match=r"(?i)ALL_PROXY names a SOCKS proxy: `pip install socksio`"
    ):
        Client(REMOTE)


@pytest.mark.parametrize("variable", VARIABLES[:3])
def test_an_empty_proxy_is_none(monkeypatch, variable):
    monkeypatch.setenv(variable, "")
    assert proxy_for(httpx.URL(REMOTE)) is None
    monkeypatch.setenv(variable, "  ")
    assert proxy_for(httpx.URL(REMOTE)) is None


@pytest.mark.parametrize(
    ("exempt", "url", "goes_straight"),
    [
        ("*", REMOTE, True),
        ("x, * ", REMOTE, True),
        ("192.0.2.1", REMOTE, True),
        (" 192.0.2.1 ,x", REMOTE, True),
        ("192.0.2.1:9", REMOTE, True),
        ("192.0.2.1:8", REMOTE, False),
        ("192.0.2.0/24", REMOTE, True),
        ("192.0.2.7/24", REMOTE, True),
        ("10.0.0.0/8,::1/128", REMOTE, False),
        ("[::1]", REMOTE, False),
        ("[2001:db8::1]", "http://[2001:db8::1]:9/v1", True),
        ("2001:db8::1", "http://[2001:db8::1]:9/v1", True),
        ("2001:db8::/32", "http://[2001:db8::1]/v1", True),
        ("[2001:db8::1]:9", "http://[2001:db8::1]:9/v1", True),
        ("2001:db8::1", "http://[2001:db8::2]/v1", False),
        ("example.org", "http://example.org/v1", True),
        ("EXAMPLE.org", "http://api.example.org/v1", True),
        (".example.org", "http://api.example.org/v1", True),
        ("example.org", "http://myexample.org/v1", False),
        ("", REMOTE, False),
        (", ,", REMOTE, False),
        ("[", REMOTE, False),
        ("bücher.example,http://x:bad,fe80::1%eth0,all://[::1,a b", REMOTE, False),
        ("", "http://127.0.0.1:8000/v1", True),
        ("", "http://127.1.2.3/v1", True),
        ("", "http://localhost/v1", True),
        ("", "http://localhost./v1", True),
        ("", "http://localhost.example.org/v1", False),
        ("", "http://[::1]/v1", True),
    ],
)
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_no_proxy(monkeypatch, variable, exempt, url, goes_straight):
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    monkeypatch.setenv(variable, exempt)
    assert (proxy_for(httpx.URL(url)) is None) is goes_straight


def test_a_failure_through_a_proxy_names_its_variable(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://me:my-password@127.0.0.1:9")
    with pytest.raises(ConnectionFailed, match=r"(?i)proxy right that HTTP_PROXY names") as caught:
        Client(REMOTE).models()
    assert not caught.value.sent
    assert "my-password" not in str(caught.value)

    with pytest.raises(ConnectionFailed, match=r"address \(SAMPLERS_BASE_URL\) right"):
        fake(httpx.ConnectError("refused"), base_url="http://127.0.0.1:9/v1").models()


@pytest.mark.parametrize("kind", ["missing", "a folder", "no certificate", "empty"])
def test_certificates_that_cannot_be_read_are_named(tmp_path, monkeypatch, kind):
    path = tmp_path / "ca.pem"
    if kind == "a folder":
        path.mkdir()
    elif kind != "missing":
        path.write_text("" if kind == "empty" else "not a certificate")

    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    problem = r"\((No such file|Is a directory|Permission denied|\[X509)"
    message = rf"SSL_CERT_FILE must be .* got '.*ca\.pem' {problem}"
    with pytest.raises(ValueError, match=message):
        Client("https://127.0.0.1:9/v1")
    Client("http://127.0.0.1:9/v1")  # nothing is encrypted here

    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setenv("SSL_CERT_DIR", str(path))
    if kind == "a folder":
        Client("https://127.0.0.1:9/v1")
    else:
        with pytest.raises(ValueError, match=r"SSL_CERT_DIR must be .* got '.*ca\.pem'"):
            Client("https://127.0.0.1:9/v1")


def test_a_server_without_tls_is_not_called_stopped():
    def plain(connection):
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with (
        tcp_server(plain) as base_url,
        pytest.raises(ConnectionFailed, match="Is it https:// and not http://"),
    ):
        Client(base_url.replace("http://", "https://"), max_retries=0).models()
