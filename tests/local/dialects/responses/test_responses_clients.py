"""What clients really send, rewritten: the right answer, or a 400 that says what is not here.

The forms are those of LangChain's OpenAI package with its v1 content blocks, of Codex, and of what
the SDK makes of an earlier response; ids and texts are invented. Those of vercel/ai, which refers
to kept items, are in test_responses_references.py.
"""

import json

import pytest
from openai.types.responses import Response, ResponseFunctionToolCall
from responses_door import FORCED, WEATHER, text_of

from samplers.local.dialects.responses.sealed import seal

LANGCHAIN = [
    {"role": "system", "content": "You answer in one word.", "type": "message"},
    {"role": "user", "content": "Weather?", "type": "message"},
    {"type": "reasoning", "id": "rs_0a1b", "summary": [], "status": None},
    {
        "type": "message",
        "role": "assistant",
        "id": "msg_0a1b",
        "content": [{"type": "output_text", "text": "I look.", "annotations": []}],
    },
    {
        "type": "function_call",
        "id": "fc_0a1b",
        "call_id": "call_0a1b",
        "name": "weather",
        "arguments": '{"city": "Oslo"}',
        "status": "completed",
    },
    {"type": "function_call_output", "call_id": "call_0a1b", "output": "Sun."},
]
CODEX = {
    "instructions": "You are a coding agent.",
    "input": [
        {
            "type": "message",
            "role": "developer",
            "content": [{"type": "input_text", "text": "<permissions>read only</permissions>"}],
        },
        {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "List the files."}],
        },
        {
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "**Listing**"}],
            "content": None,
            "encrypted_content": seal(),
        },
        {
            "type": "function_call",
            "name": "weather",
            "arguments": "{}",
            "call_id": "call_9z",
        },
        {"type": "function_call_output", "call_id": "call_9z", "output": "a.py"},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "a.py"}],
            "phase": "final_answer",
        },
        {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "What is the capital of France?"}],
        },
    ],
    "tools": [WEATHER | {"strict": False}],
    "tool_choice": "auto",
    "parallel_tool_calls": True,
    "reasoning": {"effort": "low", "summary": "auto"},
    "store": False,
    "stream": False,
    "include": ["reasoning.encrypted_content"],
    "prompt_cache_key": "019a-thread",
    "text": {"verbosity": "low"},
}
GRAMMAR = {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}
PATCH = {"type": "custom", "name": "apply_patch", "description": "Edit", "format": GRAMMAR}


def test_langchain(responses):
    response = responses.response(input=LANGCHAIN, tools=[WEATHER], store=True)
    assert response["status"] in ("completed", "incomplete")
    assert responses.count(input=LANGCHAIN) == responses.count(
        input=[item for item in LANGCHAIN if item["type"] != "reasoning"]
    )


def test_codex(responses):
    fields = CODEX | {"model": responses.reasoning, "max_output_tokens": 80}
    response = responses.response(**fields)
    assert response["store"] is False
    assert response["reasoning"] == {"effort": "low", "summary": "detailed"}
    assert response["prompt_cache_key"] == "019a-thread"


def test_codex_with_a_token_that_was_made_elsewhere(responses):
    items = [
        item | {"encrypted_content": "gAAAA-not-ours"} if item["type"] == "reasoning" else item
        for item in CODEX["input"]
    ]
    error = responses.refused(**CODEX | {"model": responses.reasoning, "input": items})
    assert error["code"] == "invalid_encrypted_content"


@pytest.mark.parametrize(
    ("tool", "named"),
    [
        (PATCH, "'custom' is not supported"),
        ({"type": "web_search", "external_web_access": False}, "Hosted tool 'web_search'"),
        ({"type": "local_shell"}, "'local_shell' is not supported"),
        ({"type": "namespace", "name": "n", "tools": []}, "'namespace' is not supported"),
    ],
)
def test_codex_with_its_own_tools(responses, tool, named):
    fields = CODEX | {"model": responses.reasoning, "tools": [WEATHER, tool]}
    assert named in responses.refused(**fields)["message"]


def test_codex_after_a_custom_call(responses):
    call = {"type": "custom_tool_call", "call_id": "call_8", "name": "apply_patch", "input": "*"}
    fields = CODEX | {"model": responses.reasoning, "input": [*CODEX["input"], call]}
    assert "'custom_tool_call'" in responses.refused(**fields)["message"]


@pytest.mark.parametrize("form", ["dump", "dict", "no nulls", "json"])
def test_an_earlier_output_is_an_input(responses, form):
    """As the SDK dumps it, with nulls or without."""
    question = {"role": "user", "content": "What is the capital of France?"}
    first = responses.sdk.responses.create(
        model=responses.model, input=[question], max_output_tokens=16, store=False
    )
    assert isinstance(first, Response)
    dumped = {
        "dump": [item.model_dump() for item in first.output],
        "dict": [item.to_dict() for item in first.output],
        "no nulls": [item.model_dump(exclude_none=True) for item in first.output],
        "json": [json.loads(item.to_json()) for item in first.output],
    }[form]
    again = responses.response(input=[question, *dumped, {"role": "user", "content": "And Spain?"}])
    assert text_of(again)


def test_a_call_as_the_sdk_dumps_it(responses):
    """With its Python names, too: async_ for async."""
    call = ResponseFunctionToolCall(
        type="function_call",
        id="fc_1",
        call_id="call_1",
        name="weather",
        arguments="{}",
        status="completed",
    )
    output = {"type": "function_call_output", "call_id": "call_1", "output": "Sun."}
    assert "async_" in call.model_dump()
    counts = {
        responses.count(input=[dumped, output])
        for dumped in (call.model_dump(), call.to_dict(), call.model_dump(exclude_none=True))
    }
    assert len(counts) == 1


def test_what_a_model_called_can_be_sent_back(responses):
    question = {"role": "user", "content": "What is the weather in Oslo?"}
    fields = {"tools": [WEATHER], "tool_choice": FORCED, "max_output_tokens": 64}
    output = responses.post(input=[question], **fields).json()["output"]
    results = [
        {"type": "function_call_output", "call_id": item["call_id"], "output": "Sun."}
        for item in output
        if item["type"] == "function_call"
    ]
    responses.response(input=[question, *output, *results], tools=[WEATHER])
