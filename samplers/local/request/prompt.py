"""From messages to the prompt's token ids, by the chat template (`engine/template.py`)."""

import re

from samplers.local.engine.calls import Engine
from samplers.local.engine.remember import remember


async def prompt_ids(engine: Engine, messages: list[dict]) -> list[int]:
    """The token ids of the templated messages."""
    return await _prompt_ids(engine, tuple((item["role"], item["content"]) for item in messages))


@remember  # a lesson asks for many answers to the same prompt
async def _prompt_ids(engine: Engine, messages: tuple[tuple[str, str], ...]) -> list[int]:
    names = engine.vocabulary.control_pattern
    if any(names.search(content) for _, content in messages):
        return await _with_control_names(engine, messages)
    text = await engine.render([{"role": role, "content": text} for role, text in messages])
    return await engine.tokenize(text, control=True)


async def _with_control_names(engine: Engine, messages: tuple[tuple[str, str], ...]) -> list[int]:
    """A text that spells a control token, such as <|im_end|>, stays text.

    So the contents are tokenized apart from the template: placeholders take their places in it.
    """
    contents = {f"\x00{i}\x00": content for i, (_, content) in enumerate(messages)}
    placeholders = [
        {"role": role, "content": placeholder}
        for (role, _), placeholder in zip(messages, contents, strict=True)
    ]
    text = await engine.render(placeholders)
    ids: list[int] = []

    for part in re.split("(\x00[0-9]+\x00)", text):
        if part in contents:
            ids += await engine.tokenize(contents[part], control=False)
        elif part:
            ids += await engine.tokenize(part, control=True)

    return ids
