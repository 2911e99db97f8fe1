"""Which endpoint: the local one, one at an address, or OpenAI.

A key in the environment alone never spends money.
"""

import atexit
import os
import threading
import warnings

from samplers.api.abilities import Abilities
from samplers.api.client import Client
from samplers.api.errors import APIError
from samplers.api.forms.as_taken import check_alive, heir, sent_with_none
from samplers.api.limits.limiter import Limiter, check_limiter
from samplers.api.local_endpoint import BARE, OURS, LocalEndpoint
from samplers.api.pricing.budget import usd
from samplers.api.pricing.prices import price_of
from samplers.api.retries.fallback import check_fallback
from samplers.api.transport.auth import Key
from samplers.api.transport.proxies import exempt_loopback
from samplers.wire.models import days_left, model_row, model_table
from samplers.wire.secret import looks_like_a_key, shown

ANSWER = 60  # seconds in which an endpoint must list its models
SOON = 60  # days before its end in which a model is announced as dying
ENGINES = {"vllm": "vLLM", "llama.cpp": "llama.cpp", "transformers": "transformers"}
# By process id: a fork starts its own endpoint and leaves its parent's alone.
shared_endpoints: dict[int, LocalEndpoint] = {}
_lock = threading.Lock()


def _new_lock() -> None:
    """For a fork: a thread that it does not have may hold the old one."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_lock)


def connect(
    where: str | None = None,
    model: str | None = None,
    *,
    max_retries: int = 2,
    fallback: str | None = None,
    limiter: Limiter | None = None,
) -> Client:
    """A client, and one printed line that says where it goes.

    `where`: "local" (a real model in a child process, started on first use, one per process), an
    address such as "http://192.168.1.5:8000/v1" (signed with SAMPLERS_API_KEY if that is set), or
    "openai" (OPENAI_API_KEY; priced, with the budget SAMPLERS_BUDGET_USD). None: SAMPLERS_BASE_URL,
    which may be any of these, or else "local". `model`: the model's name at an address or at
    OpenAI. None: SAMPLERS_MODEL_NAME. `max_retries`, `fallback` and `limiter` are the Client's.
    Raises ValueError for a wrong setting, ConnectionFailed where nothing answers,
    AuthenticationError where the key is not accepted.
    """
    if where is None:
        where = os.environ.get("SAMPLERS_BASE_URL", "").strip() or "local"
    model = model or os.environ.get("SAMPLERS_MODEL_NAME") or None
    if looks_like_a_key(model):
        raise ValueError(
            "model, or SAMPLERS_MODEL_NAME, must be a model's name, "
            "got what looks like a key (not shown)"
        )

    options = {"max_retries": max_retries, "fallback": fallback, "limiter": limiter}
    dates: dict[str, str] = {}
    found = ""
    ours = False
    if where == "local":
        exempt_loopback()
        name = "local endpoint"
        client = _client_of(_shared_endpoint(), **options)
        found = _slow_note(client.abilities)
    elif where == "openai":
        name = "OpenAI"
        client = _openai(model, options)
    elif isinstance(where, str) and "://" in where:
        client, dates = _remote(where, model, options)
        name, found = _what_answers(client, fallback)
        ours = client.abilities.engine == "samplers"
    else:
        raise ValueError(
            "where, or SAMPLERS_BASE_URL, must be 'local', 'openai' or http://…/v1, "
            f"got {shown(where)}"
        )

    notes = _effort_note(client.model, ours) + _end_note(client, dates, ours) + _price_note(client)
    print(f"samplers: {name} {client.base_url}, model {client.model}{notes}{found}")
    return client


def start_local(
    *,
    max_retries: int = 2,
    fallback: str | None = None,
    limiter: Limiter | None = None,
    **options: str | float,
) -> Client:
    """A client of a new local endpoint, which ends when the client is closed. Prints nothing.

    `options` are those of `python -m samplers.local`: start_local(engine_order="llama.cpp",
    logprobs_mode="processed"). An `api_key` is passed through the environment, because every user
    of the machine can read a command line. `max_retries`, `fallback` and `limiter` are the
    Client's.

    What is simulated, if it is named: `tier`, the limits ("free", 1 to 5, or numbers such as
    "rpm=60,tpm=2000"); `fault`, how often an answer goes wrong, and how ("429:0.2,drop:0.05"), by
    chance from `fault_seed`, an int; `latency`, how many seconds answers take
    ("ttft=0.5,between=0.03"); `time_factor`, how much faster simulated time runs: with 60 a minute
    lasts a second, and the 24 hours of a batch are 24 minutes.
    """
    # before the endpoint starts, which takes seconds
    check_fallback(fallback)
    check_limiter(limiter)
    retrying = {"max_retries": max_retries, "fallback": fallback, "limiter": limiter}
    return _started(OURS, options, retrying)


def start_bare(**options: str | int) -> Client:
    """A client of llama.cpp's own server, with the local endpoint's weights. Prints nothing.

    Nothing of ours is in between, so it shows what that engine does by itself. It ends when the
    client is closed. `options` are those of `python -m samplers.local.bare`: start_bare(slots=1).
    """
    return _started(BARE, options, {})


def _started(module: str, options: dict, client_options: dict) -> Client:
    """A client of a new endpoint of this module, which ends with the client, or with us."""
    flags = [
        f"--{name.replace('_', '-')}={value}"
        for name, value in options.items()
        if name != "api_key"
    ]
    endpoint = LocalEndpoint(*flags, module=module, environment=_key_for_the_child(options))
    atexit.register(endpoint.close)
    try:
        return _client_of(endpoint, on_close=endpoint.close, **client_options)
    except ValueError:
        endpoint.close()
        raise


def _key_for_the_child(options: dict[str, str | float]) -> dict[str, str]:
    """Takes the key out of `options` too: a traceback may print the frame that has them."""
    return {"SAMPLERS_LOCAL_KEY": options.pop("api_key")} if "api_key" in options else {}


def _shared_endpoint() -> LocalEndpoint:
    with _lock:
        endpoint = shared_endpoints.get(os.getpid())
        if endpoint is None or not endpoint.alive():
            endpoint = LocalEndpoint()
            shared_endpoints[os.getpid()] = endpoint
        return endpoint


@atexit.register
def _close_shared_endpoint() -> None:
    if os.getpid() in shared_endpoints:
        shared_endpoints.pop(os.getpid()).close()


def _client_of(endpoint: LocalEndpoint, **options) -> Client:
    return Client(endpoint.base_url, endpoint.key, endpoint.model, hint=endpoint.state, **options)


def _openai(model: str | None, options: dict) -> Client:
    if not os.environ.get("OPENAI_API_KEY", "").strip():
        raise ValueError(
            "OPENAI_API_KEY must be set to use OpenAI (export OPENAI_API_KEY=…, never in the "
            "code); connect('local') needs no key"
        )
    client = Client("https://api.openai.com/v1", _key("OPENAI_API_KEY"), model, **options)
    _check_sold(client.model, options["fallback"])
    return client


def _check_sold(*models: str | None) -> None:
    """Refuses a model without a known price, or shut down: here, not at the first call."""
    for model in filter(None, models):
        price_of(model)
        check_alive(model)


def _remote(base_url: str, model: str | None, options: dict) -> tuple[Client, dict[str, str]]:
    """The client, and when the endpoint shuts its models down."""
    client = Client(base_url, _key("SAMPLERS_API_KEY"), model, **options)
    try:
        # does it answer, and does it accept the key?
        return client, client.shutdown_dates(timeout=ANSWER)
    except APIError as error:
        has_no_list = error.status in (404, 405)
        if model is None or not has_no_list:
            raise
    return client, {}


def _what_answers(client: Client, fallback: str | None) -> tuple[str, str]:
    """For the line: which engine is at an address, and what it can do."""
    known = client.abilities
    if known.engine == "samplers":
        return "endpoint", _slow_note(known)
    if known.engine == "openai":
        _check_sold(client.model, fallback)
        return "OpenAI", ""
    if known.engine not in ENGINES:
        return "endpoint", ": an engine that is not known, asked as OpenAI's API is"
    name = " ".join(filter(None, [ENGINES[known.engine], known.version]))
    return f"{name} at", f": {known}"


def _slow_note(known: Abilities) -> str:
    """For the line: why our endpoint's whole distributions take a second."""
    if known.slow_logprobs is None:
        return ""
    return f": the whole distribution comes slowly, through JSON: {known.slow_logprobs}"


def _key(variable: str) -> Key:
    return Key(os.environ.get(variable, "").strip() or None)


def _effort_note(model: str, ours: bool) -> str:
    if not sent_with_none(model, ours):
        return ""
    return " with reasoning_effort 'none' unless a call names one"


def _end_note(client: Client, dates: dict[str, str], ours: bool) -> str:
    """When the model is shut down, by the endpoint's list; at OpenAI's address by our table.

    There it is also a warning if it is SOON: whoever does not read the line should know, too.
    """
    model = client.model
    row = model_row(model, ours)
    if client.budget is not None and row is not None and 0 < (days_left(row) or 0) <= SOON:
        end = f"is shut down on {row['shutdown_date']}"
        advice = f" (use {heir(row)})" if heir(row) else ""
        warnings.warn(f"model {model} {end}, in {days_left(row)} days{advice}", FutureWarning, 3)
        return f", which {end}{advice}"

    if model not in dates:
        return ""
    simulated = " (simulated)" if row and row["simulated"] else ""
    return f", which is shut down on {dates[model]}{simulated}"


def _price_note(client: Client) -> str:
    if client.budget is None:
        return ""
    limit = usd(client.budget.limit)
    return f", budget {limit} for this process at the prices of {model_table()['date']}"
