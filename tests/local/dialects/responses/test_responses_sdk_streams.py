"""Responses of the real model: OpenAI's SDK reads them strictly, whole, streamed and added up."""

import json
import math

import openai
import pytest
from responses_door import FORCED, WEATHER, text_of

GREEDY = {"temperature": 0, "max_output_tokens": 24}
LOGPROBS = {"include": ["message.output_text.logprobs"], "top_logprobs": 3}
CJK = "请把这句话再说一遍：你好，世界。谢谢你。"
CALLS = {"tools": [WEATHER], "tool_choice": FORCED}


def joined(events, kind: str = "response.output_text.delta") -> str:
    return "".join(event["delta"] for event in events if event["type"] == kind)


def test_a_text_comes_the_same_in_all_ways(full_responses, full):
    """Whole, streamed, by the SDK's helper, and as Chat gives it."""
    body = full_responses.body(**GREEDY)
    whole = full_responses.sdk.responses.create(**body)
    events = full_responses.events(**GREEDY)
    with full_responses.sdk.responses.stream(**body) as stream:
        streamed = list(stream)
        final = stream.get_final_response()
    assert whole.status == final.status == events[-1]["response"]["status"] == "completed"
    text = full.text(temperature=0, max_tokens=24)
    assert "Paris" in text
    assert whole.output_text == final.output_text == joined(events) == text
    assert text_of(events[-1]["response"]) == text
    assert streamed[-1].type == "response.completed"
    assert final.output[0].status == "completed"


def test_a_text_that_is_cut(full_responses, full):
    """At whatever token: one of these cuts is inside a character."""
    texts = []
    for limit in (16, 18):
        fields = {"input": CJK, "temperature": 0, "max_output_tokens": limit}
        events = full_responses.events(**fields)
        last = events[-1]
        assert last["type"] == "response.incomplete"
        assert last["response"]["incomplete_details"] == {"reason": "max_output_tokens"}
        assert last["response"]["usage"]["output_tokens"] == limit
        text = full.text([{"role": "user", "content": CJK}], temperature=0, max_tokens=limit)
        assert joined(events) == text_of(last["response"]) == text
        assert text_of(full_responses.response(**fields)) == text
        texts.append(text)
    assert any(text.endswith("\ufffd") for text in texts)


def test_logprobs_are_real(responses, endpoint):
    """Those of Chat; an event's have no bytes."""
    choice = endpoint.choice(temperature=0, max_tokens=24, logprobs=True, top_logprobs=3)
    expected = choice["logprobs"]["content"]
    whole = responses.sdk.responses.create(**responses.body(**GREEDY, **LOGPROBS))
    events = responses.events(**GREEDY, **LOGPROBS)
    part = events[-1]["response"]["output"][0]["content"][0]
    own = json.loads(whole.output[0].content[0].to_json())
    for shown in (part["logprobs"], own["logprobs"]):
        assert [entry["token"] for entry in shown] == [entry["token"] for entry in expected]
        assert [entry["bytes"] for entry in shown] == [entry["bytes"] for entry in expected]
        for entry, other in zip(shown, expected, strict=True):
            assert math.isclose(entry["logprob"], other["logprob"], abs_tol=1e-3)
            tops = [top["token"] for top in other["top_logprobs"]]
            assert [top["token"] for top in entry["top_logprobs"]] == tops

    deltas = [event for event in events if event["type"] == "response.output_text.delta"]
    (done,) = [event for event in events if event["type"] == "response.output_text.done"]
    listed = [entry for delta in deltas for entry in delta["logprobs"]]
    assert listed == done["logprobs"]
    assert [entry["token"] for entry in listed] == [entry["token"] for entry in expected]
    for delta in deltas:
        assert "".join(entry["token"] for entry in delta["logprobs"]) == delta["delta"]
    assert {tuple(entry) for entry in listed} == {("token", "logprob", "top_logprobs")}


def test_no_logprobs_where_none_are_asked_for(responses):
    """Each event has its list, and it is empty."""
    events = responses.events(**GREEDY, top_logprobs=3)
    with_list = [event for event in events if "logprobs" in event]
    assert len(with_list) > 2
    assert all(event["logprobs"] == [] for event in with_list)


def test_a_function_call(responses):
    whole = responses.sdk.responses.create(**responses.body(**GREEDY, **CALLS))
    (call,) = whole.output
    assert (call.type, call.name, call.status) == ("function_call", "weather", "completed")
    assert json.loads(call.arguments) == {"city": "Oslo"}
    assert call.id != call.call_id

    events = responses.events(**GREEDY, **CALLS)
    assert joined(events, "response.function_call_arguments.delta") == call.arguments
    (done,) = [event for event in events if event["type"].endswith("arguments.done")]
    assert done["arguments"] == call.arguments

    with responses.sdk.responses.stream(**responses.body(**GREEDY, **CALLS)) as stream:
        (final,) = stream.get_final_response().output
    assert (final.name, final.arguments) == ("weather", call.arguments)


def test_thoughts_and_an_answer(responses):
    body = {
        "model": responses.reasoning,
        "reasoning": {"effort": "low", "summary": "auto"},
        "max_output_tokens": 36,
        "store": False,
    }
    events = responses.events(**body)
    for response in (responses.response(**body), events[-1]["response"]):
        reasoning, message = response["output"]
        assert (reasoning["type"], message["type"]) == ("reasoning", "message")
        tokens = response["usage"]["output_tokens_details"]["reasoning_tokens"]
        assert 0 < tokens <= 32
        assert str(tokens) in reasoning["summary"][0]["text"]
        assert reasoning["encrypted_content"]
    names = [event["type"] for event in events]
    summary = names.index("response.reasoning_summary_text.done")
    assert summary < names.index("response.output_text.delta")


def test_thoughts_alone(responses):
    """With 16 tokens for 192 thoughts there is hardly ever one left."""
    body = {"model": responses.reasoning, "reasoning": {"effort": "high"}}
    for _ in range(5):
        response = responses.response(**body)
        usage = response["usage"]
        if usage["output_tokens_details"]["reasoning_tokens"] == usage["output_tokens"]:
            break
    (item,) = response["output"]
    assert (item["type"], item["status"]) == ("reasoning", "incomplete")
    assert (response["status"], usage["output_tokens"]) == ("incomplete", 16)


FAULT = "x-samplers-fault"


def faulty(responses, fault: str):
    return responses.sdk.responses.create(
        **responses.body(**GREEDY), stream=True, extra_headers={FAULT: fault}
    )


@pytest.mark.parametrize("fault", ["error_event", "error_data"])
def test_a_simulated_error_is_numbered(responses, fault):
    """RE1: of what fails after the headers."""
    *before, error = list(faulty(responses, fault))
    assert [event.sequence_number for event in [*before, error]] == list(range(len(before) + 1))
    assert before[-1].type != "response.completed"
    assert (error.type, error.code) == ("error", "internal_error")


def test_a_broken_event(responses):
    with pytest.raises(json.JSONDecodeError):
        list(faulty(responses, "broken_event"))


def test_a_cut_connection(responses):
    with pytest.raises(openai.APIConnectionError):
        list(faulty(responses, "cut"))


def test_a_simulated_filter(responses):
    *_, last = faulty(responses, "content_filter")
    assert last.type == "response.incomplete"
    assert last.response.incomplete_details.reason == "content_filter"
    assert last.response.output[0].status == "incomplete"
    assert last.response.output_text
