"""What an endpoint may be doing: the hypotheses, and the tokens that each of them counts."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from samplers.checks import one_of
from samplers.compare.rules import BOUNDARIES, ORDERS, UNDECIDED

LOGPROBS = (
    "raw",  # the model's own: llama.cpp, vLLM
    "processed",  # after the whole chain: vLLM's processed modes
    "processed before truncation",  # after bias, penalties and temperature: SGLang
    "processed before temperature",  # after bias and penalties: its SGLANG_RETURN_ORIGINAL_LOGPROB
)
COUNTS = ("output", "prompt and output", "nothing")

_VALUES = {"order": ORDERS, "boundary": BOUNDARIES, "logprobs": LOGPROBS, "counts": COUNTS}


@dataclass(frozen=True)
class Hypothesis:
    """One way in which an endpoint may work. A field is "undecided" where the data do not show it.

    `order` is one of ORDERS, and `boundary` (of the nucleus) one of BOUNDARIES. `logprobs`, one of
    LOGPROBS, is what the returned ones mean. `counts`, one of COUNTS, is which tokens frequency and
    presence penalties count. "prompt and output" may be only the last of them: llama.cpp counts a
    window of 64 tokens, which a short prompt does not fill.
    """

    order: str = UNDECIDED
    boundary: str = UNDECIDED
    logprobs: str = UNDECIDED
    counts: str = UNDECIDED

    def __post_init__(self):
        for name, values in _VALUES.items():
            one_of(getattr(self, name), name, (*values, UNDECIDED))

    @property
    def draw_rules(self) -> tuple[str, str, str]:
        """The fields that matter to the draws: hypotheses that share them draw alike."""
        return self.order, self.boundary, self.counts

    def __str__(self) -> str:
        return (
            f"{self.order}; boundary {self.boundary}; logprobs {self.logprobs}; "
            f"penalties count {self.counts}"
        )


def all_hypotheses() -> list[Hypothesis]:
    """Every combination. Before there are data, each is as likely as any other.

    Where penalties count nothing, logprobs before temperature are the raw ones: one hypothesis.
    """
    combinations = [Hypothesis(*values) for values in product(*_VALUES.values())]
    same_as_raw = ("processed before temperature", "nothing")
    return [h for h in combinations if (h.logprobs, h.counts) != same_as_raw]


def counted(
    rule: str, prompt: Mapping[bytes, int], output: Sequence[bytes] = ()
) -> dict[bytes, int]:
    """{token's bytes: how often} that `rule`, one of COUNTS, counts in a prompt and an output."""
    total = Counter()
    if rule == "prompt and output":
        total.update(prompt)
    if rule != "nothing":
        total.update(output)
    return dict(total)


def tokens_in(messages, vocabulary: Iterable[bytes]) -> Counter:
    """How often each token of `vocabulary` occurs in the messages, without the model's tokenizer.

    A word counts where it is a token as it stands, with the space before it or without. A number is
    read from its left in the longest known tokens. That is how byte-pair tokenizers split. The
    template's own words are missing, so use the counts with presence penalties, which depend only
    on whether a token occurs.
    """
    vocabulary = set(vocabulary)
    text = messages
    if not isinstance(messages, str):
        text = "\n".join(str(message["content"]) for message in messages)

    occurrences = Counter()
    for part in re.findall(r" ?[^\W\d]+|\d+|\s+|[^\w\s]+", text):
        if part.isdecimal():
            occurrences.update(_split_number(part.encode(), vocabulary))
        elif part.encode() in vocabulary:
            occurrences[part.encode()] += 1
    return occurrences


def _split_number(digits: bytes, vocabulary: set[bytes]) -> list[bytes]:
    """The longest known tokens from the left; a digit that begins none is skipped."""
    longest = max(map(len, vocabulary), default=0)
    tokens = []
    while digits:
        lengths = range(1, min(longest, len(digits)) + 1)
        known = [n for n in lengths if digits[:n] in vocabulary]
        if known:
            tokens.append(digits[: known[-1]])
        digits = digits[known[-1] if known else 1 :]
    return tokens
