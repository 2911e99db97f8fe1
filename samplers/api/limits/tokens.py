"""How many tokens a request counts against a limit of tokens, before it is sent."""

from samplers.api.pricing.bound import entries_of, limits_of, most_prompt_tokens
from samplers.api.pricing.images import images_of, likely_tokens

DEFAULT_MAX_TOKENS = 1024  # of an answer to a request that names no limit


def tokens_of(body: dict, inherited: int = 0) -> int:
    """The most tokens that a request with this body counts, by an estimate from above.

    The prompt by its bytes, as no token is shorter than one (`most_prompt_tokens`), with those that
    are `inherited` from an earlier response, and n times max_completion_tokens, max_tokens or
    max_output_tokens; DEFAULT_MAX_TOKENS where it names none. An image counts by its model's rule,
    or `likely_tokens`. The endpoint's own tokenizer would cost a call.
    """
    limits = [_count(body.get(name)) for name in limits_of(body)]
    longest = max(limits) or DEFAULT_MAX_TOKENS
    images = sum(likely_tokens(body.get("model"), image) for image in images_of(entries_of(body)))
    prompt = inherited + most_prompt_tokens(body) + images
    return prompt + (_count(body.get("n")) or 1) * longest


def _count(value) -> int:
    """A positive int; 0 for anything else, which the endpoint will refuse."""
    return value if isinstance(value, int) and value > 0 else 0
