"""From a body's JSON to a ResponseRequest. It looks at the request alone, not at what is kept."""

from samplers.local.dialects.responses.ids import new_id
from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.engine.model import ServedModel
from samplers.local.request.job import chosen


async def read(models: tuple[ServedModel, ...], body, is_long: bool) -> ResponseRequest:
    """The request that a body's JSON is. ApiError (400) for the first wrong thing."""
    given = body["input"]
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    items = tuple({"type": "message", "id": new_id("msg"), **item} for item in given)
    return ResponseRequest(
        model=chosen(models, body["model"]),
        items=items,
        instructions=body.get("instructions"),
        previous=body.get("previous_response_id"),
        temperature=body.get("temperature", 1.0),
        top_p=body.get("top_p", 1.0),
        limit=body.get("max_output_tokens"),
        top_logprobs=None,
        include=frozenset(),
        tools=None,
        format=None,
        effort="none",
        summary=None,
        truncates=False,
        store=body.get("store", True),
        background=False,
        stream=body.get("stream", False),
        echo={"instructions": body.get("instructions")},
    )
