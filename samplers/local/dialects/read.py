"""From a provider's request, translated to OpenAI's form, to the one checker of chats."""

from dataclasses import replace

from samplers.local.engine.model import ServedModel
from samplers.local.request.chat import ChatRequest
from samplers.local.request.job import parsed


async def chat_request(
    models: tuple[ServedModel, ...], body: dict, is_long: bool, **own
) -> ChatRequest:
    """The request that `body`, in OpenAI's form, asks for, by the plain model's rules.

    `own` are fields of a ChatRequest that OpenAI's form does not have, such as `top_k`. ApiError as
    `parsed`.
    """
    return replace(await parsed(models, body, {}, is_long, plain=True), **own)
