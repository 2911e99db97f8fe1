"""Which host a request is for: a web page's requests name the page's host, and are refused.

That holds for a page, too, whose owner lets its name resolve to 127.0.0.1.
"""

import re
from urllib.parse import unquote

from starlette.datastructures import Headers

HOSTS = ("127.0.0.1", "localhost", "[::1]")
_HOST = re.compile(r"(\[[^]]*\]|[^:]*)(:[0-9]*)?")
_ABSOLUTE = re.compile(rb"http://([^/]*)(.*)", re.IGNORECASE)


def is_for_us(scope) -> bool:
    """Whether an ASGI scope's Host names this machine."""
    host = Headers(scope=scope).get("host")
    if host is None:  # only HTTP/1.0 may leave it out, and no browser does
        return scope["http_version"] == "1.0"
    named = _HOST.fullmatch(host)
    # names have no case, and a dot at the end only says that they are whole
    return named is not None and named[1].lower().removesuffix(".") in HOSTS


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
