"""Calls to this machine do not go through a proxy, whatever the environment says."""

import os
from urllib.request import getproxies_environment

import httpx


def is_loopback(url: httpx.URL) -> bool:
    return url.host in ("127.0.0.1", "localhost", "::1")


def exempt_loopback() -> None:
    """Adds 127.0.0.1 to `no_proxy` if the environment names proxies.

    Our own client does not need this. A learner's own httpx and OpenAI's SDK do: they would send
    the calls to the local endpoint to the proxy.
    """
    proxies = getproxies_environment()
    exempt = proxies.pop("no", "")
    if proxies and "127.0.0.1" not in exempt:
        os.environ["no_proxy"] = f"{exempt},127.0.0.1" if exempt else "127.0.0.1"
