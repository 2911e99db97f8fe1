"""What a model's JSON may not hold, though pydantic's parser takes it."""

import json
import math
from collections import Counter

from samplers.api.structured.schema import MAX_PROBLEMS


def check_json(text: str) -> None:
    """ValueError, in a sentence, for JSON that leaves open what it means.

    That is NaN, Infinity, a number beyond float64 such as 1e999 (pydantic reads infinity), and a
    key that stands twice in one object (pydantic takes the last). A text that is no JSON at all
    passes: pydantic's parser says what is wrong with it, and where.
    """
    faults: list[str] = []

    def constant(name: str) -> None:
        faults.append(f"{name} is not JSON: a number must be finite")

    def number(digits: str) -> None:
        if math.isinf(float(digits)):
            faults.append(f"{digits:.40} is too large for a number")

    def members(pairs: list[tuple[str, object]]) -> None:
        counts = Counter(key for key, _ in pairs)
        twice = (key for key, count in counts.items() if count > 1)
        faults.extend(f"the key {key!r:.80} stands more than once in one object" for key in twice)

    try:
        json.loads(
            text,
            parse_constant=constant,
            parse_float=number,
            parse_int=str,  # a long one need not be converted here
            object_pairs_hook=members,
        )
    except (ValueError, RecursionError):
        return
    if faults:
        raise ValueError("; ".join(faults[:MAX_PROBLEMS]))
