"""A batch whose lines are completions."""

import wirecheck

PATH = "/v1/completions"


def line(model: str, custom_id: str, **fields) -> dict:
    body = {"model": model, "prompt": "The capital of Norway is", "temperature": 0} | fields
    return {"custom_id": custom_id, "method": "POST", "url": PATH, "body": body}


def test_a_line_is_answered_as_a_live_request(chats, endpoint):
    fields = {"prompt": ["The capital of Norway is", [504, 3575, 282]], "max_tokens": 5}
    with endpoint.client() as client:
        live = client.post("/completions", json=line(endpoint.model, "", **fields)["body"]).json()
    batch = chats.run(
        line(endpoint.model, "right", **fields),
        line(endpoint.model, "stream", stream=True),
        line(endpoint.model, "suffix", suffix="."),
        endpoint=PATH,
    )
    assert (batch.status, batch.model) == ("completed", endpoint.model)
    (right,) = chats.lines(batch.output_file_id)
    body = right["response"]["body"]
    assert body["choices"] == live["choices"]
    if wirecheck.FILE.exists():
        wirecheck.check("CreateCompletionResponse", body)
    errors = {
        each["custom_id"]: each["response"]["body"]["error"]["param"]
        for each in chats.lines(batch.error_file_id)
    }
    assert errors == {"stream": "stream", "suffix": "suffix"}
