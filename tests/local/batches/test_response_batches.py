"""Batches of responses at a whole endpoint: answered as live requests are, and kept."""

import openai
import pytest

RESPONSES = "/v1/responses"


def line(model: str, custom_id: str, **fields) -> dict:
    """A batch's request for a response."""
    body = {"model": model, "input": f"Say {custom_id}.", "max_output_tokens": 16} | fields
    return {"custom_id": custom_id, "method": "POST", "url": RESPONSES, "body": body}


def test_a_response_of_a_batch_is_answered_and_kept(chats, endpoint):
    sdk = chats.sdk
    first = sdk.responses.create(model=endpoint.model, input="Hello", max_output_tokens=16)
    batch = chats.run(
        line(endpoint.model, "plain", temperature=0),
        line(endpoint.model, "chained", previous_response_id=first.id),
        line(endpoint.model, "forgotten", store=False),
        line(endpoint.model, "streamed", stream=True),
        line(endpoint.model, "behind", background=True),
        line(endpoint.model, "lost", previous_response_id="resp_x"),
        line(endpoint.model, "wrong", max_output_tokens=1),
        endpoint=RESPONSES,
    )
    assert (batch.status, batch.model) == ("completed", endpoint.model)
    output = {
        answered["custom_id"]: answered["response"]["body"]
        for answered in chats.lines(batch.output_file_id)
    }
    assert list(output) == ["plain", "chained", "forgotten"]
    used = [body["usage"] for body in output.values()]
    assert batch.usage.input_tokens == sum(usage["input_tokens"] for usage in used)
    assert batch.usage.output_tokens == sum(usage["output_tokens"] for usage in used)

    live = sdk.responses.create(
        model=endpoint.model, input="Say plain.", max_output_tokens=16, temperature=0
    )
    assert sdk.responses.retrieve(output["plain"]["id"]).output_text == live.output_text
    assert output["chained"]["usage"]["input_tokens"] > output["plain"]["usage"]["input_tokens"]
    with pytest.raises(openai.NotFoundError):
        sdk.responses.retrieve(output["forgotten"]["id"])

    errors = [
        (answered["custom_id"], answered["response"]["body"]["error"]["param"])
        for answered in chats.lines(batch.error_file_id)
    ]
    assert errors == [
        ("streamed", "stream"),
        ("behind", "background"),
        ("lost", "previous_response_id"),
        ("wrong", "max_output_tokens"),
    ]


def test_a_model_that_is_not_here(chats):
    batch = chats.run(line("gpt-4o", "a"), endpoint=RESPONSES)
    assert batch.status == "failed"
    assert batch.errors.data[0].code == "model_not_found"
