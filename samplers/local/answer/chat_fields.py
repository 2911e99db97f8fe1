"""What a whole chat answer and the chunks of a stream have in common."""

import secrets
import time

from samplers.local.answer.choice import End
from samplers.local.answer.generation import Token
from samplers.local.answer.logprobs import logprobs_object
from samplers.local.request.job import Choice, Job


def head(job: Job, kind: str) -> dict:
    """The fields before the choices; `kind` is the body's "object"."""
    return {
        "id": f"chatcmpl-{secrets.token_hex(15)}",
        "object": kind,
        "created": int(time.time()),
        "model": job.model.id,
    }


def about(job: Job) -> dict:
    """The fields that stand after a whole answer's choices, but before a chunk's."""
    return {"service_tier": "default", "system_fingerprint": job.model.fingerprint}


def logprobs(job: Job, choice: Choice, tokens: list[Token]) -> dict | None:
    """A choice's `logprobs`, if they are asked for. They are of a text: calls have none."""
    if job.request.top_logprobs is None:
        return None
    if choice.calls:
        return {"content": None, "refusal": None}
    return logprobs_object(job.model.engine.vocabulary, tokens, job.request.include_ids)


def finish_reason(job: Job, choice: Choice, end: End) -> str:
    """OpenAI's reason: tool_calls where the model chose a function.

    It is stop where the request named the function.
    """
    if choice.calls and end.finish_reason == "stop" and not job.request.tools.named:
        return "tool_calls"
    return end.finish_reason


def usage(job: Job, ends: list[End], cached: int | None) -> dict:
    """The tokens read and generated. The prompt counts once, however many choices there are.

    `cached` are the prompt's cached tokens if it was read before the choices were generated.
    """
    prompt_tokens = len(job.prompt) + len(job.request.continued)
    completion_tokens = sum(end.completion_tokens for end in ends)
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
        "prompt_tokens_details": {
            "cached_tokens": ends[0].cached_tokens if cached is None else cached,
            "audio_tokens": 0,
        },
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
