"""client.respond on the real local endpoint: what it keeps, what it streams, what it counts."""

from typing import Literal

import pydantic
import pytest

from samplers.api import (
    BadRequestError,
    Client,
    FunctionCallItem,
    NotFoundError,
    Parsed,
    ReasoningItem,
    Truncated,
    accumulate,
    run_tools,
    tool,
)
from samplers.api.transport.deadline import Deadline

FRANCE = "What is the capital of France?"
GREEDY = {"temperature": 0, "max_output_tokens": 16}
ONE_CALL = {"tool_choice": "required", "parallel_tool_calls": False, "temperature": 0}
LOOP = ONE_CALL | {"max_tokens": 48, "max_rounds": 2}


class City(pydantic.BaseModel):
    name: str
    size: Literal["small", "large"]


class Story(pydantic.BaseModel):
    text: str
    lesson: Literal["It is good to be kind to all that live in the wood and in the sea, always."]


@tool
def weather(city: Literal["Paris", "Rome"]) -> dict:
    """The weather in a city now.

    city: the city's name
    """
    return {"city": city, "sky": "clear"}


@pytest.fixture(scope="module")
def client(shallow_client):
    return shallow_client


@pytest.fixture(scope="module")
def first(client):
    return client.respond(FRANCE, instructions="Answer in one sentence.", **GREEDY)


def test_it_answers_what_chat_answers(client):
    chat = client.chat(FRANCE, temperature=0, max_tokens=16)
    response = client.respond(FRANCE, **GREEDY)
    assert (response.text, response.model) == (chat.text, chat.model)
    assert response.usage.prompt_tokens == chat.usage.prompt_tokens
    assert response.finish_reason == chat.finish_reason
    if chat.finish_reason == "length":
        assert (response.status, response.reason) == ("incomplete", "max_output_tokens")
    assert response.id.startswith("resp_")
    assert response.items[0].id.startswith("msg_")


def test_a_stream_joined_is_the_response(client):
    whole = client.respond(FRANCE, **GREEDY)
    joined = accumulate(client.respond_stream(FRANCE, **GREEDY))
    events = list(joined)
    response = joined.completion
    same = ("text", "status", "reason", "model", "refusal", "logprobs", "finish_reason")
    for name in same:
        assert getattr(response, name) == getattr(whole, name)
    assert response.usage.completion_tokens == whole.usage.completion_tokens
    assert "".join(event.text for event in events) == whole.text
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert joined.times == sorted(joined.times)
    assert len(joined.times) == sum(event.says_something for event in events)
    assert events[-1].response == response
    assert client.response(response).text == whole.text


def test_a_closed_stream_leaves_nothing_that_is_kept(client):
    stream = client.respond_stream("Tell me a long story.", max_output_tokens=200)
    begun = next(stream)
    stream.close()
    with pytest.raises(NotFoundError):
        client.response(begun.response)


def test_a_conversation_by_previous_reads_all_but_the_instructions(client, first):
    second = client.respond("And of Italy?", previous=first, **GREEDY)
    assert second.previous == first.id
    by_hand = [
        {"role": "user", "content": FRANCE},
        *[item.raw for item in first.items],
        {"role": "user", "content": "And of Italy?"},
    ]
    assert client.respond(by_hand, **GREEDY).usage.prompt_tokens == second.usage.prompt_tokens
    by_id = client.respond("And of Italy?", previous=first.id, **GREEDY)
    assert by_id.usage.prompt_tokens == second.usage.prompt_tokens

    # What a paid call would be bounded by is no less than what it reads.
    body = {"model": "m", "previous_response_id": first.id, "input": "And of Italy?"}
    known = client.endpoint.known_responses
    inherited = known.inherited(client.endpoint.transport, body, None)
    assert second.usage.prompt_tokens <= inherited + len("And of Italy?")


def test_it_can_be_got_and_deleted(client):
    response = client.respond("Hi", **GREEDY)
    assert client.response(response.id).raw == response.raw
    client.delete_response(response)
    with pytest.raises(NotFoundError):
        client.response(response)
    with pytest.raises(NotFoundError):
        client.delete_response(response)
    with pytest.raises(BadRequestError, match="not found") as caught:
        client.respond("Hi", previous=response, **GREEDY)
    assert caught.value.code == "previous_response_not_found"


def test_with_store_false_nothing_is_kept(client):
    response = client.respond("Hi", store=False, **GREEDY)
    with pytest.raises(NotFoundError):
        client.response(response)


def test_in_the_background_it_is_polled_and_can_be_cancelled(client):
    response = client.respond("Tell me a story.", background=True, max_output_tokens=200)
    assert response.status in ("queued", "in_progress")
    assert (response.text, response.usage, response.finish_reason) == ("", None, None)
    cancelled = client.cancel_response(response)
    assert cancelled.is_finished
    assert client.response(response).status == cancelled.status
    assert client.cancel_response(response).status == cancelled.status


