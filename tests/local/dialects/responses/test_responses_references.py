"""References to kept items, as vercel/ai sends them with `store: true`.

Only an answer's items have ids that a client can know, so it refers to these.
"""

import pytest
from responses_door import FORCED, WEATHER

CONTEXT = 4096  # of the endpoint of these tests
LEAST = 16  # tokens that are left for an answer
SYSTEM = {"role": "developer", "content": "You are a helpful assistant."}
QUESTION = {
    "role": "user",
    "content": [{"type": "input_text", "text": "What is the weather in Oslo?"}],
}
AGAIN = {"role": "user", "content": [{"type": "input_text", "text": "And tomorrow?"}]}


def reference(item: dict) -> dict:
    return {"type": "item_reference", "id": item["id"]}


def test_vercel_ai_after_an_answer(responses):
    first = responses.response(input=[SYSTEM, QUESTION], store=True)
    (message,) = first["output"]
    by_id = [SYSTEM, QUESTION, reference(message), AGAIN]
    in_full = [SYSTEM, QUESTION, message, AGAIN]
    second = responses.response(input=by_id, store=True)
    assert second["usage"]["input_tokens"] == responses.count(input=in_full)
    # the type may be left out
    untyped = [SYSTEM, QUESTION, {"id": message["id"]}, AGAIN]
    assert responses.count(input=untyped) == responses.count(input=in_full)


@pytest.mark.parametrize("profile", [False, True])
def test_vercel_ai_after_a_call(responses, profile):
    model = responses.reasoning if profile else responses.model
    fields = {"model": model, "tools": [WEATHER]}
    limit = {"max_output_tokens": 200, "tool_choice": FORCED}
    first = responses.response(input=[QUESTION], store=True, **fields, **limit)
    call = next(item for item in first["output"] if item["type"] == "function_call")
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "Sun."}
    references = [reference(item) for item in first["output"]]
    second = responses.count(input=[QUESTION, *references, output], **fields)
    assert second == responses.count(input=[QUESTION, *first["output"], output], **fields)
    assert second == responses.count(input=[output], previous_response_id=first["id"], **fields)


def test_what_was_not_kept(responses):
    first = responses.response(input=[QUESTION], store=False)
    (message,) = first["output"]
    error = responses.refused(404, input=[QUESTION, reference(message), AGAIN])
    assert error["message"].startswith(f"Item with id '{message['id']}' not found. ")


def test_an_item_that_is_inherited_and_sent_again(responses):
    first = responses.response(input=[QUESTION], store=True)
    (message,) = first["output"]
    for twice in (message, reference(message)):
        error = responses.refused(input=[twice, AGAIN], previous_response_id=first["id"])
        assert error["message"].startswith(f"Duplicate item found with id {message['id']}.")


def test_a_reference_twice(responses):
    """It is refused before anything is read: nothing is kept of this id."""
    twice = [reference({"id": "msg_nothing"})] * 2
    error = responses.refused(input=[*twice, AGAIN])
    assert error["message"].startswith("Duplicate item found with id msg_nothing.")


def test_references_to_more_than_a_body_has(responses):
    """A body can have 4 MiB. With `truncation` these would be left out, but they are not read."""
    parts = [{"type": "output_text", "text": "x" * 1_500_000, "annotations": []}]
    ids = []
    for _ in range(3):
        long = {"type": "message", "role": "assistant", "content": parts}
        fields = {"input": [long, AGAIN], "truncation": "auto"}
        made = responses.response(store=True, **fields)
        listed = responses.http.get(f"/responses/{made['id']}/input_items", params={"order": "asc"})
        ids.append(listed.json()["data"][0]["id"])
    fields = {"truncation": "auto"}
    few = [reference({"id": item_id}) for item_id in ids[:2]]
    assert responses.count(input=[*few, AGAIN], **fields) == responses.count(input=[AGAIN])
    every = [reference({"id": item_id}) for item_id in ids]
    error = responses.refused(input=[*every, AGAIN], **fields)
    assert (error["param"], error["code"]) == ("input", "context_length_exceeded")


def test_a_call_that_is_inherited_needs_its_output(responses):
    fields = {"tools": [WEATHER], "tool_choice": FORCED, "max_output_tokens": 64}
    first = responses.response(input=[QUESTION], store=True, **fields)
    (call,) = first["output"]
    error = responses.refused(input=[AGAIN], previous_response_id=first["id"])
    assert error["message"] == f"No tool output found for function call {call['call_id']}."


def test_half_a_call_may_be_continued(responses):
    fields = {"tools": [WEATHER], "tool_choice": FORCED, "max_output_tokens": 16}
    tool = WEATHER["parameters"]["properties"] | {"reason": {"type": "string", "minLength": 90}}
    long = WEATHER | {"parameters": {"type": "object", "properties": tool, "required": ["reason"]}}
    first = responses.response(input=[QUESTION], store=True, **fields | {"tools": [long]})
    assert first["status"] == "incomplete"
    assert first["output"][0]["status"] == "incomplete"
    responses.response(input=[AGAIN], previous_response_id=first["id"])


def test_a_chain_is_truncated_too(responses):
    first = responses.response(input=[QUESTION], store=True)
    chain = {"previous_response_id": first["id"]}
    around = responses.count(input="word") - 1
    long = [{"role": "user", "content": "word " * (CONTEXT - around - LEAST - 1)}]
    alone = responses.count(input=long)
    inherited = responses.count(input="Hi", **chain) - responses.count(input="Hi")
    assert CONTEXT - LEAST - inherited < alone <= CONTEXT - LEAST
    assert responses.count(input=long, truncation="auto", **chain) == alone
    longer = [{"role": "user", "content": long[0]["content"] + "word " * LEAST}]
    assert responses.refused(input=longer, **chain)["code"] == "context_length_exceeded"


def test_only_as_much_of_a_chain_goes_as_must(responses):
    """The question goes, its answer stays."""
    first = responses.response(input=[QUESTION], store=True)
    chain = {"previous_response_id": first["id"]}
    kept = responses.count(input=[first["output"][0], AGAIN])
    around = kept - responses.count(input=[AGAIN]) + responses.count(input="word") - 1
    long = [{"role": "user", "content": "word " * (CONTEXT - around - LEAST - 1)}]
    count = responses.count(input=long, truncation="auto", **chain)
    assert count == responses.count(input=[first["output"][0], *long])
