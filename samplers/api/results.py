"""An endpoint's answers as plain frozen dataclasses, close to the wire. `raw` keeps the JSON as it came."""

import math
from dataclasses import dataclass, field

from samplers.api.text import readable

SENTINEL = -9999.0  # OpenAI's and vLLM's way to write -inf in JSON


def logprob_of(entry: dict) -> float:
    """An entry's logprob (nats), -9999.0 read as the -inf that it stands for."""
    return -math.inf if entry["logprob"] <= SENTINEL else float(entry["logprob"])


def bytes_of(entry: dict) -> bytes:
    """An entry's bytes: the truth about a token. An endpoint that sends none (null) gives its text's UTF-8."""
    return entry["token"].encode("utf-8", "replace") if entry.get("bytes") is None else bytes(entry["bytes"])


def label_of(entry: dict) -> str:
    """An entry's token for a person; a token of no bytes that has a name (<|im_end|>) is shown by it."""
    return readable(bytes_of(entry) or entry["token"].encode("utf-8", "replace"))


@dataclass(frozen=True)
class Usage:
    """What a call is billed for, in tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cached_tokens: int = 0  # of prompt_tokens

    @classmethod
    def from_wire(cls, usage: dict | None) -> "Usage | None":
        if usage is None:
            return None
        prompt, completion = usage["prompt_tokens"], usage.get("completion_tokens", 0)
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        return cls(prompt, completion, usage.get("total_tokens", prompt + completion), cached)


@dataclass(frozen=True)
class TokenLogprob:
    """A token of the answer: its bytes, its logprob (nats), and the most likely tokens at its place (`top`)."""

    token: str  # readable text
    bytes: bytes
    logprob: float
    top: tuple["TokenLogprob", ...] = field(default=(), repr=False)
    id: int | None = field(default=None, repr=False)  # where the endpoint tells it

    @classmethod
    def from_wire(cls, entry: dict) -> "TokenLogprob":
        top = tuple(cls.from_wire(t) for t in entry.get("top_logprobs") or ())
        return cls(label_of(entry), bytes_of(entry), logprob_of(entry), top, entry.get("id"))


def _logprobs(choice: dict) -> tuple[TokenLogprob, ...] | None:
    content = (choice.get("logprobs") or {}).get("content")
    return None if content is None else tuple(TokenLogprob.from_wire(entry) for entry in content)


@dataclass(frozen=True)
class Choice:
    """One of a completion's n answers."""

    index: int
    text: str
    finish_reason: str | None
    logprobs: tuple[TokenLogprob, ...] | None = field(default=None, repr=False)

    @classmethod
    def from_wire(cls, choice: dict) -> "Choice":
        text = choice["message"].get("content") or ""
        return cls(choice.get("index", 0), text, choice.get("finish_reason"), _logprobs(choice))


@dataclass(frozen=True)
class Completion:
    """A whole answer. `text`, `finish_reason` and `logprobs` are those of the first of its `choices`."""

    text: str
    finish_reason: str | None
    usage: Usage | None
    model: str | None  # who really answered
    logprobs: tuple[TokenLogprob, ...] | None = field(repr=False)
    choices: tuple[Choice, ...] = field(repr=False)
    raw: dict = field(repr=False)

    @classmethod
    def from_wire(cls, answer: dict) -> "Completion":
        choices = tuple(sorted(map(Choice.from_wire, answer["choices"]), key=lambda c: c.index))
        first = choices[0]
        usage = Usage.from_wire(answer.get("usage"))
        return cls(first.text, first.finish_reason, usage, answer.get("model"), first.logprobs, choices, answer)


@dataclass(frozen=True)
class Chunk:
    """One event of a stream: what it adds to the text of choice `index`. The last may hold usage and no choice."""

    text: str
    index: int = 0
    finish_reason: str | None = None
    usage: Usage | None = None
    role: str | None = field(default=None, repr=False)
    logprobs: tuple[TokenLogprob, ...] | None = field(default=None, repr=False)
    raw: dict = field(default_factory=dict, repr=False)

    @classmethod
    def from_wire(cls, event: dict) -> "Chunk":
        choice = (event.get("choices") or [{}])[0]
        delta = choice.get("delta") or {}
        return cls(
            delta.get("content") or "",
            choice.get("index", 0),
            choice.get("finish_reason"),
            Usage.from_wire(event.get("usage")),
            delta.get("role"),
            _logprobs(choice),
            event,
        )


@dataclass(frozen=True)
class Tokens:
    """A text, or messages in the model's template, as the model reads them."""

    ids: tuple[int, ...]
    tokens: tuple[str, ...]  # readable text
    bytes: tuple[bytes, ...] = field(repr=False)
    vocabulary_size: int = field(repr=False)
    context_length: int = field(repr=False)  # in tokens
    stop_ids: tuple[int, ...] = field(repr=False)  # tokens that end a turn
    raw: dict = field(repr=False)

    @classmethod
    def from_wire(cls, answer: dict) -> "Tokens":
        entries = answer["tokens"]
        return cls(
            tuple(answer["ids"]),
            tuple(map(label_of, entries)),
            tuple(map(bytes_of, entries)),
            answer["vocabulary_size"],
            answer["context_length"],
            tuple(answer["stop_ids"]),
            answer,
        )

    def __len__(self) -> int:
        return len(self.ids)
