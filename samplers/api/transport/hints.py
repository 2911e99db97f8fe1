"""What to try when no answer came, by how the connection failed."""

import httpx

NOT_MADE = (httpx.ConnectError, httpx.ConnectTimeout)


def next_step(error: Exception, proxy_variable: str | None) -> str:
    """A sentence. `proxy_variable`: the variable that names the call's proxy, if it has one."""
    if "[SSL" in str(error):
        return (
            "Is it https:// and not http://? A certificate that is not public must be in the file "
            "that SSL_CERT_FILE names."
        )
    if proxy_variable is not None and isinstance(error, (*NOT_MADE, httpx.ProxyError)):
        return f"Is the proxy right that {proxy_variable} names? NO_PROXY names hosts without one."
    if isinstance(error, httpx.PoolTimeout):
        return "All connections of this client are in use: ask for less at once."
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, NOT_MADE):
        return "Is the server running, or stuck? It took the call: ask for less, or wait longer."
    if isinstance(error, (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)):
        return "The connection was made and then lost: look at the server's log, and try again."
    return "Is the server running, and is the address (SAMPLERS_BASE_URL) right?"
