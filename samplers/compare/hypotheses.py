"""What an endpoint may be doing: the hypotheses, and the tokens that each of them counts."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from samplers.compare.rules import BOUNDARIES, ORDERS

# llama.cpp, vLLM | vLLM's processed modes | SGLang
LOGPROBS = ("raw", "processed", "processed before truncation")
COUNTS = ("output", "prompt and output", "nothing")
UNDECIDED = "undecided"


@dataclass(frozen=True)
class Hypothesis:
    """One way in which an endpoint may work. A field is "undecided" where the data do not tell.

    `order` is one of ORDERS, `boundary` of the nucleus one of BOUNDARIES, `logprobs` (what the
    returned ones mean) one of LOGPROBS, `counts` (which tokens frequency and presence penalties
    count) one of COUNTS. "prompt and output" may be only the last of them: llama.cpp counts a
    window of 64 tokens, which a short prompt does not fill.
    """

    order: str = UNDECIDED
    boundary: str = UNDECIDED
    logprobs: str = UNDECIDED
    counts: str = UNDECIDED

    @property
    def draws_like(self) -> tuple[str, str, str]:
        """What of it matters to the draws: hypotheses that share it draw alike."""
        return self.order, self.boundary, self.counts

    def __str__(self) -> str:
        return f"{self.order}; boundary {self.boundary}; logprobs {self.logprobs}; penalties count {self.counts}"


def all_hypotheses() -> list[Hypothesis]:
    """Every combination, each as likely as the others before there are data."""
    return [Hypothesis(*fields) for fields in product(ORDERS, BOUNDARIES, LOGPROBS, COUNTS)]


def counted(
    rule: str, prompt: Mapping[bytes, int], output: Sequence[bytes] = ()
) -> dict[bytes, int]:
    """{token's bytes: how often} that `rule`, one of COUNTS, counts after the prompt's tokens and
    an output so far.
    """
    total = Counter()
    if rule == "prompt and output":
        total.update(prompt)
    if rule != "nothing":
        total.update(output)
    return dict(total)


def tokens_in(messages, vocabulary: Iterable[bytes]) -> Counter:
    """How often each of some tokens occurs in the messages, for an endpoint that does not tokenize
    for us.

    A word counts where it is a token as it stands, with the space before it or without; a number is
    read from its left in the longest known tokens. That is how byte-pair tokenizers split, but for
    the template's own words: use it with presence penalties, which ask only whether a token occurs.
    """
    known, found = set(vocabulary), Counter()
    longest = max(map(len, known), default=0)
    text = (
        messages
        if isinstance(messages, str)
        else "\n".join(str(message["content"]) for message in messages)
    )
    for piece in re.findall(r" ?[^\W\d]+|\d+|\s+|[^\w\s]+", text):
        rest = piece.encode()
        if not piece.isdecimal():
            found.update([rest] if rest in known else [])
            continue
        while rest:
            width = next((n for n in range(min(longest, len(rest)), 0, -1) if rest[:n] in known), 0)
            found.update([rest[:width]] if width else [])
            rest = rest[width or 1 :]
    return found
