"""DeepSeek's door, asked by OpenAI's SDK, as DeepSeek's guide has it, validating strictly."""

import json

import openai
import pytest
from chat_door import ANSWER, FRANCE, PARIS, WEATHER

OFF = {"extra_body": {"thinking": {"type": "disabled"}}}
LOW = {"reasoning_effort": "low", "max_tokens": 40}
CALL = {"id": "call_a", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
RESULT = {"role": "tool", "tool_call_id": "call_a", "content": "rain"}
CALLED = {"role": "assistant", "content": "", "tool_calls": [CALL]}
PASSED_BACK = "The `reasoning_content` in the thinking mode must be passed back to the API."


def sdk(endpoint, path="/deepseek", key=None) -> openai.OpenAI:
    root = endpoint.base_url.removesuffix("/v1")
    options = {"max_retries": 0, "timeout": 120, "_strict_response_validation": True}
    return openai.OpenAI(base_url=root + path, api_key=key or endpoint.key, **options)


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


def refused(create, *args, **fields) -> dict:
    """The error of a request that is a 400."""
    with pytest.raises(openai.BadRequestError) as caught:
        create(*args, **fields)
    error = caught.value.body
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["type"], error["param"]) == ("invalid_request_error", None)
    assert error["code"] == "invalid_request_error"
    return error["message"]


def test_it_thinks_by_default(create, endpoint):
    answer = create(**LOW)
    (choice,) = answer.choices
    assert answer.model == endpoint.model
    assert choice.message.reasoning_content
    assert choice.message.reasoning_content not in choice.message.content
    usage = answer.usage
    assert 0 < usage.completion_tokens_details.reasoning_tokens <= 32
    assert usage.completion_tokens_details.reasoning_tokens < usage.completion_tokens <= 40
    assert usage.prompt_tokens_details.cached_tokens == usage.prompt_cache_hit_tokens


def test_without_thinking(create_full, full, full_reasoning):
    answers = [
        create_full(model=model, temperature=0, **OFF)
        for model in (full.model, full_reasoning.model)
    ]
    for answer in answers:
        assert answer.choices[0].message.content == ANSWER
        assert answer.choices[0].finish_reason == "stop"
        assert set(answer.choices[0].message.model_dump(exclude_unset=True)) == {"role", "content"}
        assert answer.usage.completion_tokens_details.reasoning_tokens == 0
    usage = answers[1].usage
    assert usage.prompt_cache_hit_tokens > 0  # the engine had just read it
    assert usage.prompt_cache_hit_tokens + usage.prompt_cache_miss_tokens == usage.prompt_tokens


def test_the_thoughts_are_streamed_before_the_text(create):
    chunks = list(create(**LOW, stream=True, stream_options={"include_usage": True}))
    *chunks, last = chunks
    deltas = [chunk.choices[0].delta for chunk in chunks]
    thoughts = [getattr(delta, "reasoning_content", None) for delta in deltas]
    assert (deltas[0].role, deltas[0].content, thoughts[0]) == ("assistant", None, "")
    pieces = [text for text in thoughts if text]
    count = last.usage.completion_tokens_details.reasoning_tokens
    assert len(pieces) in (count, count - 1)  # one a token; the one that ends them has no text

    first_text = next(i for i, delta in enumerate(deltas) if delta.content)
    assert not any(thoughts[first_text:])
    assert chunks[-1].choices[0].finish_reason in ("stop", "length")
    assert last.choices == []


def test_a_stream_without_thinking_is_the_whole_answer(create_full):
    chunks = create_full(stream=True, temperature=0, **OFF)
    choices = [chunk.choices[0] for chunk in chunks]
    assert "".join(choice.delta.content or "" for choice in choices) == ANSWER
    assert choices[-1].finish_reason == "stop"


def test_its_parameters(create_full):
    fields = {"temperature": 0, "logprobs": True, "top_logprobs": 2, **OFF}
    choice = create_full(stop=[*"QXYZ", " Paris"], **fields).choices[0]  # up to 16
    assert choice.message.content == ANSWER.removesuffix(" Paris.")
    assert len(choice.logprobs.content[0].top_logprobs) == 2
    assert create_full(max_tokens=2, **fields).choices[0].finish_reason == "length"
    json_mode = {"response_format": {"type": "json_object"}, "max_tokens": 60}
    asked = [{"role": "user", "content": "Describe Paris as JSON."}]
    for thinking in (OFF, {"reasoning_effort": "low"}):
        choice = create_full(asked, **json_mode, **thinking).choices[0]
        assert choice.message.content.lstrip().startswith("{") or choice.finish_reason == "length"
        if choice.finish_reason == "stop":
            assert isinstance(json.loads(choice.message.content), dict)


def test_tools_both_ways(create_full):
    message = create_full(PARIS, tools=[WEATHER], tool_choice="required", **OFF).choices[0].message
    (call,) = message.tool_calls[:1]
    assert json.loads(call.function.arguments)["city"] in ("Paris", "Rome")
    assert (message.content, call.index) == (None, 0)

    results = [
        {"role": "tool", "tool_call_id": each.id, "content": "Sunny, 21 degrees."}
        for each in message.tool_calls
    ]
    answer = create_full([*PARIS, message, *results], tools=[WEATHER], max_tokens=20, **OFF)
    assert answer.choices[0].finish_reason in ("stop", "length", "tool_calls")
    chunks = list(create_full(PARIS, tools=[WEATHER], tool_choice="required", stream=True, **OFF))
    arguments = [
        call.function.arguments or ""
        for chunk in chunks
        for call in chunk.choices[0].delta.tool_calls or ()
        if call.index == 0
    ]
    assert json.loads("".join(arguments))["city"] in ("Paris", "Rome")
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


