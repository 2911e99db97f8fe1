"""What a whole chat answer and the chunks of a stream have in common."""

import secrets
import time

from samplers.local.answer.caching import prompt_details
from samplers.local.answer.generate.choice import End
from samplers.local.answer.generate.generation import Token
from samplers.local.answer.logprobs import logprobs_object
from samplers.local.request.chat import ChatRequest
from samplers.local.request.job import Choice, Job


def head(job: Job, kind: str) -> dict:
    """The fields before the choices; `kind` is the body's "object"."""
    return {
        "id": f"chatcmpl-{secrets.token_hex(15)}",
        "object": kind,
        "created": int(time.time()),
        "model": job.model.id,
    }


def obfuscation(request: ChatRequest, text: str) -> dict:
    """OpenAI's `obfuscation` of a chunk that has `text`, if it is asked for.

    Its random letters bring the length of the text to a multiple of 16, so that the length of a
    chunk reveals less of the text.
    """
    if not request.include_obfuscation:
        return {}
    return {"obfuscation": secrets.token_urlsafe(12)[: 16 - len(text) % 16]}


def about(job: Job) -> dict:
    """The fields that stand after a whole answer's choices, but before a chunk's."""
    return {"service_tier": "default", "system_fingerprint": job.model.fingerprint}


def logprobs(job: Job, choice: Choice, tokens: list[Token]) -> dict | None:
    """A choice's `logprobs`, if they are asked for. Only text has them, calls do not."""
    if job.request.top_logprobs is None:
        return None
    if choice.calls:
        return {"content": None, "refusal": None}
    request = job.request
    named_by_id = request.extensions.return_tokens_as_token_ids
    vocabulary = job.model.engine.vocabulary
    return logprobs_object(vocabulary, tokens, request.include_ids, named_by_id)


def finish_reason(job: Job, choice: Choice, end: End) -> str:
    """OpenAI's `finish_reason`: tool_calls for calls, but only where the model chose the function.

    Where the request named the function, it is stop.
    """
    if choice.calls and end.finish_reason == "stop" and not job.request.tools.named:
        return "tool_calls"
    return end.finish_reason


def usage(job: Job, ends: list[End], cached: int | None) -> dict:
    """The tokens read and generated. The prompt counts once, however many choices there are.

    `cached` is the number of the prompt's cached tokens. None: as the first choice reports it. An
    extension, `samplers_cached_tokens`, has it as it is; `cached_tokens` is what OpenAI would bill.
    """
    cached = ends[0].cached_tokens if cached is None else cached
    completion_tokens = sum(end.completion_tokens for end in ends)
    return {
        "prompt_tokens": job.prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": job.prompt_tokens + completion_tokens,
        "prompt_tokens_details": prompt_details(job.prompt_tokens, cached, job.model.reasoning),
        "completion_tokens_details": {
            "reasoning_tokens": sum(end.reasoning_tokens for end in ends),
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
        "samplers_cached_tokens": cached,
    }
