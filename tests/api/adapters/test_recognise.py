"""Which engine answers is found out by what it says of itself, and nothing that it says breaks."""

import importlib
import json

import httpx
import pytest
from fake_endpoint import completion, fake

from samplers.api import APIError, Client, connect
from samplers.api.abilities import UNKNOWN

OWNERS = {"samplers": "samplers", "vllm": "vllm", "llamacpp": "llama.cpp"}


def endpoint(models: httpx.Response, **others: httpx.Response):
    """A client of an endpoint with this answer to GET /models; `others` by a path's last part.

    Every other path is a 404.
    """
    paths = []

    def answer(request):
        path = request.url.path
        paths.append(path)
        if path.endswith("/models"):
            return models
        name = path.rpartition("/")[2]
        return others.get(name, httpx.Response(404, json={"error": {"message": "none"}}))

    client = fake(answer)
    client.paths = paths
    return client


def listed(**model):
    return httpx.Response(200, json={"object": "list", "data": [{"id": "m", **model}]})


@pytest.mark.parametrize("owner", OWNERS)
def test_an_engine_is_known_by_the_owner_of_its_models(owner):
    assert endpoint(listed(owned_by=owner)).abilities.engine == OWNERS[owner]


def test_transformers_serve_is_known_by_the_state_of_its_models():
    """Its list of 2026-11-29, version 5.24.0, with the model's path replaced."""
    model = {"owned_by": "local", "object": "model", "created": 0, "status": {"value": "loaded"}}
    known = endpoint(listed(**model)).abilities
    assert known.engine == "transformers"
    assert (known.top_logprobs, known.most_choices) == (0, 1)


@pytest.mark.parametrize(
    "models",
    [
        httpx.Response(404, json={"detail": "Not Found"}),
        httpx.Response(401, json={"error": {"message": "who?"}}),
        httpx.Response(500, text="oh"),
        httpx.Response(200, text="<html>a proxy</html>", headers={"content-type": "text/html"}),
        httpx.Response(200, json=[{"id": "m"}]),
        httpx.Response(200, json={"data": None}),
        httpx.Response(200, json={"data": [None, "m"]}),
        httpx.Response(200, json={"data": [{"id": "m", "owned_by": ["vllm"]}]}),
        httpx.Response(200, json={"data": [{"id": "m", "status": "loaded"}]}),
        listed(owned_by="openai"),
    ],
)
def test_what_cannot_be_recognised_is_unknown_and_still_answers(models):
    client = endpoint(models, completions=completion("hi"))
    assert client.abilities == UNKNOWN
    assert client.chat("x", n=2).text == "hi"


@pytest.mark.parametrize("status", [401, 404, 500])
@pytest.mark.parametrize("owner", ["vllm", "llamacpp"])
def test_an_engine_that_tells_no_more_is_still_known(owner, status):
    """A proxy may let /v1 through alone."""

    def answer(request):
        if request.url.path == "/v1/models":
            return listed(owned_by=owner)
        return httpx.Response(status, text="no")

    known = fake(answer).abilities
    assert (known.engine, known.version) == (OWNERS[owner], None)


def test_it_is_asked_once_and_again_only_where_waiting_may_help():
    client = endpoint(listed(owned_by="openai"))
    assert client.abilities is client.abilities
    assert client.paths == ["/v1/models"]

    busy = endpoint(httpx.Response(503))
    assert busy.abilities == busy.abilities == UNKNOWN
    assert busy.paths == ["/v1/models"] * 2 * 3  # each time with two retries


def test_nothing_is_asked_at_openai():
    def never(request):
        raise AssertionError(request.url)

    client = fake(never, base_url="https://api.openai.com/v1")
    known = client.abilities
    assert (known.engine, known.tokenizes) == ("openai", False)
    assert (known.top_logprobs, known.most_choices) == (5, 8)  # measured: facts of 2026-11-28


def test_at_openai_what_is_not_known_is_the_lowest_that_was_measured(monkeypatch, tmp_path):
    own = tmp_path / "own.json"
    own.write_text('{"models": {"gpt-7": {"provider": "a reseller"}}}')
    monkeypatch.setenv("SAMPLERS_MODEL_TABLE", str(own))
    for model in ("gpt-7", "gpt-8"):
        known = fake(completion(), model, "https://api.openai.com/v1").abilities
        assert (known.top_logprobs, known.most_choices) == (5, 8)


@pytest.mark.parametrize("engine", ["vllm", "llamacpp"])
def test_the_servers_paths_stand_beside_v1_behind_a_prefix_and_get_the_key(engine):
    asked = {}

    def answer(request):
        asked[request.url.path] = request.headers.get("authorization")
        if request.url.path == "/llm/v1/models":
            return listed(owned_by=engine)
        return httpx.Response(404)

    fake(answer, base_url="http://host.test/llm/v1", key="my-secret-key").abilities  # noqa: B018
    root = {"vllm": "/llm/version", "llamacpp": "/llm/props"}[engine]
    assert asked[root] == "Bearer my-secret-key"
    assert set(asked.values()) == {"Bearer my-secret-key"}


