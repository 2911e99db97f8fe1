"""From items to the messages of a chat, and the ChatRequest of a response."""

from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.request.chat import ChatRequest


def chat_request(asked: ResponseRequest, items: list[dict]) -> ChatRequest:
    """The request that a job is made of. `items`: those that the model reads, inherited ones too.

    ApiError (400) for items that do not fit together, or for what the model cannot do.
    """
    messages = [{"role": item["role"], "content": item["content"]} for item in items]
    if asked.instructions is not None:
        messages.insert(0, {"role": "system", "content": asked.instructions})
    return ChatRequest(
        model=asked.model.id,
        messages=messages,
        temperature=asked.temperature,
        top_p=asked.top_p,
        frequency_penalty=0.0,
        presence_penalty=0.0,
        logit_bias={},
        seed=None,
        stop=(),
        max_tokens=asked.limit,
        n=1,
        top_logprobs=asked.top_logprobs,
        stream=asked.stream,
        include_usage=False,
        include_obfuscation=False,
        response_format=asked.format,
        tools=asked.tools,
        effort=asked.effort,
        shows_thoughts=True,  # a reasoning item begins and ends with them; nobody sees their text
        cut_at_context=True,
    )
