"""The response object, from its first state to its last."""

import time

from samplers.local.answer.generate.choice import End
from samplers.local.answer.images import images_field
from samplers.local.dialects.responses.answer.draft import Draft
from samplers.local.dialects.responses.answer.usage import usage_of
from samplers.local.request.errors import ApiError

# Why a response is incomplete, by the reason of Chat's. At the context's end it is the first, too.
REASONS = {"length": "max_output_tokens", "content_filter": "content_filter"}


def response(draft: Draft, status: str, output: list[dict], **fields) -> dict:
    """The response in a `status`, with its `output` items. `fields`: others that are not null."""
    asked = draft.asked
    body = {
        "id": draft.id,
        "object": "response",
        "created_at": draft.created_at,
        "status": status,
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        "model": asked.model.id,
        "output": output,
        "usage": None,
    }
    return body | asked.echo | fields | images_field(draft.job)


def ended(draft: Draft, status: str, output: list[dict], end: End, usage: dict) -> dict:
    """The event with the response that has come to its `end`. `usage` has Chat's names."""
    if status == "completed":
        fields = {"completed_at": int(time.time())}
    else:
        fields = {"incomplete_details": {"reason": REASONS[end.finish_reason]}}
    made = response(draft, status, output, **fields, usage=usage_of(usage))
    return {"type": f"response.{status}", "response": made}


def failed(before: dict, error: ApiError) -> dict:
    """A response that has failed; `before` is how it was until then.

    The SDK's list of codes is closed, and no other one fits.
    """
    shown = {"code": "server_error", "message": error.body["error"]["message"]}
    nothing = {"completed_at": None, "incomplete_details": None}
    return before | {"status": "failed", "error": shown} | nothing
