"""The document's `estimate_cost`: lesson 12 holds it against today's prices.

The code is the document's, word for word. In a program of your own, use `cost` of `samplers.api`.
"""


def estimate_cost(
    model: str,
    input_tokens: int,
    output_tokens: int,
    batch: bool = False,
    cache_hit_pct: float = 0,
) -> float:
    """The document's estimate of what a call costs (USD)."""
    pricing = {
        "gpt-4o": {"input": 2.50, "output": 10.00},
        "gpt-4o-mini": {"input": 0.15, "output": 0.60},
        "o3": {"input": 10.00, "output": 40.00},
        "o4-mini": {"input": 1.10, "output": 4.40},
        "gpt-4.1": {"input": 2.00, "output": 8.00},
    }
    p = pricing.get(model)
    if not p:
        return 0
    # 缓存折扣
    cached_input = input_tokens * cache_hit_pct * 0.5  # 缓存打5折
    uncached_input = input_tokens * (1 - cache_hit_pct)
    effective_input_cost = (cached_input + uncached_input) * p["input"]
    output_cost = output_tokens * p["output"]
    # Batch API 5折
    if batch:
        return (effective_input_cost + output_cost) / 2 / 1_000_000
    return (effective_input_cost + output_cost) / 1_000_000
