"""Which endpoint: the local one, one at an address, or OpenAI. A key in the environment alone never
spends money.
"""

import atexit
import os
import threading
from urllib.request import getproxies_environment

from samplers.api.client import Client
from samplers.api.errors import APIError, usd
from samplers.api.local_endpoint import LocalEndpoint
from samplers.api.pricing.prices import price_list, price_of
from samplers.api.transport.auth import Key

_lock = threading.Lock()
# by process id: a fork starts its own, and leaves its parent's alone
_shared: dict[int, LocalEndpoint] = {}


def connect(where: str | None = None, model: str | None = None) -> Client:
    """A client, and one printed line that says where it goes.

    `where`: "local" (a real model in a child process, started on first use, one a process), an
    address such as "http://192.168.1.5:8000/v1" (signed with SAMPLERS_API_KEY if that is set), or
    "openai" (OPENAI_API_KEY; priced and held to SAMPLERS_BUDGET_USD). None takes SAMPLERS_BASE_URL,
    which may be any of these, or else "local". `model` (None: SAMPLERS_MODEL_NAME) names the model
    at an address. Raises ValueError for a wrong setting, ConnectionFailed where nothing answers,
    AuthenticationError where the key is not taken.
    """
    where = (
        where if where is not None else os.environ.get("SAMPLERS_BASE_URL", "").strip() or "local"
    )
    model = model or os.environ.get("SAMPLERS_MODEL_NAME") or None
    if where == "local":
        _keep_from_proxies()
        what, client = "local endpoint", _client_of(_local())
    elif where == "openai":
        what, client = "OpenAI", _openai(model)
    elif isinstance(where, str) and "://" in where:
        what, client = "endpoint", _remote(where, model)
    else:
        raise ValueError(
            f"where, or SAMPLERS_BASE_URL, must be 'local', 'openai' or http://…/v1, got {where!r}"
        )
    paid = (
        f", budget {usd(client.budget.limit)} at the prices of {price_list()['date']}"
        if client.budget
        else ""
    )
    print(f"samplers: {what} {client.base_url}, model {client.model}{paid}")
    return client


def start_local(**options: str) -> Client:
    """A local endpoint of its own, for this client alone; closing the client ends it. Prints
    nothing.

    `options` are those of `python -m samplers.local`: start_local(engine_order="llama.cpp",
    logprobs_mode="processed"). An `api_key` among them goes by way of the environment: a command
    line is there for all to see.
    """
    flags = [
        f"--{name.replace('_', '-')}={value}"
        for name, value in options.items()
        if name != "api_key"
    ]
    endpoint = LocalEndpoint(*flags, environment=_key_for_the_child(options))
    atexit.register(endpoint.close)
    client = _client_of(endpoint)
    client._endpoint_close = endpoint.close
    return client


def _key_for_the_child(options: dict[str, str]) -> dict[str, str]:
    """Takes the key out of the options, too: a traceback may print the frame that has them."""
    return {"SAMPLERS_LOCAL_KEY": options.pop("api_key")} if "api_key" in options else {}


def _local() -> LocalEndpoint:
    with _lock:
        endpoint = _shared.get(os.getpid())
        if endpoint is None or not endpoint.alive():
            endpoint = _shared[os.getpid()] = LocalEndpoint()
        return endpoint


def _keep_from_proxies() -> None:
    """Where the environment names proxies, a learner's own httpx and OpenAI's SDK would send them
    our local calls.
    """
    named = getproxies_environment()
    if named.keys() - {"no"} and "127.0.0.1" not in named.get("no", ""):
        os.environ["no_proxy"] = ",".join(filter(None, [named.get("no"), "127.0.0.1"]))


@atexit.register
def _end_local() -> None:
    if os.getpid() in _shared:
        _shared.pop(os.getpid()).close()


def _client_of(endpoint: LocalEndpoint) -> Client:
    client = Client(endpoint.base_url, endpoint.key, endpoint.model)
    client._hint = endpoint.last_words
    return client


def _openai(model: str | None) -> Client:
    if not os.environ.get("OPENAI_API_KEY", "").strip():
        raise ValueError(
            "OPENAI_API_KEY must be set to use OpenAI (export OPENAI_API_KEY=…, never in the code); "
            "connect('local') needs no key"
        )
    client = Client("https://api.openai.com/v1", _key("OPENAI_API_KEY"), model)
    # a model whose price is not known is refused here, not at the first call
    price_of(client.model)
    return client


def _remote(where: str, model: str | None) -> Client:
    client = Client(where, _key("SAMPLERS_API_KEY"), model)
    try:
        client.models()  # does it answer, and does it take the key?
    except APIError as error:
        if model is None or error.status not in (404, 405):  # a model that is named needs no list
            raise
    return client


def _key(name: str) -> Key:
    return Key(os.environ.get(name, "").strip() or None)
