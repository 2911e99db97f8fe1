"""From a conversation to a Job: the same one way to the engine that a chat takes."""

from samplers.local.engine.model import ServedModel
from samplers.local.realtime.fields import INFINITE
from samplers.local.realtime.items import Item
from samplers.local.request.chat import parse
from samplers.local.request.errors import ApiError, bad_request
from samplers.local.request.job import Job, prepare

TOO_LONG = "context_length_exceeded"


async def job_of(
    model: ServedModel,
    instructions: str,
    items: list[Item],
    max_output_tokens: int | str,
    truncates: bool,
) -> Job:
    """The job that answers `items`. `truncates`: the oldest are left out until they fit.

    ApiError (400) if there are none, or they do not fit.
    """
    messages = [item.as_message() for item in items]
    if not messages and not instructions:
        raise bad_request("The conversation is empty: there is nothing to answer.")
    system = [{"role": "system", "content": instructions}] if instructions else []
    limit = {} if max_output_tokens == INFINITE else {"max_completion_tokens": max_output_tokens}

    while True:
        body = {"model": model.id, "messages": [*system, *messages], "stream": True, **limit}
        request = parse(body, {}, len(model.engine.vocabulary), model.reasoning)
        try:
            return await prepare((model,), request)
        except ApiError as error:
            too_long = error.body["error"]["code"] == TOO_LONG
            if not (truncates and too_long and len(messages) > 1):
                raise
        del messages[0]
