"""Which host a request is for: a web page's requests name the page's host, and are refused.

That holds for a page, too, whose owner lets its name resolve to an address of this machine.
"""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import unquote

from starlette.datastructures import Headers

HOSTS = ("127.0.0.1", "localhost", "::1")
_HOST = re.compile(r"(\[[^]]*\]|[^:]*)(:[0-9]*)?")
_ABSOLUTE = re.compile(rb"http://([^/]*)(.*)", re.IGNORECASE)


def is_for_us(scope, names: Collection[str] = ()) -> bool:
    """Whether an ASGI scope's Host names this machine: by HOSTS, or by one of `names`.

    The address that the connection came to names it, too. No other address does: behind a router
    that forwards a port, `names` have the router's.
    """
    host = Headers(scope=scope).get("host")
    if host is None:  # only HTTP/1.0 may leave it out, and no browser does
        return scope["http_version"] == "1.0"
    named = _HOST.fullmatch(host)
    if named is None:
        return False
    own = normal(scope["server"][0]) if scope.get("server") else HOSTS[0]
    return normal(named[1]) in (*HOSTS, *names, own)


def normal(host: str) -> str:
    """A host's name or address in one form, an IPv6 address without its brackets.

    Names have no case, and a dot at the end only says that they are whole.
    """
    host = host.lower().removesuffix(".")
    in_brackets = host.startswith("[") and host.endswith("]")
    try:
        address = ipaddress.ip_address(host[1:-1] if in_brackets else host)
    except ValueError:
        return host
    # to a socket of both versions, an IPv4 client comes from and to such an address
    return str(getattr(address, "ipv4_mapped", None) or address)


def origin_form(scope) -> dict:
    """The scope of a request whose target is a whole URL, as one whose target is a path.

    The URL's host takes the place of the Host header's: RFC 9112, 3.2.2. Other scopes stay as they
    are.
    """
    absolute = _ABSOLUTE.fullmatch(scope["raw_path"])
    if absolute is None:
        return scope
    host, path = absolute.groups()
    path = path or b"/"
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    headers = [(b"host", host), *others]
    return scope | {"raw_path": path, "path": unquote(path.decode()), "headers": headers}
