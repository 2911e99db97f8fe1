"""What an answer's `usage` says of the prompt. Its three counts add up to the prompt's tokens.

Anthropic caches what a request marks with `cache_control`, up to the mark. Here a mark counts as if
it stood at the prompt's end, whatever block it is on; what is cached is what the engine had read
before, from 1,024 tokens on. Without a mark all tokens are `input_tokens`.
"""

from samplers.local.answer.caching import prompt_details
from samplers.local.request.job import Job

NOTHING_CACHED = {"cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}


def input_tokens(job: Job, usage: dict) -> dict:
    """The counts for a job, whose answer has this usage by Chat's names."""
    prompt = job.prompt_tokens
    if job.request.cache_ttl is None:
        return {"input_tokens": prompt, **NOTHING_CACHED}
    details = prompt_details(prompt, usage["samplers_cached_tokens"], today=True)
    read = details["cached_tokens"]
    written = details["cache_write_tokens"]
    return {
        "input_tokens": prompt - read - written,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
    }


def cache_creation(job: Job, written: int) -> dict[str, int]:
    """The tokens written to the cache, by how long they are kept."""
    kept = {"5m": 0, "1h": 0} | ({job.request.cache_ttl: written} if written else {})
    return {f"ephemeral_{ttl}_input_tokens": tokens for ttl, tokens in kept.items()}
