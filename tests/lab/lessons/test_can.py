import json

import httpx
import pytest
from exact_endpoint import ExactEndpoint
from fake_endpoint import completion, fake

from samplers.api import Budget, NotFoundError, submit_batch
from samplers.lab import can
from samplers.lab.lessons.can import NEEDS

CALL = {"id": "1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
CALLED = {"message": {"role": "assistant", "content": None, "tool_calls": [CALL]}}


def endpoint(model: dict, answer=completion, **options):
    """A client of a fake engine that lists `model`; `answer(body)` is what it says in a chat."""
    asked = []

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/models"):
            return httpx.Response(200, json={"data": [{"id": "m", **model}]})
        if request.url.path.endswith("/chat/completions"):
            asked.append(json.loads(request.content))
            return answer()
        return httpx.Response(404, json={"error": {"message": "no such path"}})

    return fake(handle, **options), asked


def transformers(answer=completion):
    return endpoint({"status": {"value": "loaded"}}, answer)


def test_our_endpoint_can_do_everything(client, capsys):
    of_logits = {"raw logits", "score text"}  # not where its library does not give them
    assert can(client, *(set(NEEDS) - of_logits - {"vLLM's parameters"}))
    if client.abilities.slow_logprobs is None:
        assert can(client, *of_logits)
    assert capsys.readouterr().out == ""
    assert not can(client, "vLLM's parameters")  # unless it is started with them
    assert "no top_k and no min_p" in capsys.readouterr().out


def test_our_endpoint_says_why_it_gives_no_logits_and_is_asked_again(capsys):
    """As in the half minute in which it tries the exact way for the first time."""
    endpoint = ExactEndpoint()
    endpoint.header = "json; the exact way is still being tried"
    client = fake(endpoint)
    assert not can(client, "score text")
    assert capsys.readouterr().out == (
        "Skipped here: this endpoint does not say how probable a given text is "
        "(the exact way is still being tried).\n"
    )
    endpoint.header = "exact"
    assert can(client, "score text", "raw logits")


def test_what_it_cannot_do_is_said_in_one_line(capsys):
    client, _ = transformers()
    assert not can(client, "several at once")
    assert capsys.readouterr().out == "Skipped here: this endpoint writes one answer at a time.\n"
    assert not can(client, "stop", "all logprobs", "tokenize")
    assert capsys.readouterr().out == (
        "Skipped here: this endpoint does not show the probabilities of all tokens.\n"
    )


def test_an_engine_that_is_not_known_has_20_logprobs_and_no_tokenizer(capsys):
    client, _ = endpoint({})
    assert can(client, "logprobs", "temperature", "stop", "several at once")
    assert not can(client, "tokenize")
    assert not can(client, "begin the answer")
    assert not can(client, "all logprobs")
    assert not can(client, "moderations")
    assert not can(client, "batch")
    assert capsys.readouterr().out.count("Skipped here: ") == 5


def test_todays_model_at_openai_takes_neither_stop_nor_logit_bias_and_nothing_is_asked():
    def never(request):
        raise AssertionError(request.url)

    openai = "https://api.openai.com/v1"
    client = fake(never, "gpt-6-luna", openai, "key", budget=Budget(1))
    assert can(client, "logprobs", "temperature", "function calls", "schemas", "moderations")
    assert can(client, "batch")
    for name in ("stop", "logit_bias", "tokenize", "begin the answer", "all logprobs"):
        assert not can(client, name), name


@pytest.mark.parametrize(
    ("answer", "called"),
    [
        (lambda: completion(**CALLED), True),
        (completion, False),
        (lambda: httpx.Response(400, json={"error": {"message": "no parser"}}), False),
    ],
    ids=["a call", "a text", "an error"],
)
def test_function_calls_are_tried_once(answer, called):
    client, asked = endpoint({"owned_by": "someone"}, answer)
    assert can(client, "function calls") is called
    assert can(client, "function calls") is called
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("text", "keeps"), [('{"city":"Rome', True), ("Hello! How are you?", False)]
)
def test_a_server_that_ignores_a_schema_is_found_out_by_one_call(text, keeps):
    client, asked = endpoint({"owned_by": "someone"}, lambda: completion(text))
    assert can(client, "schemas") is keeps
    assert can(client, "schemas") is keeps
    assert [body["response_format"]["type"] for body in asked] == ["json_schema"]


def test_a_server_that_ignores_the_temperature_is_found_out():
    texts = iter(["Once", "Once", "Once", "Twice"])
    for draws in (False, True):
        client, _ = transformers(lambda: completion(next(texts)))
        assert can(client, "temperature") is draws


def test_what_is_installed_later_is_found():
    """`make senses` beside a running lesson: the cell needs no new kernel."""
    statuses = iter([501, 501, 200])

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/models"):
            return httpx.Response(200, json={"data": [{"id": "m", "owned_by": "someone"}]})
        headers = {"x-should-retry": "false"}
        return httpx.Response(next(statuses), headers=headers, json={"text": "", "duration": 0.2})

    client = fake(handle)
    assert [can(client, "transcription") for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize("needs", [(), ("telepathy",)])
def test_a_need_that_is_not_known_is_an_error(needs):
    with pytest.raises(ValueError, match="needs must be some of tokenize, "):
        can(None, *needs)


def test_llama_cpps_server_shows_all_but_calls_no_function(bare, capsys):
    assert can(
        bare, "tokenize", "begin the answer", "all logprobs", "stop", "logit_bias", "schemas"
    )
    assert not can(bare, "function calls")
    assert capsys.readouterr().out.startswith("Skipped here: ")
    assert not can(bare, "raw logits")
    assert not can(bare, "score text")
    assert not can(bare, "batch")
    assert capsys.readouterr().out == (
        "Skipped here: this endpoint does not show the model's raw logits.\n"
        "Skipped here: this endpoint does not say how probable a given text is.\n"
        "Skipped here: this endpoint takes no batches.\n"
    )
    with pytest.raises(NotFoundError, match="this endpoint has no /v1/files"):
        submit_batch(bare, ["Hi"])


def test_pictures_and_sound_elsewhere(capsys):
    refused = httpx.Response(400, json={"error": {"message": "no images"}})
    client, asked = endpoint({}, lambda: refused)
    for name in ("images", "image text", "transcription", "realtime", "spoken realtime"):
        assert not can(client, name), name
    assert len(asked) == 1
    (part,) = [p for p in asked[0]["messages"][0]["content"] if p["type"] == "image_url"]
    assert part["image_url"]["url"].startswith("data:image/png;base64,")
    assert "Skipped here: pictures are not taken here" in capsys.readouterr().out

    client, _ = endpoint({})
    assert can(client, "images")
    assert not can(client, "image text")


@pytest.mark.parametrize(("model", "takes"), [("gpt-5.6-luna", True), ("gpt-6-luna", False)])
def test_a_paid_model_takes_pictures_where_they_can_be_priced(model, takes):
    client = fake(lambda request: 1 / 0, model, "https://api.openai.com/v1", "k", budget=Budget(1))
    assert can(client, "images") == takes
    assert not can(client, "transcription")


def test_responses_and_their_store_are_looked_up_or_tried(bare, capsys):
    assert can(bare, "responses")
    assert not can(bare, "stored responses")
    assert capsys.readouterr().out == "Skipped here: this endpoint keeps no responses.\n"

    client, asked = endpoint({"owned_by": "someone"})  # it has no such path
    assert not can(client, "responses")
    assert not can(client, "stored responses")
    assert asked == []
