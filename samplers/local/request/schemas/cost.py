"""What a schema's grammar would cost the engine, bounded before the grammar is made.

Some keywords multiply: the engine writes each of an array's items out, and counts remainders for
`multipleOf`. The bounds keep a grammar under about half a second and 100 MB. What they do not
see, the trial of grammars does (samplers.local.engine.grammars.trials).
"""

import sys
from collections.abc import Iterator
from math import inf, prod

from samplers.local.engine.grammars.exact.large_integers import large
from samplers.wire.subschemas import resolve, subschemas

MAX_ITEMS = 10_000  # of maxItems, minItems and prefixItems, in the whole schema
MAX_LETTERS = 100_000  # of patterns, in the whole schema: a second of ours to read them
MAX_REPEATS = 2**32 - 1  # of characters or properties: the engine counts in 32 bits
MAX_REMAINDERS = 100_000  # that `multipleOf` tells apart, in the whole schema
FEW = 100  # remainders that cost nothing, also in tens, hundreds, …
MAX_COMBINATIONS = 1_000  # of alternatives that schemas merge: the engine writes out each
MAX_SQUARES = 5_000_000  # of the digits of large bounds: a pattern has about as many characters
MAX_OPTIONAL = 450  # properties in a row that are not required: the engine looks at all at once
NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")

Context = tuple[str, ...]


def too_costly(schema: dict) -> Iterator[tuple[Context, str]]:
    """(context, text) of each value that costs too much, or is too large a number."""
    items = 0
    remainders = 0
    squares = 0
    letters = 0

    for context, _, part in subschemas(schema):
        if not isinstance(part, dict):
            continue
        for keyword in (*NUMBERS, "const", "enum"):
            if not _in_float64(part.get(keyword)):
                yield (*context, keyword), "expected numbers in float64's range."
                return

        keyword, count = _items(part)
        items += count
        if items > MAX_ITEMS:
            yield _exceeded(context, keyword, count, items, MAX_ITEMS)
        letters += sum(map(len, (part.get("pattern", ""), *part.get("patternProperties", ()))))
        if letters > MAX_LETTERS:
            yield context, f"{letters} characters of patterns exceed limit of {MAX_LETTERS}."
        for keyword in ("minLength", "maxLength", "minProperties", "maxProperties"):
            if part.get(keyword, 0) > MAX_REPEATS:
                text = f"{part[keyword]} exceeds limit of {MAX_REPEATS}."
                yield (*context, keyword), text

        merged = _merged(part, schema)
        if _combinations(merged) > MAX_COMBINATIONS:
            text = f"{_combinations(merged)} combinations exceed limit of {MAX_COMBINATIONS}."
            yield context, text
        count = _remainders(_product(each.get("multipleOf", 1) for each in merged))
        remainders += count
        if remainders > MAX_REMAINDERS:
            yield _exceeded(context, "multipleOf", count, remainders, MAX_REMAINDERS)
        squares += sum(len(str(value)) ** 2 for name, value in large(part) if name in NUMBERS)
        if squares > MAX_SQUARES:
            yield context, "the whole schema has too many bounds with too many digits."
        run = _optional(part)
        if run > MAX_OPTIONAL:
            text = f"{run} properties in a row that are not required exceed limit of {MAX_OPTIONAL}"
            yield context, f"{text}."


def _in_float64(value) -> bool:
    """Whether every number in a JSON value is in float64's range: 1e999 is not."""
    if isinstance(value, dict):
        return all(map(_in_float64, value.values()))
    if isinstance(value, list):
        return all(map(_in_float64, value))
    return not isinstance(value, int | float) or abs(value) <= sys.float_info.max


def _exceeded(context: Context, keyword: str, value, total, limit: int) -> tuple[Context, str]:
    text = f"{value} exceeds limit of {limit}."
    if value != total:
        text = f"{value} brings the whole schema to {total}, which exceeds limit of {limit}."
    return (*context, keyword), text


def _items(part: dict) -> tuple[str, int]:
    """How many of an array's items the engine writes out, and the keyword that says so."""
    counts = {
        "maxItems": part.get("maxItems", 0),
        "minItems": part.get("minItems", 0),
        "prefixItems": len(part.get("prefixItems", ())),
    }
    keyword = max(counts, key=counts.__getitem__)
    return keyword, int(counts[keyword])


def _remainders(divisor: float | None) -> int:
    """How many states it takes to divide a number, digit by digit; 0 for a few."""
    if not divisor:
        return 0
    if divisor > MAX_REMAINDERS * 10**12:  # more digits than the engine reads
        return MAX_REMAINDERS + 1
    while divisor != int(divisor):
        divisor *= 10
    without_zeros = int(divisor)
    while without_zeros % 10 == 0:
        without_zeros //= 10
    return int(divisor) if without_zeros > FEW else 0


def _product(numbers: Iterator[float]) -> float:
    """A product that may be infinite."""
    product = 1
    for number in numbers:
        product *= number
        if product > MAX_REMAINDERS * 10**12:
            return inf
    return product


def _merged(part: dict, root: dict) -> list[dict]:
    """The schemas that the engine merges into one: a value must fit all of them."""
    others = [*part.get("allOf", ()), part]
    targets = [resolve(each["$ref"], root) for each in others if "$ref" in _dict(each)]
    return [_dict(each) for each in (*others, *targets)]


def _dict(part) -> dict:
    return part if isinstance(part, dict) else {}


def _combinations(merged: list[dict]) -> int:
    lists = [each[name] for each in merged for name in ("anyOf", "oneOf") if name in each]
    return prod(map(len, lists)) if len(lists) > 1 else 0


def _optional(part: dict) -> int:
    """The longest run of properties that are not required."""
    required = set(part.get("required", ()))
    longest = 0
    run = 0
    for name in part.get("properties", ()):
        run = 0 if name in required else run + 1
        longest = max(longest, run)
    return longest
