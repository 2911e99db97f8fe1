"""The connections to one endpoint: TLS, the environment's proxy, and the calls' deadlines."""

import os

import httpcore
import httpx

from samplers.api.transport.deadline import DeadlineBackend
from samplers.wire.secret import shown

MAX_CONNECTIONS = 100
# Servers close an idle connection after 5 s (llama.cpp, uvicorn); we close it before they do.
KEEP_SECONDS = 2


class Network(httpx.HTTPTransport):
    """httpx's transport to one endpoint, `through` a proxy or straight (None).

    Its requests' timeouts must be a Deadline. ValueError for certificates of the environment
    (SSL_CERT_FILE, SSL_CERT_DIR) that cannot be read.
    """

    def __init__(self, url: httpx.URL, through: httpx.Proxy | None):
        proxy = None
        if through is not None:
            proxy = httpcore.Proxy(
                str(through.url), auth=through.raw_auth, headers=through.headers.raw
            )

        self._pool = httpcore.ConnectionPool(
            ssl_context=_certificates() if url.scheme == "https" else None,
            proxy=proxy,
            max_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEP_SECONDS,
            network_backend=DeadlineBackend(),
        )


def _certificates():
    """The certificates that a server's is checked with: the environment's, or certifi's."""
    variable = next((n for n in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(n)), None)
    path = os.environ.get(variable or "", "")
    folders = [part for part in path.split(os.pathsep) if os.path.isdir(part)]
    if variable == "SSL_CERT_DIR" and not folders:
        raise ValueError(f"SSL_CERT_DIR must be a folder of certificates, got {shown(path)}")

    try:
        return httpx.create_ssl_context()
    except OSError as error:  # ssl.SSLError is one
        problem = error.strerror or error
    raise ValueError(
        f"{variable or 'certifi'} must be a readable file of certificates (PEM), "
        f"got {shown(path)} ({problem})"
    )
