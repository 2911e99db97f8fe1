"""client.respond on llama.cpp's own server: Responses of which nothing is kept."""

import pytest

from samplers.api import BadRequestError, NotFoundError, accumulate, run_tools, tool

GREEDY = {"temperature": 0, "max_output_tokens": 8}


@tool
def weather(city: str) -> str:
    """The weather.

    city: where
    """
    return "sunny"


def test_it_answers_and_streams_the_same(bare):
    whole = bare.respond("What is the capital of France?", **GREEDY)
    joined = accumulate(bare.respond_stream("What is the capital of France?", **GREEDY))
    assert joined.read().text == whole.text
    assert whole.usage.completion_tokens == joined.completion.usage.completion_tokens == 8
    assert len(joined.times) > 1


def test_it_keeps_nothing_and_says_so(bare):
    known = bare.abilities
    assert (known.responses, known.stores, known.echoes) == (True, False, False)
    with pytest.raises(ValueError, match=r"llama\.cpp keeps no responses"):
        bare.respond("x", previous="resp_1", **GREEDY)
    with pytest.raises(BadRequestError, match="does not support 'previous_response_id'"):
        bare.respond("x", previous_response_id="resp_1", **GREEDY)
    with pytest.raises(NotFoundError):
        bare.response("resp_1")


def test_its_own_items_can_be_sent_again(bare):
    first = bare.respond("Hi", **GREEDY)
    items = [{"role": "user", "content": "Hi"}, *[item.raw for item in first.items]]
    second = bare.respond([*items, {"role": "user", "content": "Bye"}], **GREEDY)
    assert second.usage.prompt_tokens > first.usage.prompt_tokens + 8
    call = {"type": "function_call", "call_id": "c", "name": "weather", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "c", "output": "sunny"}
    items = [{"role": "user", "content": "The weather?"}, call, output]
    assert bare.respond(items, **GREEDY).status == "completed"


def test_a_history_in_chats_form_can_be_sent(bare):
    """It takes an assistant's message only with its type."""
    history = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "Bye"},
    ]
    response = bare.respond(history, **GREEDY)
    assert response.usage.prompt_tokens == bare.chat(history, max_tokens=1).usage.prompt_tokens


def test_the_loop_runs(bare):
    """The model's template has no calls there, so it answers with text."""
    run = run_tools(bare, "The weather?", [weather], api="responses", max_tokens=16, temperature=0)
    assert run.ended == "answer"
    assert run.messages[0] == {"type": "message", "role": "user", "content": "The weather?"}


def test_its_completions_do_not_echo(bare):
    body = {"prompt": "The sea is", "max_tokens": 1, "temperature": 0, "echo": True, "logprobs": 1}
    calls = bare.endpoint.calls(None)
    text = calls.post("/completions", body, lambda answer: answer["choices"][0]["text"])
    assert "The sea is" not in text
