"""What fills the context, and what `truncation: auto` leaves out; and the count of input tokens."""

from openai.types.responses import InputTokenCountResponse
from responses_door import WEATHER, strict

CONTEXT = 4096  # of the endpoint of these tests
HALF = "word " * 2500
NEWEST = {"role": "user", "content": "What is the capital of France?"}
CALL = {"type": "function_call", "call_id": "call_a", "name": "weather", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_a", "output": HALF}
AUTO = {"truncation": "auto"}


def said(text: str, role: str = "user") -> dict:
    return {"role": role, "content": text}


def test_an_input_that_fills_the_context(responses):
    for long in (HALF * 2, "x" * 2_000_000, [said(HALF), said("Hm.", "assistant"), said(HALF)]):
        for fields in ({}, {"truncation": "disabled"}, {"truncation": None}):
            error = responses.refused(input=long, **fields)
            assert error["message"] == (
                "Your input exceeds the context window of this model. "
                "Please adjust your input and try again."
            )
            assert (error["param"], error["code"]) == ("input", "context_length_exceeded")


def test_up_to_the_last_token(full_responses):
    """A prompt that leaves one token can be answered, and so can one with a limit beyond all."""
    around = full_responses.count(input="word") - 1
    full = "word" + " word" * (CONTEXT - around - 2)
    assert full_responses.count(input=full, max_output_tokens=10**12) == CONTEXT - 1
    error = full_responses.refused(input=full + " word")
    assert (error["param"], error["code"]) == ("input", "context_length_exceeded")
    beyond = full_responses.response(max_output_tokens=10**12, temperature=0)  # so it ends soon
    assert beyond["max_output_tokens"] == 10**12


def test_the_oldest_goes(responses):
    left = responses.count(input=[said("Hm.", "assistant"), said(HALF), NEWEST])
    old = [said(HALF), said("Hm.", "assistant"), said(HALF), NEWEST]
    assert responses.count(input=old, **AUTO) == left
    assert left + 16 <= CONTEXT
    assert responses.count(input=[NEWEST], **AUTO) == responses.count(input=[NEWEST])


def test_a_call_goes_with_its_output(responses):
    fields = {"tools": [WEATHER], "instructions": "Be brief."}
    short = [said("Old."), CALL, OUTPUT]
    left = responses.count(input=[said(HALF), NEWEST], **fields)
    assert responses.count(input=[*short, said(HALF), NEWEST], **fields, **AUTO) == left
    # a call that stands before the newest message stays where its output comes after it
    kept = [CALL, NEWEST, OUTPUT]
    assert responses.count(input=[said(HALF), *kept], **fields, **AUTO) == responses.count(
        input=kept, **fields
    )


def test_the_newest_message_and_the_instructions_stay(responses):
    for fields in (
        {"input": [NEWEST, said(HALF * 2)]},
        {"input": [NEWEST], "instructions": HALF * 2},
        {"input": [NEWEST, said("Hm.", "assistant"), said(HALF)], "instructions": HALF},
    ):
        error = responses.refused(**fields, **AUTO)
        assert (error["param"], error["code"]) == ("input", "context_length_exceeded")


def test_the_count_is_that_of_the_usage(responses):
    response = responses.sdk.responses.input_tokens.count(
        model=responses.model, input="Hi", instructions="Be brief.", tools=[WEATHER]
    )
    strict(InputTokenCountResponse, response.model_dump_json())
    same = {"input": "Hi", "instructions": "Be brief.", "tools": [WEATHER]}
    answer = responses.response(**same, tool_choice="auto")
    assert answer["usage"]["input_tokens"] == response.input_tokens
    # the body of a response may be sent as it is
    assert responses.count(**same, max_output_tokens=16, stream=True) == response.input_tokens


def test_the_count_refuses_what_a_response_refuses(responses):
    body = {"model": responses.model, "input": "Hi"}
    for fields, param in (
        ({"bogus": 1}, "bogus"),
        ({"input": [{}]}, "input[0]"),
        ({"personality": "friendly"}, "personality"),
        ({"tools": [{"type": "mcp"}]}, "tools"),
    ):
        response = responses.http.post("/responses/input_tokens", json=body | fields)
        assert response.status_code == 400
        assert response.json()["error"]["param"] == param
    assert responses.http.post("/responses/input_tokens", json=[]).status_code == 400


def test_it_counts_what_chat_counts(responses):
    """The same conversation in Chat's form."""
    calls = [{"id": "call_a", "type": "function"}]
    calls[0]["function"] = {"name": "weather", "arguments": '{"city": "Oslo"}'}
    messages = [
        {"role": "system", "content": "Be brief."},
        NEWEST,
        {"role": "assistant", "tool_calls": calls},
        {"role": "tool", "tool_call_id": "call_a", "content": "Sun."},
    ]
    flat = {name: value for name, value in WEATHER.items() if name != "type"}
    chat = responses.sdk.chat.completions.create(
        model=responses.model,
        messages=messages,
        tools=[{"type": "function", "function": flat}],
        max_completion_tokens=1,
    )
    items = [
        NEWEST,
        CALL | {"arguments": '{"city": "Oslo"}'},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        OUTPUT | {"output": [{"type": "input_text", "text": "Sun."}]},
    ]
    fields = {"input": items, "tools": [WEATHER], "instructions": "Be brief."}
    assert responses.count(**fields) == chat.usage.prompt_tokens
