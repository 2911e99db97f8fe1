"""Batches of chats at a whole endpoint: as live requests are answered, and beside them."""

import time

import wirecheck
from killed_batches import chat
from sdk_batches import Batches, jsonl

CHAT = "/v1/chat/completions"
BANNED_ENDS = {"0": -100, "2": -100, "4": -100}  # so that an answer goes on to its limit


def test_a_line_is_answered_as_a_live_request(chats, endpoint):
    fields = {"max_tokens": 8, "temperature": 1.3, "seed": 5}
    live = endpoint.text([{"role": "user", "content": "Say a."}], **fields)
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    batch = chats.run(
        chat(endpoint.model, "a", **fields),
        chat(endpoint.model, "two", n=2, logprobs=True, top_logprobs=2),
        chat(endpoint.model, "schema", response_format=form, max_tokens=8),
        chat(endpoint.model, "stream", stream=True),
        chat(endpoint.model, "hot", temperature=9),
        chat(endpoint.model, "unknown", top_q=1),
        endpoint=CHAT,
    )
    assert (batch.status, batch.model) == ("completed", endpoint.model)
    output = {line["custom_id"]: line["response"] for line in chats.lines(batch.output_file_id)}
    assert list(output) == ["a", "two", "schema"]
    assert output["a"]["body"]["choices"][0]["message"]["content"] == live
    assert len(output["two"]["body"]["choices"]) == 2
    used = [response["body"]["usage"] for response in output.values()]
    assert batch.usage.input_tokens == sum(usage["prompt_tokens"] for usage in used)
    assert batch.usage.output_tokens == sum(usage["completion_tokens"] for usage in used)
    if wirecheck.FILE.exists():
        for response in output.values():
            wirecheck.check("CreateChatCompletionResponse", response["body"])

    errors = [
        (line["custom_id"], line["response"]["status_code"], line["response"]["body"]["error"])
        for line in chats.lines(batch.error_file_id)
    ]
    assert [(name, status, told["param"]) for name, status, told in errors] == [
        ("stream", 400, "stream"),
        ("hot", 400, "temperature"),
        ("unknown", 400, "top_q"),
    ]


def test_a_live_chat_comes_first(chats, endpoint):
    """Lines that are long, and have many choices, leave most of the engine to live requests."""
    fields = {"max_tokens": 1000, "n": 8, "logit_bias": BANNED_ENDS}
    requests = [chat(endpoint.model, f"{i}", **fields) for i in range(20)]
    batch = chats.create(jsonl(*requests), CHAT)
    while chats.sdk.batches.retrieve(batch.id).status == "validating":
        time.sleep(0.02)
    begin = time.monotonic()
    for _ in range(5):
        assert endpoint.text(temperature=0, max_tokens=16)
    assert time.monotonic() - begin < 5
    assert chats.sdk.batches.cancel(batch.id).status == "cancelling"
    assert chats.follow(batch).status == "cancelled"


def test_limits_and_faults_do_not_touch_lines(endpoint):
    batches = Batches(endpoint.base_url, endpoint.key)
    batches.sdk = batches.sdk.with_options(default_headers={"x-samplers-fault": "none"})
    batch = batches.create(jsonl(*[chat(endpoint.model, f"{i}") for i in range(4)]), CHAT)
    with endpoint.client() as client:
        client.post("/samplers/conditions", json={"fault": "403:1"})
        assert client.get("/files").status_code == 403
        assert batches.follow(batch).request_counts.completed == 4
        client.post("/samplers/conditions", json={"fault": None})
