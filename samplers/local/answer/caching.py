"""What `usage` reports of the prompt cache: as OpenAI's older models do, or as today's."""

# Tokens: OpenAI caches no shorter prefix, and its models before gpt-5.6 count in steps.
# Source: its guide "Prompt caching" (2026-09).
MINIMUM = 1024
STEP = 128


def prompt_details(prompt: int, read: int, today: bool) -> dict[str, int]:
    """`prompt_tokens_details` of a prompt of so many tokens, `read` of which were in the cache.

    `today`: as gpt-5.6 and later report: exactly, and with what was written to the cache, which
    costs more than other tokens. Theirs match at the ends of messages, ours at any token. The
    models before them report multiples of 128, and write for nothing.
    """
    cached = read if read >= MINIMUM else 0
    if not today:
        return {"cached_tokens": cached // STEP * STEP, "audio_tokens": 0}

    written = prompt - cached if prompt >= MINIMUM else 0
    return {"cached_tokens": cached, "cache_write_tokens": written, "audio_tokens": 0}
