"""DeepSeek's answer, whole and streamed: OpenAI's, with the thoughts and the cache in sight.

The `usage` has `prompt_cache_hit_tokens` and `prompt_cache_miss_tokens`, which together are the
prompt's tokens (DeepSeek's reference, 2025 and 2026-08-28), and the hits again as `cached_tokens`
(recorded by a third party, 2025-12). DeepSeek caches whole units of a prefix; here the hits are
what the engine had really read.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing

from samplers.local.answer import chat, chat_chunks
from samplers.local.answer.event_stream import EventForm
from samplers.local.chats import AnswerForm, Settle
from samplers.local.dialects.chat_form import own_message
from samplers.local.dialects.deepseek.errors import error_body
from samplers.local.request.job import Job


async def whole(job: Job, settle: Settle) -> dict:
    """The body of the answer to a job."""
    body = await chat.complete(job)
    settle(body["usage"])
    return _own(body)


async def stream(job: Job, settle: Settle) -> AsyncIterator[dict]:
    """The chunks of the answer to a job, in order."""
    async with aclosing(chat_chunks.stream(job, settle)) as chunks:
        async for chunk in chunks:
            yield _own(chunk)


def _own(body: dict) -> dict:
    made = {name: value for name, value in body.items() if name != "service_tier"}
    made["choices"] = [_choice(choice) for choice in body["choices"]]
    if body.get("usage") is not None:
        made["usage"] = _usage(body["usage"])
    return made


def _choice(choice: dict) -> dict:
    part = "message" if "message" in choice else "delta"
    logprobs = choice["logprobs"]
    if logprobs is not None:
        logprobs = {"content": logprobs["content"]}
    return choice | {part: own_message(choice[part]), "logprobs": logprobs}


def _usage(usage: dict) -> dict:
    hits = usage["samplers_cached_tokens"]
    details = usage["completion_tokens_details"]
    return {
        "prompt_tokens": usage["prompt_tokens"],
        "completion_tokens": usage["completion_tokens"],
        "total_tokens": usage["total_tokens"],
        "prompt_tokens_details": {"cached_tokens": hits},
        "completion_tokens_details": {"reasoning_tokens": details["reasoning_tokens"]},
        "prompt_cache_hit_tokens": hits,
        "prompt_cache_miss_tokens": usage["prompt_tokens"] - hits,
    }


EVENTS = EventForm(
    named=False,
    done="data: [DONE]\n\n",
    error=lambda error: error_body(error.status, error.body["error"], ""),
)
FORM = AnswerForm(whole, stream, EVENTS)
