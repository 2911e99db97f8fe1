"""The socket that the endpoint listens on, and how its address is written."""

import os
import socket
from ipaddress import ip_address


def listen(address: str, port: int) -> socket.socket:
    """A listening socket on an address of this machine; port 0 takes a free one.

    "::" takes IPv4, too. OSError if there is no such address, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the protocol is named: without it a kept
    # connection loses 40 ms
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name != "nt":  # on Windows it would let two servers share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, address != "::")
        listening.bind((address, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def base_url(address: str, port: int) -> str:
    """Where a client finds it. One that listens on all addresses is found on loopback."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"


def notice(address: str, port: int) -> str:
    """What whoever opens it to a room should know; "" where it is open to this machine alone."""
    ip = ip_address(address)
    if ip.is_loopback:
        return ""
    url = base_url(address, port)
    if ip.is_unspecified:
        url = f"http://ADDRESS:{port}/v1 with this machine's address in the room"
    return (
        f"learners set SAMPLERS_BASE_URL={url}, and SAMPLERS_API_KEY to their key. HTTP is not "
        "encrypted: everyone in this network can read the keys and the texts. For TLS see --listen "
        "in `python -m samplers.local --help`."
    )