def test_it_thinks_with_tools(create):
    fields = {"tools": [WEATHER], "tool_choice": "auto", "reasoning_effort": "low"}
    message = create(PARIS, max_tokens=40, **fields).choices[0].message
    assert message.reasoning_content
    assert message.content or message.tool_calls
    chunks = list(create(PARIS, max_tokens=34, stream=True, **fields))
    assert chunks[0].choices[0].delta.role == "assistant"
    assert not any(chunk.choices[0].delta.role for chunk in chunks[1:])


@pytest.mark.parametrize(
    "choice", ["required", {"type": "function", "function": {"name": "weather"}}]
)
def test_a_forced_call_while_thinking(create, choice):
    message = refused(create, PARIS, tools=[WEATHER], tool_choice=choice)
    assert message == "Thinking mode does not support this tool_choice"


def test_dg1_thoughts_after_a_call_must_be_passed_back(create):
    """DG1: the rule since 2026-04, and of DeepSeek's guide of autumn 2026."""
    fields = {"tools": [WEATHER], "reasoning_effort": "low", "max_tokens": 33}
    assert refused(create, [*PARIS, CALLED, RESULT], **fields) == PASSED_BACK
    later = [*PARIS, CALLED, RESULT, {"role": "assistant", "content": "Rain."}, *FRANCE]
    assert refused(create, later, **fields) == PASSED_BACK
    with_thoughts = [*PARIS, CALLED | {"reasoning_content": "r"}, RESULT]
    assert create(with_thoughts, **fields).choices[0].message.reasoning_content
    assert create([*PARIS, CALLED, RESULT], tools=[WEATHER], max_tokens=3, **OFF).choices


def test_dg1_thoughts_of_plain_turns_are_left_out(create):
    """DG1: with or without them it is the same request, and they are never seen."""
    turn = {"role": "assistant", "content": "It is Paris."}
    asked = {"role": "user", "content": "And of Italy?"}
    fields = {"temperature": 0, "max_tokens": 12, **OFF}
    plain = create([*FRANCE, turn, asked], **fields)
    kept = create([*FRANCE, turn | {"reasoning_content": "xyzzy " * 9}, asked], **fields)
    assert kept.usage.prompt_tokens == plain.usage.prompt_tokens
    assert kept.choices[0].message.content == plain.choices[0].message.content


def test_what_it_ignores_is_named(endpoint):
    """As DeepSeek ignores it; the header is ours."""
    with sdk(endpoint) as client:
        raw = client.chat.completions.with_raw_response.create(
            model=endpoint.model, messages=FRANCE, n=3, user="u", max_tokens=2, **OFF
        )
    assert len(raw.parse().choices) == 1
    assert sorted(json.loads(raw.headers["x-samplers-ignored"])) == ["n", "user"]


def test_a_seed_of_ours_gives_the_reasoning_profiles_thoughts(endpoint, reasoning):
    """Whatever the temperature, which has no effect while thinking."""
    fields = {"model": endpoint.model, "messages": FRANCE, "seed": 5, "max_tokens": 38}
    with sdk(endpoint) as client:
        cold, hot = [
            client.chat.completions.create(temperature=t, reasoning_effort="low", **fields)
            for t in (0, 2)
        ]
    assert hot.choices[0].message == cold.choices[0].message
    assert cold.choices[0].message.reasoning_content
    hidden = reasoning.chat(seed=5, reasoning_effort="low", max_completion_tokens=38)
    assert cold.choices[0].message.content == hidden["choices"][0]["message"]["content"]
    counts = hidden["usage"]["completion_tokens_details"]
    assert cold.usage.completion_tokens_details.reasoning_tokens == counts["reasoning_tokens"]


def test_the_older_path_and_the_models(full, full_reasoning):
    with sdk(full, "/deepseek/v1") as client:
        assert [each.id for each in client.models.list()] == [full.model, full_reasoning.model]
        fields = {"model": full.model, "messages": FRANCE, "temperature": 0, **OFF}
        assert client.chat.completions.create(**fields).choices[0].message.content == ANSWER


def test_a_wrong_key(endpoint):
    with sdk(endpoint, key="wrong") as client, pytest.raises(openai.AuthenticationError) as caught:
        client.models.list()
    error = caught.value.body
    assert error["message"].startswith("Authentication Fails")
    assert (error["type"], error["code"]) == ("authentication_error", "invalid_request_error")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("403", openai.PermissionDeniedError),
        ("429", openai.RateLimitError),
        ("insufficient_quota", openai.RateLimitError),
        ("500", openai.InternalServerError),
        ("503", openai.InternalServerError),
    ],
)
def test_each_class_of_error(create, fault, error):
    with pytest.raises(error) as caught:
        create(extra_headers={"x-samplers-fault": fault})
    assert set(caught.value.body) == {"message", "type", "param", "code"}
    assert caught.value.body["param"] is None


def test_an_error_in_a_stream(create):
    with pytest.raises(openai.APIError, match="server had an error"):
        list(create(stream=True, extra_headers={"x-samplers-fault": "error_data"}, **OFF))
