"""OpenAI's own SDK, validating every answer strictly, must never notice that this is not OpenAI."""

import openai
import pytest

FRANCE = [{"role": "user", "content": "What is the capital of France?"}]


@pytest.fixture(scope="module")
def client(endpoint):
    options = {"max_retries": 0, "timeout": 120, "_strict_response_validation": True}
    with openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.key, **options) as client:
        yield client


def test_models(client, endpoint):
    listed = client.models.list()
    assert [model.id for model in listed] == [endpoint.model] == ["smollm2-135m-instruct"]
    assert client.models.retrieve(endpoint.model).owned_by == "samplers"


def test_chat(client, endpoint):
    answer = client.chat.completions.create(model=endpoint.model, messages=FRANCE, temperature=0)
    assert answer.id.startswith("chatcmpl-")
    assert answer.model == endpoint.model
    assert answer.system_fingerprint.startswith("fp_")
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content == "The capital of France is Paris."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.choices[0].logprobs is None
    assert answer.usage.prompt_tokens + answer.usage.completion_tokens == answer.usage.total_tokens
    assert answer.usage.completion_tokens == 8  # 7 of text and the one that ends the turn
    assert answer._request_id.startswith("req_")


def test_stream(client, endpoint):
    options = {"temperature": 0, "stream_options": {"include_usage": True}}
    stream = client.chat.completions.create(
        model=endpoint.model, messages=FRANCE, stream=True, **options
    )
    chunks = list(stream)
    assert chunks[0].choices[0].delta.role == "assistant"
    assert (
        "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1])
        == "The capital of France is Paris."
    )
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * (
        len(chunks) - 2
    ) + ["stop"]
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens == 8
    assert len({(chunk.id, chunk.created) for chunk in chunks}) == 1


def test_stream_helper(client, endpoint):
    with client.chat.completions.stream(
        model=endpoint.model, messages=FRANCE, temperature=0
    ) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.content == "The capital of France is Paris."


def test_logprobs(client, endpoint):
    options = {"logprobs": True, "top_logprobs": 3, "temperature": 0, "max_tokens": 4}
    answer = client.chat.completions.create(model=endpoint.model, messages=FRANCE, **options)
    told = answer.choices[0].logprobs
    assert told.refusal is None
    assert (
        b"".join(bytes(token.bytes) for token in told.content).decode()
        == answer.choices[0].message.content
    )
    for token in told.content:
        logprobs = [item.logprob for item in token.top_logprobs]
        assert logprobs == sorted(logprobs, reverse=True)
        assert (token.token, token.logprob) == (token.top_logprobs[0].token, logprobs[0])  # greedy


def test_128_choices(client, endpoint):
    options = {"n": 128, "max_tokens": 1, "seed": 7}
    answer = client.chat.completions.create(model=endpoint.model, messages=FRANCE, **options)
    assert [choice.index for choice in answer.choices] == list(range(128))
    assert answer.usage.completion_tokens == 128
    assert len({choice.message.content for choice in answer.choices}) > 10  # they differ
    alone = client.chat.completions.create(
        model=endpoint.model, messages=FRANCE, max_tokens=1, seed=7 + 100
    )
    assert alone.choices[0].message.content == answer.choices[100].message.content


@pytest.mark.parametrize(
    ("error", "status", "code", "param", "change"),
    [
        (openai.NotFoundError, 404, "model_not_found", None, {"model": "gpt-4o"}),
        (
            openai.BadRequestError,
            400,
            "decimal_above_max_value",
            "temperature",
            {"temperature": 2.1},
        ),
        (
            openai.BadRequestError,
            400,
            "context_length_exceeded",
            "messages",
            {"max_tokens": 100_000},
        ),
        (
            openai.BadRequestError,
            400,
            "unsupported_parameter",
            "reasoning_effort",
            {"reasoning_effort": "low"},
        ),
    ],
)
def test_errors(client, endpoint, error, status, code, param, change):
    with pytest.raises(error) as caught:
        client.chat.completions.create(**{"model": endpoint.model, "messages": FRANCE} | change)
    assert (caught.value.status_code, caught.value.code, caught.value.param) == (
        status,
        code,
        param,
    )


def test_a_wrong_key(endpoint):
    with (
        openai.OpenAI(base_url=endpoint.base_url, api_key="wrong", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        client.models.list()
    assert caught.value.code == "invalid_api_key"
    assert "wrong" not in str(caught.value)
