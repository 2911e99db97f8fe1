"""A response's `usage`."""


def usage_of(usage: dict) -> dict:
    """The `usage` of an answer, which comes by Chat's names.

    The plain model writes its cache for nothing, so it has no tokens written.
    """
    read = usage["prompt_tokens_details"]
    return {
        "input_tokens": usage["prompt_tokens"],
        "input_tokens_details": {
            "cached_tokens": read["cached_tokens"],
            "cache_write_tokens": read.get("cache_write_tokens", 0),
        },
        "output_tokens": usage["completion_tokens"],
        "output_tokens_details": {
            "reasoning_tokens": usage["completion_tokens_details"]["reasoning_tokens"],
        },
        "total_tokens": usage["total_tokens"],
        "samplers_cached_tokens": usage["samplers_cached_tokens"],
    }
