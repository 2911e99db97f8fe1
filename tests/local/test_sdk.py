"""OpenAI's own SDK, validating every answer strictly, must never notice that this is not OpenAI."""

import openai
import pytest

FRANCE = [{"role": "user", "content": "What is the capital of France?"}]
ANSWER = "The capital of France is Paris."


def sdk(endpoint) -> openai.OpenAI:
    options = {"max_retries": 0, "timeout": 120, "_strict_response_validation": True}
    return openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.key, **options)


@pytest.fixture(scope="module")
def client(endpoint):
    with sdk(endpoint) as client:
        yield client


def test_models(client, endpoint, reasoning):
    models = list(client.models.list())
    assert [model.id for model in models] == [endpoint.model, reasoning.model]
    assert endpoint.model == "smollm2-135m-instruct"
    assert [client.models.retrieve(model.id) for model in models] == models
    assert [model.owned_by for model in models] == ["samplers", "samplers-simulation"]
    assert [model.shutdown_date for model in models] == [None, "2027-12-31"]


def test_chat(client, endpoint):
    answer = client.chat.completions.create(model=endpoint.model, messages=FRANCE, temperature=0)
    assert answer.id.startswith("chatcmpl-")
    assert answer.model == endpoint.model
    assert answer.system_fingerprint.startswith("fp_")
    assert answer._request_id.startswith("req_")

    (choice,) = answer.choices
    assert choice.message.role == "assistant"
    assert choice.message.content == ANSWER
    assert choice.finish_reason == "stop"
    assert choice.logprobs is None

    usage = answer.usage
    assert usage.prompt_tokens + usage.completion_tokens == usage.total_tokens
    assert usage.completion_tokens == 8  # 7 of text and the one that ends the turn
    assert 0 <= usage.samplers_cached_tokens < usage.prompt_tokens  # an extension


def test_stream(client, endpoint):
    options = {"temperature": 0, "stream_options": {"include_usage": True}}
    *chunks, last = client.chat.completions.create(
        model=endpoint.model, messages=FRANCE, stream=True, **options
    )
    choices = [chunk.choices[0] for chunk in chunks]
    assert choices[0].delta.role == "assistant"
    assert "".join(choice.delta.content or "" for choice in choices) == ANSWER
    reasons = [choice.finish_reason for choice in choices]
    assert reasons == [None] * (len(chunks) - 1) + ["stop"]

    assert last.choices == []
    assert last.usage.completion_tokens == 8
    assert 0 <= last.usage.samplers_cached_tokens < last.usage.prompt_tokens
    assert len({(chunk.id, chunk.created) for chunk in [*chunks, last]}) == 1


def test_stream_helper(client, endpoint):
    with client.chat.completions.stream(
        model=endpoint.model, messages=FRANCE, temperature=0
    ) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.content == ANSWER


def test_a_reasoning_model(client, reasoning):
    options = {"model": reasoning.model, "messages": FRANCE, "reasoning_effort": "low", "seed": 1}
    options["max_completion_tokens"] = 45
    answer = client.chat.completions.create(**options)
    assert answer.model == reasoning.model
    tokens = answer.usage.completion_tokens_details.reasoning_tokens
    assert 0 < tokens < answer.usage.completion_tokens

    chunks = client.chat.completions.create(**options, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == answer.choices[0].message.content

    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**options, temperature=0.7)
    assert (caught.value.code, caught.value.param) == ("unsupported_value", "temperature")


def test_logprobs(client, endpoint):
    options = {"logprobs": True, "top_logprobs": 3, "temperature": 0, "max_tokens": 4}
    answer = client.chat.completions.create(model=endpoint.model, messages=FRANCE, **options)
    (choice,) = answer.choices
    assert choice.logprobs.refusal is None
    entries = choice.logprobs.content
    assert b"".join(bytes(entry.bytes) for entry in entries).decode() == choice.message.content
    for entry in entries:
        logprobs = [item.logprob for item in entry.top_logprobs]
        assert logprobs == sorted(logprobs, reverse=True)
        assert (entry.token, entry.logprob) == (entry.top_logprobs[0].token, logprobs[0])  # greedy


def test_128_choices(shallow):
    options = {"model": shallow.model, "messages": FRANCE, "max_tokens": 1, "temperature": 2}
    with sdk(shallow) as client:
        answer = client.chat.completions.create(n=128, seed=7, **options)
        alone = client.chat.completions.create(seed=7 + 100, **options)
    assert [choice.index for choice in answer.choices] == list(range(128))
    assert answer.usage.completion_tokens == 128
    assert len({choice.message.content for choice in answer.choices}) > 10  # they differ
    assert alone.choices[0].message.content == answer.choices[100].message.content


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"temperature": 2.1}, "decimal_above_max_value", "temperature"),
        ({"max_tokens": 100_000}, "context_length_exceeded", "messages"),
        ({"reasoning_effort": "low"}, "unsupported_parameter", "reasoning_effort"),
    ],
)
def test_bad_requests(client, endpoint, fields, code, param):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=endpoint.model, messages=FRANCE, **fields)
    error = caught.value
    assert (error.status_code, error.code, error.param) == (400, code, param)


def test_an_unknown_model(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="gpt-4o", messages=FRANCE)
    error = caught.value
    assert (error.status_code, error.code, error.param) == (404, "model_not_found", None)


def test_a_wrong_key(endpoint):
    with (
        openai.OpenAI(base_url=endpoint.base_url, api_key="wrong", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        client.models.list()
    assert caught.value.code == "invalid_api_key"
    assert "wrong" not in str(caught.value)
