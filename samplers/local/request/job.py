"""From a checked request to a job: its prompt made, its length and its grammars checked. After this
it is answered.
"""

import secrets
import time
from dataclasses import dataclass

from samplers.local.answer.decode import Settings
from samplers.local.engine import grammar
from samplers.local.engine.llama_cpp import Engine
from samplers.local.request.chat import ChatRequest
from samplers.local.request.errors import bad_request
from samplers.local.request.prompt import prompt_ids
from samplers.local.request.tool_text import preface

# tokens of an answer that sets no limit: a small model that repeats itself would fill the context
USUAL_LIMIT = 1024


@dataclass(frozen=True)
class Model:
    """What answers: the engine, how it samples, and what it is called."""

    engine: Engine
    settings: Settings
    id: str
    fingerprint: str
    created: int


@dataclass(frozen=True)
class Job:
    """A request that will be answered: `prompt` ids, at most `limit` tokens for each choice, the
    first choice's `seed`, the grammars of an answer that is text and of one that is calls; and a
    body's fields before its choices (`head`) and beside them (`about`: OpenAI puts it before the
    choices of a chunk, and after those of a whole answer).
    """

    model: Model
    request: ChatRequest
    prompt: list[int]
    limit: int
    seed: int
    text_grammar: str | None
    call_grammar: str | None
    head: dict
    about: dict


async def prepare(model: Model, request: ChatRequest) -> Job:
    """The job. ApiError (400) if it is too long for the context or the engine cannot enforce what
    it asks for.
    """
    _fits_together(model, request)
    messages = request.messages
    if request.tools is not None:
        messages = [*preface(request.tools.functions), *messages]
    prompt = await prompt_ids(model.engine, messages)
    limit = _limit(model.engine.context, request, len(prompt) + len(request.continued))
    text_grammar, call_grammar = await _grammars(model.engine, request)
    kind = "chat.completion.chunk" if request.stream else "chat.completion"
    head = {
        "id": f"chatcmpl-{secrets.token_hex(15)}",
        "object": kind,
        "created": int(time.time()),
        "model": model.id,
    }
    about = {"service_tier": "default", "system_fingerprint": model.fingerprint}
    seed = secrets.randbits(62) if request.seed is None else request.seed
    return Job(model, request, prompt, limit, seed, text_grammar, call_grammar, head, about)


def _fits_together(model: Model, request: ChatRequest) -> None:
    """An answer under a grammar is made in one call to the engine, from its first token on; some
    things need more.
    """
    if request.tools is None and request.response_format is None:
        return
    begin = "is not supported together with 'tools' or a 'response_format' of JSON by this endpoint"
    if request.presence_penalty and model.settings.order == "openai":
        # The engine's own counts the prompt, too, and cannot be made to forget it (a frequency
        # penalty can).
        raise bad_request(
            f"'presence_penalty' {begin}.", "presence_penalty", "unsupported_parameter"
        )
    if request.continued:
        raise bad_request(
            f"'x-samplers-continue' {begin}.", "x-samplers-continue", "unsupported_parameter"
        )


def _limit(context: int, request: ChatRequest, used: int) -> int:
    begin = f"This model's maximum context length is {context} tokens. However, "
    if used >= context:
        message = f"{begin}your messages resulted in {used} tokens. Please reduce the length of the messages."
        raise bad_request(message, "messages", "context_length_exceeded")
    if request.max_tokens is None:
        return min(USUAL_LIMIT, context - used)
    if used + request.max_tokens > context:
        message = f"{begin}you requested {used + request.max_tokens} tokens ({used} in the messages, {request.max_tokens} in "
        message += "the completion). Please reduce the length of the messages or completion."
        raise bad_request(message, "messages", "context_length_exceeded")
    return request.max_tokens


async def _grammars(engine: Engine, request: ChatRequest) -> tuple[str | None, str | None]:
    """The grammars of a text and of calls, None where there is none."""
    asked, tools = request.response_format, request.tools
    sorry = "the engine cannot enforce it."
    if asked is not None and not await grammar.enforced(engine, asked.grammar):
        raise asked.refuse(sorry)
    if tools is not None and not await grammar.enforced(engine, tools.grammar):
        for function in tools.functions:
            if not await grammar.enforced(
                engine, grammar.of_calls({function.name: function.parameters}, 1)
            ):
                raise function.refuse(sorry)
        raise bad_request(
            "Invalid 'tools': the engine cannot enforce so much at once.", "tools", "invalid_value"
        )
    return asked and asked.grammar, tools and tools.grammar
