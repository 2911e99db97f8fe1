"""What the colours of a text mean: each token's value in nats, and the level that it reaches."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from samplers.api import Score, TokenLogprob
from samplers.lab.plots.chips import SHADES
from samplers.lab.plots.labels import size

BY = ("surprise", "entropy")
LEVELS = (0.5, 1, 2, 4, 8)  # nats from which a token gets darker
LISTED = 5  # tokens that a place shows
NOT_KNOWN = "not known"
INFINITE = "∞"


@dataclass(frozen=True)
class ShadedToken:
    """A token of a text, and what its colour says.

    `low` and `high`: its value in nats, equal where it is known exactly, both None where it is not
    known. The other fields are a `Score`'s.
    """

    label: str
    bytes: bytes
    logprob: float | None
    entropy: tuple[float, float] | None
    top: tuple[tuple[str, float], ...]
    low: float | None
    high: float | None


def shaded_tokens(score: Score, by: str) -> list[ShadedToken]:
    """The tokens of `score`, each with its surprise or with the entropy before it."""
    columns = zip(
        score.tokens, score.bytes, score.logprobs, score.entropies, score.top, strict=True
    )
    tokens = []
    for label, raw, logprob, entropy, top in columns:
        value = (surprise(logprob),) * 2 if by == "surprise" else entropy
        low, high = (None, None) if value is None else value
        tokens.append(ShadedToken(label, raw, logprob, entropy, top, low, high))
    return tokens


def as_score(answer: Score | Sequence[TokenLogprob], by: str) -> Score:
    """What is to be shown as a Score. An answer's logprobs have no entropies."""
    if isinstance(answer, Score):
        return answer
    if by == "entropy":
        words = "'surprise' for an answer's logprobs, which do not have the whole distribution"
        raise ValueError(f"by must be {words}, got 'entropy': client.score has the entropies")
    return Score(
        tokens=tuple(token.token for token in answer),
        logprobs=tuple(token.logprob for token in answer),
        entropies=(None,) * len(answer),
        top=tuple(map(_most_probable, answer)),
        bytes=tuple(token.bytes for token in answer),
    )


def _most_probable(token: TokenLogprob) -> tuple[tuple[str, float], ...]:
    known = [other for other in token.top if other.logprob is not None]
    known.sort(key=lambda other: -other.logprob)
    return tuple((other.token, math.exp(other.logprob)) for other in known[:LISTED])


def surprise(logprob: float | None) -> float | None:
    """-logprob, in nats; None if it is not known. A rounding error above 0 is 0."""
    return None if logprob is None else max(0.0, -logprob)


def level(value: float) -> int:
    """How many of LEVELS the value reaches, 0 to 5."""
    return sum(value >= least for least in LEVELS)


def shades(token: ShadedToken) -> tuple[int, ...]:
    """The levels of a token: one, two where its value lies between two levels, none if unknown."""
    if token.low is None:
        return ()
    return tuple(sorted({level(token.low), level(token.high)}))


def colour(reached: int) -> str:
    """The colour of a level: paler is less, and white is none."""
    return SHADES[reached]


def nats(low: float | None, high: float | None) -> str:
    """A value in few characters: "2.1", "2.1 to 4.0", "∞", "not known"."""
    if low is None:
        return NOT_KNOWN
    first, last = (INFINITE if math.isinf(x) else f"{x:.1f}" for x in (low, high))
    return first if first == last else f"{first} to {last}"


def key(tokens: list[ShadedToken]) -> list[tuple[tuple[int, ...], str]]:
    """(levels, meaning) for each colour that a picture of `tokens` has to explain."""
    entries = [((0,), f"< {LEVELS[0]:g}")]
    entries += [((reached,), f"≥ {least:g}") for reached, least in enumerate(LEVELS, 1)]
    if any(len(shades(token)) == 2 for token in tokens):
        entries.append(((1, 3), "at least, at most"))
    if any(token.low is None for token in tokens):
        entries.append(((), NOT_KNOWN))
    return entries


def unit(by: str) -> str:
    """What a value is."""
    return "surprise in nats" if by == "surprise" else "entropy before each token in nats"


def what_it_means(by: str) -> str:
    """What the LEVELS are in a unit that can be felt."""
    if by == "surprise":
        values = [f"{math.exp(-least):.2g}" for least in LEVELS]
        return f"as probabilities: {', '.join(values)}"
    values = [size(math.exp(least)) for least in LEVELS]
    return f"as open as a choice among {', '.join(values)} equal tokens"


def text_of(raw: bytes, label: str, readable: Callable[[bytes], str]) -> str:
    """A token as it stands in the text: its spaces are spaces, all else is made `readable`.

    A token without text is shown by its name, and one of spaces alone by their marks.
    """
    if not raw:
        return label
    if not raw.strip(b" "):
        return readable(raw)
    return " ".join(readable(part) if part else "" for part in raw.split(b" "))


def ends_line(raw: bytes) -> bool:
    """Does a new line begin after this token?"""
    return b"\n" in raw
