"""From messages to the prompt's token ids, by the chat template (`engine/template.py`)."""

import re

from samplers.local.engine.calls import Engine
from samplers.local.engine.remember import remember
from samplers.local.request.errors import ApiError, bad_request


def context_exceeded(context: int, what: str, param: str = "messages") -> ApiError:
    """OpenAI's error for a prompt and an answer that are longer than the context.

    `what` says what was too long, and by how much.
    """
    message = f"This model's maximum context length is {context} tokens. However, {what}"
    return bad_request(message, param, "context_length_exceeded")


async def prompt_ids(engine: Engine, messages: list[dict]) -> list[int]:
    """The token ids of the templated messages.

    ApiError (400) for messages that cannot fit into the context; this is found out before the work,
    which takes minutes for a hundred thousand messages.
    """
    least = _least_tokens(engine, messages)
    if least >= engine.context:
        raise context_exceeded(
            engine.context,
            f"your messages resulted in at least {least} tokens. "
            "Please reduce the length of the messages.",
        )
    return await _prompt_ids(engine, tuple((item["role"], item["content"]) for item in messages))


def _least_tokens(engine: Engine, messages: list[dict]) -> int:
    """A bound from below: a message has a token of its own, and no token is longer than one."""
    letters = sum(len(message["content"]) for message in messages)
    return len(messages) + letters // engine.vocabulary.longest


@remember  # a lesson asks for many answers to the same prompt
async def _prompt_ids(engine: Engine, messages: tuple[tuple[str, str], ...]) -> list[int]:
    names = engine.vocabulary.control_pattern
    if any(names.search(content) for _, content in messages):
        return await _with_control_names(engine, messages)
    text = await engine.render([{"role": role, "content": text} for role, text in messages])
    return [*engine.begin, *await engine.tokenize(text, control=True)]


async def _with_control_names(engine: Engine, messages: tuple[tuple[str, str], ...]) -> list[int]:
    """A text that spells a control token, such as <|im_end|>, stays text.

    So the contents are tokenized apart from the template: placeholders take their places in it.
    """
    contents = [content for _, content in messages]
    placeholders = [
        {"role": role, "content": f"\x00{i}\x00"} for i, (role, _) in enumerate(messages)
    ]
    text = await engine.render(placeholders)
    pieces = re.split("\x00([0-9]+)\x00", text)  # a piece of the template, a number, a piece, …
    between = pieces[0::2]
    numbers = [int(number) for number in pieces[1::2]]

    template = await engine.tokenize_each(between, control=True)
    content = await engine.tokenize_each([contents[number] for number in numbers], control=False)

    ids = [*engine.begin, *template[0]]
    for own, after in zip(content, template[1:], strict=True):
        ids += own
        ids += after
    return ids
