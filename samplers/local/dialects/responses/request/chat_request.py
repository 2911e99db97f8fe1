"""From a request and the items that the model reads to the ChatRequest of a response."""

from samplers.local.dialects.responses.request.abilities import nothing_asked
from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.dialects.responses.request.history import messages
from samplers.local.dialects.responses.request.pairs import paired
from samplers.local.dialects.responses.request.text import check_mentions_json
from samplers.local.request.chat import ChatRequest


def chat_request(asked: ResponseRequest, items: list[dict]) -> ChatRequest:
    """The request that a job is made of. `items`: those of the conversation, inherited ones too.

    The request's own are the last ones. ApiError (400) for items that do not fit together.
    """
    read = paired(items)
    own = {item["id"] for item in items[len(items) - len(asked.items) :]}
    first = next((i for i, item in enumerate(read) if item["id"] in own), len(read))
    history = messages(read, first)
    if asked.format is not None and asked.format.any_json:
        check_mentions_json(history)
    if asked.instructions is not None:
        history.insert(0, {"role": "system", "content": asked.instructions})
    if not history:  # nothing but reasoning
        raise nothing_asked()
    return _request(asked, history)


def _request(asked: ResponseRequest, history: list[dict]) -> ChatRequest:
    return ChatRequest(
        model=asked.model.id,
        messages=history,
        temperature=asked.temperature,
        top_p=asked.top_p,
        frequency_penalty=asked.frequency_penalty,
        presence_penalty=asked.presence_penalty,
        logit_bias={},
        seed=None,
        stop=(),
        max_tokens=asked.limit,
        n=1,
        top_logprobs=asked.top_logprobs,
        stream=asked.stream,
        include_usage=False,
        include_obfuscation=asked.include_obfuscation,
        response_format=asked.format,
        tools=asked.tools,
        effort=asked.effort,
        shows_thoughts=True,  # a reasoning item begins and ends with them; nobody sees their text
        cut_at_context=True,
    )
