"""GLM's door, asked by zai-sdk, which sends the key itself unless it is told not to."""

import json

import pytest
import zai
from chat_door import ANSWER, FRANCE, PARIS, WEATHER
from zai.core import _errors as errors
from zai.types.chat.chat_completion import Completion

OFF = {"thinking": {"type": "disabled"}}
LOW = {"reasoning_effort": "low", "max_tokens": 36, "seed": 5}


def sdk(endpoint, key=None, **options) -> zai.ZaiClient:
    root = endpoint.base_url.removesuffix("/v1")
    options = {"max_retries": 0, "timeout": 120, **options}
    return zai.ZaiClient(base_url=f"{root}/api/paas/v4", api_key=key or endpoint.key, **options)


def creating(endpoint):
    """`chat.completions.create` for the plain model."""
    with sdk(endpoint) as client:
        yield lambda messages=FRANCE, **fields: client.chat.completions.create(
            **{"model": endpoint.model, "messages": messages} | fields
        )


@pytest.fixture(scope="module")
def create(endpoint):
    yield from creating(endpoint)


@pytest.fixture(scope="module")
def create_full(full):
    """The same for the whole model, whose answers end by themselves."""
    yield from creating(full)


def whole(answer) -> Completion:
    """An answer, validated strictly by the SDK's own types."""
    return Completion.model_validate(answer.model_dump(exclude_unset=True), strict=True)


def refused(create, *args, **fields) -> dict:
    """The error of a request that is a 400."""
    with pytest.raises(errors.APIRequestFailedError) as caught:
        create(*args, **fields)
    body = caught.value.response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    return body["error"]


def test_it_thinks_by_default(create, endpoint):
    answer = whole(create(**LOW))
    (choice,) = answer.choices
    assert answer.model == endpoint.model
    assert choice.message.reasoning_content
    assert choice.message.reasoning_content not in choice.message.content
    assert 0 < answer.usage.completion_tokens_details.reasoning_tokens <= 32
    assert (answer.usage.completion_tokens, choice.finish_reason) == (36, "length")
    assert create(**LOW).choices[0].message == create(**LOW).choices[0].message


@pytest.mark.parametrize("greedy", [{"temperature": 0}, {"do_sample": False, "temperature": 1.0}])
def test_greedy(create_full, greedy):
    """The SDK itself turns temperature 0 into do_sample false."""
    answer = whole(create_full(**greedy, **OFF, request_id="req-7", user_id="a-class"))
    assert answer.choices[0].message.content == ANSWER
    assert answer.choices[0].message.reasoning_content is None
    assert (answer.choices[0].finish_reason, answer.request_id) == ("stop", "req-7")
    assert answer.usage.completion_tokens_details.reasoning_tokens == 0


def test_a_stream_ends_with_the_usage(create):
    chunks = list(create(**LOW, stream=True))
    deltas = [chunk.choices[0].delta for chunk in chunks]
    message = create(**LOW).choices[0].message
    thoughts = "".join(delta.reasoning_content or "" for delta in deltas)
    text = "".join(delta.content or "" for delta in deltas)
    assert (thoughts, text) == (message.reasoning_content, message.content)
    count = chunks[-1].usage.completion_tokens_details.reasoning_tokens
    pieces = sum(bool(delta.reasoning_content) for delta in deltas)
    assert pieces in (count, count - 1)  # one a token; the one that ends them has no text
    assert deltas[0].role == "assistant"

    assert [chunk.choices[0].finish_reason for chunk in chunks[-2:]] == [None, "length"]
    assert [chunk.usage is None for chunk in chunks] == [True] * (len(chunks) - 1) + [False]


def test_a_stop_string_and_json(create_full):
    stopped = create_full(stop=[" Paris"], temperature=0, **OFF).choices[0]
    assert (stopped.message.content, stopped.finish_reason) == (ANSWER[:24], "stop")
    fields = {"response_format": {"type": "json_object"}, "temperature": 0, "max_tokens": 90}
    choice = create_full([{"role": "user", "content": "Describe Paris."}], **fields, **OFF).choices[
        0
    ]
    assert choice.message.content.lstrip().startswith("{")  # no need to say JSON


def calls_of(create, seed: int, **fields) -> list:
    """The deltas of calls of a stream with the first seed from this one on that calls."""
    for each in range(seed, seed + 9):
        deltas = [
            chunk.choices[0].delta
            for chunk in create(PARIS, tools=[WEATHER], seed=each, stream=True, **OFF, **fields)
        ]
        calls = [call for delta in deltas for call in delta.tool_calls or ()]
        if calls:
            return calls
    pytest.fail("the model never calls")


