"""An endpoint's answers as frozen dataclasses, close to the wire. `raw` is the JSON that came."""

import math
import re
from dataclasses import astuple, dataclass, field

from samplers.api.deviations import (
    arguments_of,
    calls_of,
    count_of,
    dict_of,
    dicts_of,
    either,
    id_of,
    number_of,
    refusal_of,
    string_of,
    text_of,
    well_formed,
)
from samplers.wire.logprobs import UNSEEN_LOGPROB
from samplers.wire.tokens import readable

CONTROL = re.compile(r"<\|[^<>|]+\|>")  # how most models name their tokens that are no text


def logprob_of(entry: dict) -> float | None:
    """An entry's logprob (nats), None without one. UNSEEN_LOGPROB is the -inf it stands for."""
    logprob = entry.get("logprob")
    if not isinstance(logprob, float) or math.isnan(logprob):
        logprob = number_of(logprob)
    return -math.inf if logprob is not None and logprob <= UNSEEN_LOGPROB else logprob


def bytes_of(entry: dict) -> bytes:
    """An entry's bytes, which are what the token is: its text may be only part of a character.

    Where an endpoint sends no bytes (null), the text's UTF-8. b"" for a token that stands for no
    text: its bytes are [], or null beside a name such as <|im_end|>.
    """
    values = entry.get("bytes")
    if values is None and is_control(entry.get("token")):
        return b""
    if isinstance(values, list):
        try:
            return bytes(values)
        except (TypeError, ValueError):  # not a list of bytes
            pass
    return _token_utf8(entry)


def is_control(token) -> bool:
    """Is this the name of a token that stands for no text, such as <|im_end|>?"""
    return isinstance(token, str) and CONTROL.fullmatch(token) is not None


def label_of(entry: dict) -> str:
    """An entry's token for a person; a token without bytes (<|im_end|>) is shown by its name."""
    return readable(bytes_of(entry) or _token_utf8(entry))


def _token_utf8(entry: dict) -> bytes:
    token = entry.get("token")
    return well_formed(token).encode() if isinstance(token, str) else b""


@dataclass(frozen=True)
class Usage:
    """What a call is billed for, in tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cached_tokens: int = 0  # part of prompt_tokens: read from the cache
    cache_write_tokens: int = 0  # part of prompt_tokens: written to it
    reasoning_tokens: int = 0  # part of completion_tokens: thought, and not shown
    # Part of prompt_tokens: what the engine did not have to read. The local endpoint reports it,
    # because OpenAI bills no short prefix as cached; elsewhere it is the same as cached_tokens.
    engine_cached_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    @classmethod
    def from_wire(cls, usage: dict | None) -> "Usage | None":
        """None unless the prompt's count is there, and the completion's or the sum.

        A call without its whole usage must not look cheap. Responses call the two input_tokens and
        output_tokens.
        """
        if not isinstance(usage, dict):
            return None
        prompt = count_of(either(usage, "prompt_tokens", "input_tokens"))
        completion = count_of(either(usage, "completion_tokens", "output_tokens"))
        total = count_of(usage.get("total_tokens"))
        if completion is None and prompt is not None and total is not None:
            completion = count_of(total - prompt)
        if prompt is None or completion is None:
            return None

        of_prompt = dict_of(either(usage, "prompt_tokens_details", "input_tokens_details"))
        of_answer = dict_of(either(usage, "completion_tokens_details", "output_tokens_details"))
        cached = min(prompt, count_of(of_prompt.get("cached_tokens")) or 0)
        written = min(prompt - cached, count_of(of_prompt.get("cache_write_tokens")) or 0)
        by_engine = count_of(usage.get("samplers_cached_tokens"))
        return cls(
            prompt_tokens=prompt,
            completion_tokens=completion,
            total_tokens=prompt + completion if total is None else total,
            cached_tokens=cached,
            cache_write_tokens=written,
            reasoning_tokens=min(completion, count_of(of_answer.get("reasoning_tokens")) or 0),
            engine_cached_tokens=cached if by_engine is None else min(prompt, by_engine),
        )

    def to_wire(self) -> dict:
        """The usage as an answer's JSON has it."""
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": self.total_tokens,
            "prompt_tokens_details": {
                "cached_tokens": self.cached_tokens,
                "cache_write_tokens": self.cache_write_tokens,
            },
            "completion_tokens_details": {"reasoning_tokens": self.reasoning_tokens},
            "samplers_cached_tokens": self.engine_cached_tokens,
        }