def test_all_hidden_calls_have_one_deadline():
    deadlines = []

    def answer(request):
        deadlines.append(request.extensions["timeout"]["read"])
        if request.url.path == "/v1/models":
            return listed(owned_by="vllm")
        return httpx.Response(404)

    with pytest.raises(Exception, match="HTTP 404"):
        fake(answer).next_token("x", timeout=9)
    assert len(deadlines) > 4
    assert all(deadline is deadlines[0] for deadline in deadlines)
    assert deadlines[0] == 9


@pytest.mark.parametrize("tokens", [None, [], [5], {"id": 5}])
def test_a_llama_cpp_whose_tokens_cannot_be_had_is_asked_by_chat(tokens):
    """A proxy that lets /v1 through alone; an old server that gives ids without their pieces."""
    place = {"token": "a", "bytes": None, "logprob": -0.5}
    asked = completion(logprobs={"content": [place | {"top_logprobs": [place]}]})
    others = {} if tokens is None else {"tokenize": httpx.Response(200, json={"tokens": tokens})}
    client = endpoint(listed(owned_by="llamacpp"), completions=asked, **others)
    assert client.abilities.tokenizes is False
    assert client.next_token("x").tokens == ("a",)
    for call in (lambda: client.tokenize("x"), lambda: client.next_token("x", after=[1])):
        with pytest.raises(APIError) as caught:
            call()
        assert caught.value.code == "unsupported"


def llama_cpp(place) -> Client:
    """A client of llama.cpp's server that says this of the next token."""
    answers = {
        "tokenize": {"tokens": [{"id": 0, "piece": "a"}]},
        "apply-template": {"prompt": "x"},
        "completion": {"completion_probabilities": [place]},
    }
    others = {name: httpx.Response(200, json=answer) for name, answer in answers.items()}
    return endpoint(listed(owned_by="llamacpp"), **others)


@pytest.mark.parametrize("top", [2, "all"])
@pytest.mark.parametrize(
    "place",
    [5, {"probs": []}, {"top_logprobs": None}, {"top_logprobs": []}, {"top_logprobs": [{"id": 0}]}],
)
def test_a_llama_cpp_without_logprobs_is_an_error_of_the_endpoint(place, top):
    with pytest.raises(APIError, match="cannot be read"):
        llama_cpp(place).next_token("x", top=top)


def test_a_llama_cpp_that_lists_half_its_vocabulary():
    entries = [{"id": i, "token": "a", "bytes": [97], "logprob": -0.5} for i in (0, 2)]
    with pytest.raises(APIError, match="its 2 tokens are not those of a whole vocabulary"):
        llama_cpp({"top_logprobs": entries}).next_token("x", top="all")


@pytest.mark.parametrize(("slots", "asked"), [(0, 3), (None, 3), ("2", 2), (2, 2)])
def test_llama_cpps_slots(slots, asked):
    bodies = []

    def answer(request):
        if request.url.path == "/v1/models":
            return listed(owned_by="llamacpp")
        if request.url.path == "/props":
            return httpx.Response(200, json={"total_slots": slots})
        if request.url.path != "/v1/chat/completions":
            return httpx.Response(404)
        bodies.append(json.loads(request.content)["n"])
        return completion()

    fake(answer).chat("x", n=3)
    assert bodies[0] == asked


def test_the_profile_of_any_weights_takes_its_own_n():
    """With SAMPLERS_MODEL=….gguf our endpoint lists other names."""
    models = [{"id": name, "owned_by": "samplers"} for name in ("tiny", "tiny-reasoning")]
    asked = []

    def answer(request):
        if request.url.path.endswith("/models"):
            return httpx.Response(200, json={"data": models})
        asked.append(json.loads(request.content).get("n"))
        return completion()

    fake(answer, "tiny").chat("x", n=9)
    fake(answer, "tiny-reasoning").chat("x", n=9)
    assert asked == [9, 8, 1]


def test_connect_says_what_it_found(monkeypatch, capsys):
    monkeypatch.delenv("SAMPLERS_API_KEY", raising=False)
    pieces = httpx.Response(200, json={"tokens": [{"id": 1, "piece": "a"}]})
    clients = {
        "http://llama.test/v1": endpoint(listed(owned_by="llamacpp"), tokenize=pieces),
        "http://proxy.test/v1": endpoint(listed(owned_by="llamacpp")),
        "http://other.test/v1": endpoint(listed(owned_by="me")),
    }

    def made(base_url, *_, **__):
        return clients[base_url]

    module = importlib.import_module("samplers.api.connect")  # the package's `connect` hides it
    monkeypatch.setattr(module, "Client", made)
    for address in clients:
        connect(address)
    assert all(isinstance(client, Client) for client in clients.values())
    assert capsys.readouterr().out.splitlines() == [
        "samplers: llama.cpp at http://127.0.0.1:9/v1, model m: "
        "all logprobs, raw; tokens by /tokenize",
        "samplers: llama.cpp at http://127.0.0.1:9/v1, model m: 20 logprobs, raw; no tokenizer",
        "samplers: endpoint http://127.0.0.1:9/v1, model m: "
        "an engine that is not known, asked as OpenAI's API is",
    ]
