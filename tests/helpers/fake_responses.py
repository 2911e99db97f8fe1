"""Responses of an endpoint that a test writes itself: bodies and events in OpenAI's form."""

import json

import httpx

USAGE = {
    "input_tokens": 10,
    "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
    "output_tokens": 5,
    "output_tokens_details": {"reasoning_tokens": 3},
    "total_tokens": 15,
}


def message(text="hello", **fields) -> dict:
    """A message item."""
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
    return item | {"content": [part]} | fields


def function_call(name="weather", arguments='{"city": "Paris"}', number=0, **fields) -> dict:
    """A function call's item."""
    item = {"id": f"fc_{number}", "call_id": f"call_{number}", "status": "completed"}
    return {"type": "function_call"} | item | {"name": name, "arguments": arguments} | fields


def reasoning(text="", **fields) -> dict:
    """A reasoning item."""
    summary = [{"type": "summary_text", "text": text}] if text else []
    return {"id": "rs_1", "type": "reasoning", "summary": summary} | fields


def body(*output: dict, **fields) -> dict:
    """A response's JSON with these items, or with one message."""
    plain = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_796_000_000,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "model": "m",
        "output": list(output) or [message()],
        "previous_response_id": None,
        "usage": USAGE,
    }
    return plain | fields


def answer(*output: dict, **fields) -> httpx.Response:
    """An honest endpoint's answer."""
    return httpx.Response(200, json=body(*output, **fields))


def event(type: str, **fields) -> bytes:
    """One event, as OpenAI writes it."""
    data = json.dumps({"type": type, **fields}, ensure_ascii=False)
    return f"event: {type}\ndata: {data}\n\n".encode()


def text_events(*deltas: str, end="response.completed", **fields) -> list[bytes]:
    """All events of a text answer; `fields` are those of the last one's response."""
    begun = body(status="in_progress", usage=None) | {"output": []}
    whole = message("".join(deltas))
    place = {"output_index": 0, "item_id": "msg_1", "content_index": 0}
    parts = [
        event("response.created", response=begun),
        event("response.in_progress", response=begun),
        event(
            "response.output_item.added",
            output_index=0,
            item=whole | {"status": "in_progress", "content": []},
        ),
        *[event("response.output_text.delta", delta=d, logprobs=[], **place) for d in deltas],
        event("response.output_text.done", text="".join(deltas), logprobs=[], **place),
        event("response.output_item.done", output_index=0, item=whole),
        event(end, response=body(whole, **fields)),
    ]
    return parts
