"""Where connect() goes, and what start_local() starts."""

import subprocess
from unittest.mock import Mock

import httpx
import pytest
from processes import run_python

from samplers.api import (
    APIError,
    AuthenticationError,
    Client,
    ConnectionFailed,
    connect,
    start_local,
)
from samplers.api.pricing.prices import price_of

pytestmark = pytest.mark.usefixtures("nothing_set")


def key_of(client) -> str:
    """The key that the client's requests are signed with."""
    request = httpx.Request("GET", client.base_url)
    client.auth.sign(request)
    return request.headers["authorization"].removeprefix("Bearer ")


def test_nothing_set_is_the_local_endpoint_and_one_line_says_so(client, capsys):
    again = connect()
    line = f"samplers: local endpoint {again.base_url}, model smollm2-135m-instruct\n"
    assert capsys.readouterr().out == line
    assert again.base_url == client.base_url  # one per process
    assert again.budget is None


def test_a_key_alone_never_spends_money(client, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    assert connect().base_url == client.base_url


def test_closing_a_client_leaves_the_shared_endpoint(client):
    with connect():
        pass
    assert client.models()


@pytest.fixture(scope="module")
def command():
    """What started `server` on its command line."""
    return []


@pytest.fixture(scope="module")
def server(command):
    """A client of an endpoint with options and a key of its own."""
    with pytest.MonkeyPatch.context() as patch:
        popen = Mock(wraps=subprocess.Popen)
        patch.setattr("samplers.api.local_endpoint.subprocess.Popen", popen)
        options = {"engine_order": "llama.cpp", "logprobs_mode": "processed"}
        client = start_local(**options, api_key="sk-of-my-own")
    with client:
        command += popen.call_args.args[0]
        yield client


def test_an_address_from_the_environment(client, server, monkeypatch, capsys):
    monkeypatch.setenv("SAMPLERS_BASE_URL", server.base_url + "/")
    with pytest.raises(AuthenticationError, match="SAMPLERS_API_KEY"):
        connect()

    monkeypatch.setenv("SAMPLERS_API_KEY", key_of(server))
    other = connect()
    assert other.model == "smollm2-135m-instruct"
    line = f"samplers: endpoint {server.base_url}, model smollm2-135m-instruct\n"
    assert capsys.readouterr().out == line

    monkeypatch.setenv("SAMPLERS_MODEL_NAME", "another")
    assert connect().model == "another"
    assert connect("local").base_url == client.base_url  # an argument goes before a setting


@pytest.mark.filterwarnings("error::FutureWarning")
def test_elsewhere_the_table_kills_no_model(client, monkeypatch, capsys):
    monkeypatch.setenv("SAMPLERS_API_KEY", key_of(client))
    for model in ("o4-mini", "gpt-4o-mini"):
        assert connect(client.base_url, model).model == model
    assert "shut down" not in capsys.readouterr().out


def test_the_endpoints_own_dates_are_shown(monkeypatch, capsys):
    profile = "smollm2-135m-instruct-reasoning"
    models = [
        {"id": "m", "shutdown_date": None},
        {"id": "old", "shutdown_date": "2027-03-01"},
        {"id": profile, "shutdown_date": "2027-06-30"},
        {"id": "plain"},
        {"id": "odd", "shutdown_date": 20270301},
    ]
    models = [model | {"owned_by": "samplers"} for model in models]

    def respond(self, method, path, *_, **__):
        return httpx.Response(200, json={"data": models})

    monkeypatch.setattr("samplers.api.transport.transport.Transport.request", respond)
    client = connect("http://127.0.0.1:9/v1")
    assert client.models() == ["m", "old", profile, "plain", "odd"]
    assert client.shutdown_dates() == {"old": "2027-03-01", profile: "2027-06-30"}
    connect("http://127.0.0.1:9/v1", "old")
    connect("http://127.0.0.1:9/v1", profile)
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == "samplers: endpoint http://127.0.0.1:9/v1, model m"
    assert second.endswith("model old, which is shut down on 2027-03-01")
    assert third.endswith(
        f"model {profile} with reasoning_effort 'none' unless a call names one, "
        "which is shut down on 2027-06-30 (simulated)"
    )


@pytest.mark.parametrize(
    ("header", "note"),
    [
        ("exact", ""),
        (None, ""),
        (
            "json; the library exports no llama_decode",
            ": the whole distribution comes slowly, through JSON: "
            "the library exports no llama_decode",
        ),
    ],
)
def test_the_line_says_why_whole_distributions_are_slow(monkeypatch, capsys, header, note):
    def respond(self, method, path, *_, **__):
        headers = {} if header is None else {"x-samplers-logits": header}
        models = [{"id": "m", "owned_by": "samplers"}]
        return httpx.Response(200, json={"data": models}, headers=headers)

    monkeypatch.setattr("samplers.api.transport.transport.Transport.request", respond)
    connect("http://127.0.0.1:9/v1")
    line = f"samplers: endpoint http://127.0.0.1:9/v1, model m{note}\n"
    assert capsys.readouterr().out == line


@pytest.mark.parametrize("where", ["OpenAI.com", "localhost:8000", 5, ""])
def test_a_bad_where(where):
    with pytest.raises(ValueError, match="must be 'local', 'openai' or"):
        connect(where)


@pytest.mark.parametrize("key", ["sk-proj-of-nobody", "0123456789abcdef0123456789abcdef"])
@pytest.mark.parametrize("variable", ["SAMPLERS_BASE_URL", "SAMPLERS_MODEL_NAME"])
def test_a_key_in_the_wrong_variable_is_not_shown(monkeypatch, capsys, variable, key):
    monkeypatch.setenv(variable, key)
    with pytest.raises(ValueError, match=variable) as caught:
        connect()
    assert key not in str(caught.value) + str(capsys.readouterr())


def test_a_key_in_place_of_an_argument_is_not_shown(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    key = "sk-proj-of-nobody"
    calls = (
        lambda: connect(key),
        lambda: connect("openai", model=key),
        lambda: connect(f"http://{key}:x/v1"),
        lambda: Client(key),
        lambda: price_of(key),
    )
    for call in calls:
        with pytest.raises(ValueError, match="looks like a key") as caught:
            call()
        assert key not in str(caught.value)

    monkeypatch.setenv("SAMPLERS_BUDGET_USD", key)
    with pytest.raises(ValueError, match=r"SAMPLERS_BUDGET_USD must be .*looks like a key"):
        connect("openai")


def test_an_address_where_nothing_answers():
    message = r"127.0.0.1:9/v1 does not answer .*Is the server running"
    with pytest.raises(ConnectionFailed, match=message):
        connect("http://127.0.0.1:9/v1", max_retries=0)


def test_an_address_without_a_list_of_models_needs_a_name(monkeypatch):
    def respond(self, method, path, *_, **__):
        raise APIError(404, "no such path")

    monkeypatch.setattr("samplers.api.transport.transport.Transport.request", respond)
    with pytest.raises(APIError):
        connect("http://127.0.0.1:9/v1")
    assert connect("http://127.0.0.1:9/v1", model="named").model == "named"


def test_options_reach_the_endpoint_and_each_start_is_another(client, server, command):
    assert server.base_url != client.base_url
    signed = {"Authorization": "Bearer sk-of-my-own"}
    models = httpx.get(f"{server.base_url}/models", headers=signed, trust_env=False)
    assert models.status_code == 200
    assert "--engine-order=llama.cpp" in command
    assert "sk-of" not in str(command)  # `ps` shows a command line to everybody

    params = {"temperature": 0.25, "max_tokens": 1, "logprobs": True, "top_logprobs": 2}
    processed, raw = (
        c.chat("What is the capital of France?", **params).logprobs[0].top for c in (server, client)
    )
    # After T = 1/4 the gap between the first two is four times the model's; the engine's
    # rounding needs some room.
    gap = processed[0].logprob - processed[1].logprob
    assert gap > 3 * (raw[0].logprob - raw[1].logprob)


def test_an_endpoint_ends_with_its_client(server, monkeypatch):
    """The last one that needs it."""
    monkeypatch.setenv("SAMPLERS_BASE_URL", server.base_url)
    monkeypatch.setenv("SAMPLERS_API_KEY", key_of(server))
    connect()
    server.close()
    with pytest.raises(ConnectionFailed, match="SAMPLERS_BASE_URL"):
        connect()


def test_importing_the_client_is_light():
    heavy = (
        "jiter",
        "jsonschema",
        "pydantic",
        "samplers.local",
        "samplers.lab",
        "xllamacpp",
        "matplotlib",
        "scipy",
        "openai",
        "tqdm",
        "tenacity",
        "asyncio",
        "starlette",
    )
    code = f"import sys, samplers.api; print([m for m in {heavy} if m in sys.modules])"
    assert run_python(code).stdout == "[]\n"
