"""The prompts of a completion: texts or token ids, as they come in, and what the model reads."""

import codecs
from dataclasses import dataclass

from samplers.local.engine.calls import Engine
from samplers.local.engine.vocabulary import Vocabulary
from samplers.local.request.checks import array, integer, string
from samplers.local.request.errors import ApiError, bad_request, wrong_type
from samplers.local.request.prompt import context_exceeded

EXPECTED = "one of a string, array of strings, array of integers, or array of integer arrays"
SEPARATOR = "<|endoftext|>"  # OpenAI's file: the mark between the documents of the training


@dataclass(frozen=True)
class Prompt:
    """What the model reads. `text` is the prompt as it was given; None: its ids were given."""

    ids: list[int]
    text: str | None

    def spelled(self, vocabulary: Vocabulary) -> bytes:
        """The prompt's text as bytes. Given control tokens stand in it by their names."""
        if self.text is not None:
            return self.text.encode()
        names = vocabulary.control
        data = vocabulary.token_bytes
        return b"".join([names[i].encode() if i in names else data[i] for i in self.ids])


def prompts(name: str, value) -> list[str | list[int]]:
    """The prompts of a request, each a text or ids. ApiError (400) for another type.

    Whether the model has the ids is checked later, after its context's length.
    """
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise wrong_type(name, EXPECTED, value)
    if value and _is_id(value[0]):
        return [_ids(name, value)]
    return array(_one, 1)(name, value)


def _one(name: str, value) -> str | list[int]:
    if isinstance(value, list):
        return _ids(name, value)
    return string()(name, value)


def _ids(name: str, value: list) -> list[int]:
    return array(integer(0), 1)(name, value)


def _is_id(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


async def read_prompts(engine: Engine, given: tuple[str | list[int], ...]) -> list[Prompt]:
    """What the model reads of each. ApiError (400) for one that is too long, or an unknown id."""
    for number, each in enumerate(given):
        name = "prompt" if len(given) == 1 else f"prompt[{number}]"
        _check_length(engine, name, each)
        if isinstance(each, list) and max(each) >= len(engine.vocabulary):
            array(integer(0, len(engine.vocabulary) - 1), 1)(name, each)

    texts = [each for each in given if isinstance(each, str)]
    tokenized = iter(await engine.tokenize_each(texts, control=False) if texts else ())
    read = []
    for each in given:
        if isinstance(each, list):
            read.append(Prompt(each, None))
        else:
            ids = [*engine.begin, *next(tokenized)]
            read.append(Prompt(ids or [_separator(engine)], each))
    return read


def _check_length(engine: Engine, name: str, given: str | list[int]) -> None:
    """ApiError for a prompt that cannot fit; a text is not tokenized for that."""
    least = len(given)
    if isinstance(given, str):
        least = len(given) // engine.vocabulary.longest
    if least > engine.context:
        raise too_long(engine, name, f"your prompt has at least {least} tokens.")


def too_long(engine: Engine, name: str, what: str) -> ApiError:
    """The 400 for a prompt that the context cannot hold; `what` says how long it is."""
    advice = "Please reduce the length of the prompt."
    return context_exceeded(engine.context, f"{what} {advice}", name)


def _separator(engine: Engine) -> int:
    for token, name in engine.vocabulary.control.items():
        if name == SEPARATOR:
            return token
    message = "Invalid 'prompt': it is empty. Expected at least 1 token."
    raise bad_request(message, "prompt", "invalid_value")


def half_a_character(data: bytes) -> bytes:
    """The bytes at the end of `data` that begin a character and do not end it."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoder.decode(data)
    return decoder.getstate()[0]
