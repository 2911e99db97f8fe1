"""Which proxy of the environment a call goes through. None for calls to this machine."""

import os
from ipaddress import ip_address, ip_network
from urllib.request import getproxies, getproxies_environment, proxy_bypass

import httpx

from samplers.api.request import names_a_host

EXPECTED = (
    "must be a proxy such as http://host:3128; what came is not shown, as it may hold a password"
)


def is_loopback(url: httpx.URL) -> bool:
    try:
        return ip_address(url.host).is_loopback
    except ValueError:
        return url.host.rstrip(".") == "localhost"


def proxy_for(url: httpx.URL) -> tuple[str, httpx.Proxy] | None:
    """The variable that names a proxy for `url`, and the proxy. None: the call goes straight.

    HTTP_PROXY or HTTPS_PROXY, else ALL_PROXY, unless NO_PROXY names the host. ValueError, which
    names the variable, for a proxy that cannot be used.
    """
    proxies = getproxies()  # on Windows and macOS the system's, if the environment has none
    exempt = proxies.pop("no", "")
    scheme = url.scheme if proxies.get(url.scheme) else "all"
    address = proxies.get(scheme, "").strip()
    if not address or is_loopback(url) or _is_exempt(url, exempt):
        return None

    variable = _variable(scheme)
    return variable, _proxy(variable, address)


def _variable(scheme: str) -> str:
    lower = f"{scheme}_proxy"
    names = [name for name in (lower, lower.upper()) if os.environ.get(name)]
    return names[0] if names else "the system's proxy"


def _proxy(variable: str, address: str) -> httpx.Proxy:
    try:
        proxy = httpx.Proxy(address if "://" in address else f"http://{address}")
    except (httpx.InvalidURL, ValueError):  # an unknown scheme, or no address at all
        proxy = None
    if proxy is None or not names_a_host(proxy.url):
        raise ValueError(f"{variable} {EXPECTED}")

    if proxy.url.scheme.startswith("socks"):
        try:
            import socksio  # noqa: F401
        except ImportError:
            raise ValueError(
                f"{variable} names a SOCKS proxy: `pip install socksio` first, or unset it"
            ) from None
    return proxy


def _is_exempt(url: httpx.URL, exempt: str) -> bool:
    """Whether NO_PROXY names the host: itself, a domain, a network such as 10.0.0.0/8, or "*".

    IPv6 addresses stand there with or without brackets.
    """
    entries = [entry.strip() for entry in exempt.split(",")]
    if "*" in entries or proxy_bypass(url.netloc.decode()):
        return True
    try:
        host = ip_address(url.host)
    except ValueError:
        return False
    return any(host in network for network in map(_network, entries) if network)


def _network(entry: str):
    try:
        return ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return None


def exempt_loopback() -> None:
    """Adds 127.0.0.1 to `no_proxy` if the environment names proxies.

    Our own client does not need this. A learner's own httpx and OpenAI's SDK do: they would send
    the calls to the local endpoint to the proxy. And httpx raises InvalidURL for an IPv6 address
    in brackets: they are taken off.
    """
    proxies = getproxies_environment()
    given = proxies.pop("no", "")
    exempt = given.replace("[", "").replace("]", "")
    if proxies and "127.0.0.1" not in exempt:
        exempt = f"{exempt},127.0.0.1" if exempt else "127.0.0.1"
    if exempt != given:
        os.environ["no_proxy"] = exempt
