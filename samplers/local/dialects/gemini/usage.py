"""usageMetadata: what an answer cost. Counts that are 0 are left out, as proto JSON leaves them."""


def usage_metadata(usage: dict) -> dict:
    """Google's form of a usage by Chat's names; thoughts are counted apart from the answer."""
    thoughts = usage["completion_tokens_details"]["reasoning_tokens"]
    counts = {
        "promptTokenCount": usage["prompt_tokens"],
        "cachedContentTokenCount": usage["prompt_tokens_details"]["cached_tokens"],
        "candidatesTokenCount": usage["completion_tokens"] - thoughts,
        "thoughtsTokenCount": thoughts,
        "totalTokenCount": usage["total_tokens"],
    }
    return {name: number for name, number in counts.items() if number}


def prompt_metadata(prompt_tokens: int) -> dict:
    """What is known before the answer is whole."""
    return {"promptTokenCount": prompt_tokens, "totalTokenCount": prompt_tokens}
