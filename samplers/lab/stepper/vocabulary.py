"""A model's tokens: what each id stands for, and the ids of a text."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np

from samplers.checks import shown
from samplers.distribution import Distribution, log_softmax
from samplers.lab.plots.labels import token_label
from samplers.wire.tokens import as_text

LISTED = 8  # tokens that an error lists at most


class Vocabulary:
    """The tokens of a model, by id, and its tokenizer.

    `tokens` are their texts, or their bytes where they are not whole UTF-8. `tokenize(text) -> ids`
    is the model's own tokenizer; None: `longest_match`.
    """

    def __init__(
        self,
        tokens: Sequence[str | bytes],
        tokenize: Callable[[str], Sequence[int]] | None = None,
    ):
        if tokenize is not None and not callable(tokenize):
            raise ValueError(f"tokenize must be a function of a text, got {shown(tokenize)}")
        self.bytes = tuple(t.encode() if isinstance(t, str) else bytes(t) for t in tokens)
        self.tokens = tuple(raw.decode("utf-8", "replace") for raw in self.bytes)
        self.tokenize = tokenize or (lambda text: longest_match(text, self.bytes))

    def __len__(self) -> int:
        return len(self.bytes)

    def distribution(self, logits: np.ndarray, raw: bool = False) -> Distribution:
        """The distribution of logits (V,) over these tokens. `raw`: they are the model's own."""
        logprobs = log_softmax(logits)
        best = int(logprobs.argmax())
        logsumexp = float(np.asarray(logits)[best] - logprobs[best]) if raw else None
        return self._uniform.with_logprobs(logprobs, logsumexp)

    @cached_property
    def _uniform(self) -> Distribution:
        V = len(self)
        even = np.full(V, -np.log(V))
        return Distribution(self.tokens, even, self.bytes, ids=tuple(range(V)), vocabulary_size=V)

    def label(self, token: int, limit: int = 18) -> str:
        """A token as the pictures write it: ␣ for a space, ⟨e4⟩ for half a character."""
        return token_label(self.tokens[token], self.bytes[token], limit)

    def text(self, token_ids: Iterable[int]) -> str:
        """The text of these tokens. Bytes that make no whole character are written ⟨e4 bd⟩."""
        return as_text(b"".join(self.bytes[token] for token in token_ids))

    def ids_of(self, text: str) -> list[int]:
        """The tokens of `text`; ValueError for an empty one, and for one that no tokens write."""
        if not isinstance(text, str) or not text:
            raise ValueError(f"text must be a str that is not empty, got {text!r}")
        return [int(i) for i in self.tokenize(text)]

    def id_of(self, text: str) -> int:
        """The lowest id whose token is exactly `text`; ValueError if no token is."""
        raw = text.encode()
        if raw not in self.bytes:
            raise ValueError(self._not_one_token(text))
        return self.bytes.index(raw)

    def _not_one_token(self, text: str) -> str:
        ids = self.ids_of(text)
        listed = " | ".join(self.label(i) for i in ids[:LISTED])
        if len(ids) > LISTED:
            listed += " …"
        return (
            f"token must be one token of the vocabulary, got {text!r}, which the tokenizer "
            f"splits into {len(ids)}: {listed}. force(text) takes them all"
        )


def longest_match(text: str, vocabulary: Sequence[bytes]) -> list[int]:
    """Ids of the tokens that write `text`: always the longest that fits; of equal ones the lowest.

    A real model brings its own tokenizer, which can split a text differently. ValueError where no
    token fits.
    """
    rest = text.encode()
    ids = []

    while rest:
        fitting = [i for i, token in enumerate(vocabulary) if token and rest.startswith(token)]
        if not fitting:
            raise ValueError(
                f"text must be made of the vocabulary's tokens, got {text!r}: "
                f"no token fits at {as_text(rest)[:20]!r}"
            )
        longest = max(fitting, key=lambda i: len(vocabulary[i]))
        ids.append(longest)
        rest = rest[len(vocabulary[longest]) :]

    return ids
