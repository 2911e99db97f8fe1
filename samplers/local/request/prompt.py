"""From messages to the prompt's token ids, by the model's own chat template."""

import re

from samplers.local.engine.llama_cpp import Engine

_REMEMBERED = 64


async def prompt_ids(engine: Engine, messages: list[dict]) -> list[int]:
    """The token ids of the templated messages. The last few are remembered: draws ask for the same
    prompt often.
    """
    remembered = engine.prompts
    key = tuple((message["role"], message["content"]) for message in messages)
    if key not in remembered:
        if len(remembered) >= _REMEMBERED:
            del remembered[next(iter(remembered))]
        remembered[key] = await _make(engine, messages)
    return remembered[key]


async def _make(engine: Engine, messages: list[dict]) -> list[int]:
    names = engine.vocabulary.control_pattern
    if not any(names.search(message["content"]) for message in messages):
        return await engine.tokenize(await engine.render(messages), control=True)
    # A text that spells a control token, such as <|im_end|>, stays text: it is tokenized apart from
    # the template.
    holders = [f"\x00{i}\x00" for i in range(len(messages))]
    text = await engine.render(
        [message | {"content": holder} for message, holder in zip(messages, holders, strict=True)]
    )
    ids: list[int] = []
    for part in re.split("(\x00[0-9]+\x00)", text):
        if part in holders:
            ids += await engine.tokenize(
                messages[int(part.strip("\x00"))]["content"], control=False
            )
        elif part:
            ids += await engine.tokenize(part, control=True)
    return ids