def test_logprobs_are_asked_for_by_include(client):
    shown = {"include": ["message.output_text.logprobs"], "top_logprobs": 3}
    response = client.respond(FRANCE, **shown, **GREEDY)
    chat = client.chat(FRANCE, temperature=0, max_tokens=16, logprobs=True, top_logprobs=3)
    assert [t.bytes for t in response.logprobs] == [t.bytes for t in chat.logprobs if t.bytes]
    assert response.logprobs[0].logprob == pytest.approx(chat.logprobs[0].logprob, abs=1e-6)
    assert [t.token for t in response.logprobs[0].top] == [t.token for t in chat.logprobs[0].top]


def test_a_call_comes_as_an_item_and_in_a_stream(client):
    flat = {"type": "function", **weather.definition["function"]}
    params = {"tools": [flat], **ONE_CALL}
    response = client.respond("What is the weather in Paris?", max_output_tokens=40, **params)
    (item,) = response.items
    assert isinstance(item, FunctionCallItem)
    assert (item.id[:3], item.call_id[:5], item.name) == ("fc_", "call_", "weather")
    assert item.call == response.tool_calls[0]

    stream = client.respond_stream("What is the weather in Paris?", max_output_tokens=40, **params)
    joined = accumulate(stream)
    arguments = "".join(event.arguments for event in joined)
    assert joined.completion.tool_calls[0].arguments == arguments == item.arguments
    assert joined.times


@pytest.fixture(scope="module")
def by_chat(client):
    return run_tools(client, "Paris?", [weather], **LOOP)


@pytest.mark.parametrize("store", [None, False])
def test_the_tool_loop_reads_the_same_in_both_ways(client, by_chat, store):
    """Chained, or with all items sent again: the model reads the same."""
    run = run_tools(client, "Paris?", [weather], api="responses", store=store, **LOOP)
    assert len(run.rounds) == len(by_chat.rounds) == 2
    (result,) = run.rounds[0].results
    assert result.content == '{"city":"Paris","sky":"clear"}'
    assert result.call.arguments == by_chat.rounds[0].results[0].call.arguments
    assert run.usage.prompt_tokens == by_chat.usage.prompt_tokens
    assert (run.ended, run.text) == (by_chat.ended, by_chat.text)
    assert (run.rounds[1].completion.previous is None) == (store is False)

    # The transcript can go on, by hand.
    again = [*run.messages, {"role": "user", "content": "Thanks."}]
    assert client.respond(again, **GREEDY).usage is not None


def test_an_answer_is_an_object_as_by_chat(full_client):
    client = full_client  # its answer ends
    question = "Tell me about Paris, as JSON."
    by_chat = client.parse(question, City, temperature=0, max_tokens=60)
    answer = client.parse(question, City, api="responses", temperature=0, max_output_tokens=60)
    assert isinstance(answer, Parsed)
    assert answer.value == by_chat.value
    long = client.parse(question, Story, api="responses", **GREEDY)
    assert isinstance(long, Truncated)
    assert set(long.partial) == {"text"}


def test_the_profile_thinks_and_says_what_it_cost(client):
    model = f"{client.model}-reasoning"
    params = {"model": model, "max_output_tokens": 24}
    low = {"effort": "low", "summary": "auto"}
    response = client.respond("What is 2 + 2?", reasoning=low, **params)
    assert 0 < response.usage.reasoning_tokens <= response.usage.completion_tokens
    thought = response.items[0]
    assert isinstance(thought, ReasoningItem)
    assert "simulated" in thought.summary
    assert thought.encrypted is None

    alone = client.respond("What is 2 + 2?", reasoning=low, store=False, **params)
    assert alone.items[0].encrypted
    again = [{"role": "user", "content": "2 + 2?"}, *[item.raw for item in alone.items]]
    again.append({"role": "user", "content": "Sure?"})
    assert client.respond(again, store=False, **params).status in ("completed", "incomplete")

    plain = client.respond("What is 2 + 2?", **params)
    assert plain.usage.reasoning_tokens == 0
    with pytest.raises(ValueError, match="takes temperature only with reasoning="):
        client.respond("x", reasoning=low, temperature=0.5, **params)


def test_what_the_endpoint_refuses_is_its_error(client):
    with pytest.raises(BadRequestError, match="Unknown parameter: 'zzz'") as caught:
        client.respond("x", zzz=1)
    assert caught.value.param == "zzz"
    with pytest.raises(BadRequestError, match="max_output_tokens"):
        client.respond("x", max_output_tokens=15)


def test_what_it_can_do(client):
    known = client.abilities
    assert (known.responses, known.stores, known.echoes) == (True, True, True)
    body = {"prompt": "The sea is", "max_tokens": 1, "temperature": 0, "echo": True, "logprobs": 1}
    calls = client.endpoint.calls(Deadline())
    text = calls.post("/completions", body, lambda answer: answer["choices"][0]["text"])
    assert text.startswith("The sea is")

    with Client(client.base_url, client.auth, f"{client.model}-reasoning") as profile:
        assert (profile.abilities.stores, profile.abilities.echoes) == (True, False)
