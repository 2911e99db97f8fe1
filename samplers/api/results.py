"""An endpoint's answers as plain frozen dataclasses, close to the wire. `raw` keeps the JSON as it
came.
"""

import math
from dataclasses import dataclass, field

from samplers.wire.logprobs import UNSEEN_LOGPROB
from samplers.wire.tokens import readable


def logprob_of(entry: dict) -> float:
    """An entry's logprob (nats). UNSEEN_LOGPROB becomes the -inf that it stands for."""
    logprob = entry["logprob"]
    return -math.inf if logprob <= UNSEEN_LOGPROB else float(logprob)


def bytes_of(entry: dict) -> bytes:
    """An entry's bytes: the truth about a token. An endpoint that sends none (null) gives its
    text's UTF-8.
    """
    return (
        entry["token"].encode("utf-8", "replace")
        if entry.get("bytes") is None
        else bytes(entry["bytes"])
    )


def label_of(entry: dict) -> str:
    """An entry's token for a person; a token of no bytes that has a name (<|im_end|>) is shown by
    it.
    """
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
    """A token of the answer: its bytes, its logprob (nats), and the most likely tokens at its place
    (`top`).
    """

    token: str  # readable text
    bytes: bytes
    logprob: float
    top: tuple["TokenLogprob", ...] = field(default=(), repr=False)
    id: int | None = field(default=None, repr=False)  # where the endpoint tells it

    @classmethod
    def from_wire(cls, entry: dict) -> "TokenLogprob":
        top = tuple(cls.from_wire(t) for t in entry.get("top_logprobs") or ())
        return cls(label_of(entry), bytes_of(entry), logprob_of(entry), top, entry.get("id"))


def logprobs_of(choice: dict) -> tuple[TokenLogprob, ...] | None:
    """A choice's (or its delta's) tokens with their logprobs; None if the request did not ask for
    them.
    """
    content = (choice.get("logprobs") or {}).get("content")
    return None if content is None else tuple(TokenLogprob.from_wire(entry) for entry in content)


@dataclass(frozen=True)
class ToolCall:
    """A function that the model asks for. `arguments` is what it wrote: JSON if all went well,
    never checked here.
    """

    id: str
    name: str
    arguments: str

    @classmethod
    def from_wire(cls, call: dict) -> "ToolCall":
        return cls(
            call.get("id") or "", call["function"]["name"], call["function"].get("arguments") or ""
        )


@dataclass(frozen=True)
class Choice:
    """One of a completion's n answers."""

    index: int
    text: str
    finish_reason: str | None
    logprobs: tuple[TokenLogprob, ...] | None = field(default=None, repr=False)
    tool_calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None  # what the model says instead of an answer that it will not give

    @classmethod
    def from_wire(cls, choice: dict) -> "Choice":
        message = choice["message"]
        calls = tuple(map(ToolCall.from_wire, message.get("tool_calls") or ()))
        text, refusal = message.get("content") or "", message.get("refusal")
        return cls(
            choice.get("index", 0),
            text,
            choice.get("finish_reason"),
            logprobs_of(choice),
            calls,
            refusal,
        )

    @property
    def message(self) -> dict:
        """The answer as a message, to be put behind those that were asked."""
        nothing = None if self.tool_calls or self.refusal else ""
        message = {"role": "assistant", "content": self.text or nothing}
        if self.refusal:
            message["refusal"] = self.refusal
        if self.tool_calls:
            message["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": call.arguments},
                }
                for call in self.tool_calls
            ]
        return message


@dataclass(frozen=True)
class Completion:
    """A whole answer. `text` and what is beside it are those of the first of its `choices`."""

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
        return cls(
            first.text,
            first.finish_reason,
            usage,
            answer.get("model"),
            first.logprobs,
            choices,
            answer,
        )

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The functions that the model asks for, in its order; () if none."""
        return self.choices[0].tool_calls

    @property
    def refusal(self) -> str | None:
        """What the model says instead of an answer that it will not give; None if it gives one."""
        return self.choices[0].refusal

    @property
    def message(self) -> dict:
        """The answer as a message: ``messages.append(completion.message)`` keeps a conversation."""
        return self.choices[0].message


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

    @property
    def count(self) -> int:
        """How many tokens; len() says the same."""
        return len(self.ids)
