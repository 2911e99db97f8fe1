"""The response object, from its first state to its last."""

from samplers.local.dialects.responses.answer.draft import Draft


def response(draft: Draft, status: str, output: list[dict], **fields) -> dict:
    """The response in a `status`, with its `output` items. `fields`: others that are not null."""
    asked = draft.asked
    body = {
        "id": draft.id,
        "object": "response",
        "created_at": draft.created_at,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "model": asked.model.id,
        "output": output,
        "previous_response_id": asked.previous,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": None,
    }
    return body | asked.echo | fields
