"""One-digit sums to ask a model, and the number that its answer gives."""

import random
import re
from collections import Counter
from collections.abc import Sequence

from samplers.lab.arguments import checked

DIGITS = range(1, 10)
EXAMPLES = ((2, 5), (6, 1), (8, 4), (3, 3))
_OTHERS = [(a, b) for a in DIGITS for b in DIGITS if (a, b) not in EXAMPLES]
# Fifty of the 77 sums of two digits that are no examples, in an order without a pattern.
SUMS = tuple(random.Random(0).sample(_OTHERS, 50))
NUMBER = re.compile(r"\d+")


@checked
def ask_sum(a: int, b: int, examples: bool = False) -> list[dict]:
    """Messages that ask for a + b: alone, or after four sums that are done already."""
    if not examples:
        question = f"What is {a} + {b}? Answer with the number alone."
        return [{"role": "user", "content": question}]

    messages = []
    for c, d in EXAMPLES:
        messages.append({"role": "user", "content": f"What is {c} + {d}?"})
        messages.append({"role": "assistant", "content": f"{c} + {d} = {c + d}"})
    return [*messages, {"role": "user", "content": f"What is {a} + {b}?"}]


@checked
def number_in(text: str) -> int | None:
    """The last whole number in an answer, "6 + 3 = 9" gives 9; None without one."""
    found = NUMBER.findall(text)
    return int(found[-1]) if found else None


@checked
def majority(numbers: Sequence[int | None]) -> int | None:
    """The most frequent number, the first of them where several are; None counts for nothing."""
    tally = Counter(number for number in numbers if number is not None)
    return max(tally, key=tally.get, default=None)