def test_tools_both_ways(create_full):
    pieces = calls_of(create_full, 0, tool_stream=True)
    at_once = calls_of(create_full, 0)
    joined = "".join(call.function.arguments for call in pieces if call.index == 0)
    assert len(pieces) > 3
    assert at_once[0].function.arguments == joined
    assert len(at_once) == len({call.index for call in pieces})
    call = at_once[0]
    assert json.loads(call.function.arguments)["city"] in ("Paris", "Rome")
    assert (call.function.name, call.type) == ("weather", "function")

    turn = {"role": "assistant", "content": None, "reasoning_content": "r"}
    turn["tool_calls"] = [each.model_dump(exclude_unset=True) for each in at_once]
    results = [{"role": "tool", "tool_call_id": each.id, "content": "Sunny."} for each in at_once]
    answer = whole(create_full([*PARIS, turn, *results], tools=[WEATHER], max_tokens=9, **OFF))
    assert answer.choices[0].message.role == "assistant"


def test_it_thinks_with_tools(create):
    fields = {"tools": [WEATHER], "tool_choice": "auto", "reasoning_effort": "low"}
    answer = whole(create(PARIS, max_tokens=40, seed=0, **fields))
    assert answer.choices[0].message.reasoning_content


@pytest.mark.parametrize(
    ("code", "place", "fields"),
    [
        ("1214", "tool_choice", {"tools": [WEATHER], "tool_choice": "required"}),
        ("1214", "tool_choice", {"tools": [WEATHER], "tool_choice": "none"}),
        ("1214", "temperature", {"extra_body": {"temperature": 1.01}}),
        ("1214", "temperature", {"extra_body": {"temperature": -0.1}}),
        ("1214", "top_p", {"extra_body": {"top_p": 1}}),
        ("1214", "top_p", {"extra_body": {"top_p": 0}}),
        ("1214", "stop", {"stop": ["a", "b"]}),
        ("1214", "user_id", {"user_id": "short"}),
        ("1214", "response_format.type", {"response_format": {"type": "json_schema"}}),
        ("1214", "thinking.type", {"thinking": {"type": "adaptive"}}),
        ("1214", "max_tokens", {"max_tokens": 0}),
        ("1214", "messages", {"messages": []}),
        ("1214", "messages", {"messages": [{"role": "system", "content": "Be brief."}]}),
        ("1214", "messages[0].role", {"messages": [{"role": "developer", "content": "x"}]}),
        ("1210", "logprobs", {"extra_body": {"logprobs": True}}),
        ("1210", "'n'", {"extra_body": {"n": 2}}),
        ("1210", "frequency_penalty", {"extra_body": {"frequency_penalty": 1}}),
        ("1210", "watermark_enabled", {"watermark_enabled": True}),
        ("1211", "Unknown Model", {"model": "glm-5.3"}),
        ("1261", "maximum context length", {"max_tokens": 99999}),
    ],
)
def test_what_it_refuses(create, code, place, fields):
    error = refused(create, **fields)
    assert error["code"] == code
    assert place in error["message"]


@pytest.mark.parametrize("field", ["model", "messages"])
def test_what_must_be_there(create, field):
    error = refused(create, **{field: None})
    assert (error["code"], field in error["message"]) == ("1213", True)


def test_keys(endpoint):
    """A token that the SDK signs with a key in two halves is no key of ours."""
    for options in ({"key": "wrong"}, {"key": "id." + 32 * "s", "disable_token_cache": False}):
        with sdk(endpoint, **options) as client, pytest.raises(errors.APIAuthenticationError) as e:
            client.chat.completions.create(model=endpoint.model, messages=FRANCE)
        assert e.value.response.json()["error"]["code"] == "1002"


def test_an_error_in_a_stream(endpoint):
    headers = {"x-samplers-fault": "error_data"}
    with sdk(endpoint) as client, pytest.raises(errors.APIResponseError):
        list(
            client.chat.completions.create(
                model=endpoint.model, messages=FRANCE, stream=True, extra_headers=headers, **OFF
            )
        )


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        ("429", errors.APIReachLimitError, "1302"),
        ("insufficient_quota", errors.APIReachLimitError, "1113"),
        ("500", errors.APIInternalError, "500"),
        ("503", errors.APIServerFlowExceedError, "1312"),
        ("403", errors.APIStatusError, "1220"),
    ],
)
def test_each_class_of_error(create, fault, error, code):
    with pytest.raises(error) as caught:
        create(extra_headers={"x-samplers-fault": fault})
    assert caught.value.response.json()["error"]["code"] == code


def test_what_a_content_filter_withholds_is_sensitive(create):
    answer = create(extra_headers={"x-samplers-fault": "content_filter"}, **OFF)
    assert whole(answer).choices[0].finish_reason == "sensitive"