@dataclass(frozen=True)
class TokenLogprob:
    """A token of the answer: its bytes and logprob (nats).

    `top`: the tokens that the endpoint lists there, in its order. At OpenAI, llama.cpp's server and
    the local endpoint these are the likeliest ones. vLLM puts the drawn token first, and where it
    is none of the likeliest, it takes the place of the last of them.
    """

    token: str  # readable text
    bytes: bytes
    logprob: float | None  # None if the endpoint sent none
    top: tuple["TokenLogprob", ...] = field(default=(), repr=False)
    id: int | None = field(default=None, repr=False)  # None if the endpoint does not report it

    @classmethod
    def from_wire(cls, entry: dict) -> "TokenLogprob":
        return cls(
            token=label_of(entry),
            bytes=bytes_of(entry),
            logprob=logprob_of(entry),
            top=tuple(cls.from_wire(other) for other in dicts_of(entry.get("top_logprobs"))),
            id=entry.get("id"),
        )


def logprobs_of(choice: dict) -> tuple[TokenLogprob, ...] | None:
    """The tokens of a choice, or of its delta, with logprobs. None if they were not asked for."""
    content = dict_of(choice.get("logprobs")).get("content")
    if content is None:
        return None
    return tuple(map(TokenLogprob.from_wire, dicts_of(content)))


@dataclass(frozen=True)
class ToolCall:
    """A function call that the model asks for.

    `arguments` is what the model wrote: JSON if all went well. It is not checked here.
    """

    id: str
    name: str
    arguments: str

    @classmethod
    def from_wire(cls, call: dict) -> "ToolCall":
        function = dict_of(call.get("function"))
        return cls(
            id=id_of(call),
            name=well_formed(string_of(function.get("name")) or ""),
            arguments=well_formed(arguments_of(function)),
        )

    def to_wire(self) -> dict:
        function = {"name": self.name, "arguments": self.arguments}
        return {"id": self.id, "type": "function", "function": function}


@dataclass(frozen=True)
class Choice:
    """One of a completion's n answers."""

    index: int
    text: str
    finish_reason: str | None
    logprobs: tuple[TokenLogprob, ...] | None = field(default=None, repr=False)
    tool_calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None  # what the model says instead of an answer

    @classmethod
    def from_wire(cls, choice: dict) -> "Choice":
        message = choice["message"] or {}
        return cls(
            index=count_of(choice.get("index")) or 0,
            text=well_formed(text_of(message.get("content"))),
            finish_reason=choice.get("finish_reason"),
            logprobs=logprobs_of(choice),
            tool_calls=tuple(map(ToolCall.from_wire, calls_of(message))),
            refusal=well_formed(refusal_of(message)) or None,
        )

    @property
    def message(self) -> dict:
        """The answer as a message that continues the conversation."""
        has_more = self.tool_calls or self.refusal
        message = {"role": "assistant", "content": self.text or (None if has_more else "")}
        if self.refusal:
            message["refusal"] = self.refusal
        if self.tool_calls:
            message["tool_calls"] = [call.to_wire() for call in self.tool_calls]
        return message


@dataclass(frozen=True)
class Completion:
    """A whole answer. `text` and the other fields are those of the first of its `choices`."""

    text: str
    finish_reason: str | None
    usage: Usage | None
    model: str | None  # the model that really answered
    logprobs: tuple[TokenLogprob, ...] | None = field(repr=False)
    choices: tuple[Choice, ...] = field(repr=False)
    raw: dict = field(repr=False)

    @classmethod
    def from_wire(cls, answer: dict) -> "Completion":
        choices = map(Choice.from_wire, answer["choices"])
        choices = tuple(sorted(choices, key=lambda choice: choice.index))
        first = choices[0]
        return cls(
            text=first.text,
            finish_reason=first.finish_reason,
            usage=Usage.from_wire(answer.get("usage")),
            model=answer.get("model"),
            logprobs=first.logprobs,
            choices=choices,
            raw=answer,
        )

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The function calls that the model asks for, in its order; () if there are none."""
        return self.choices[0].tool_calls

    @property
    def refusal(self) -> str | None:
        """What the model says instead of an answer; None if it answers."""
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
    vocabulary_size: int | None = field(repr=False)  # None if the endpoint does not report it
    context_length: int | None = field(repr=False)  # in tokens; None likewise
    stop_ids: tuple[int, ...] = field(repr=False)  # tokens that end a turn
    raw: dict = field(repr=False)

    @classmethod
    def from_wire(cls, answer: dict) -> "Tokens":
        entries = answer["tokens"]
        return cls(
            ids=tuple(answer["ids"]),
            tokens=tuple(map(label_of, entries)),
            bytes=tuple(map(bytes_of, entries)),
            vocabulary_size=answer["vocabulary_size"],
            context_length=answer["context_length"],
            stop_ids=tuple(answer["stop_ids"]),
            raw=answer,
        )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def count(self) -> int:
        """The number of tokens, the same as len()."""
        return len(self.ids)
