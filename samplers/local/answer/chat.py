"""The whole answer of POST /v1/chat/completions: a chat.completion."""

from contextlib import aclosing
from dataclasses import dataclass, field

from samplers.local.answer import chat_fields
from samplers.local.answer.call_stream import CallStream
from samplers.local.answer.generate import call_or_text
from samplers.local.answer.generate.choice import End
from samplers.local.answer.generate.choices import generate_all
from samplers.local.answer.generate.generation import Token
from samplers.local.answer.generate.thinking import Thought
from samplers.local.answer.images import images_field, images_note
from samplers.local.answer.prompt_logprobs import prompt_logprobs
from samplers.local.request.job import Choice, Job


@dataclass
class Generated:
    """What has been generated of a choice; `end` is None until it has ended."""

    texts: list[str] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    end: End | None = None
    thoughts: list[str] = field(default_factory=list)


async def complete(job: Job) -> dict:
    """The body of the answer to a job."""
    of_prompt = await prompt_logprobs(job)
    choices, cached = await call_or_text.choices(job)

    generated = [Generated() for _ in choices]
    async with aclosing(generate_all(job, choices)) as events:
        async for choice, event in events:
            choices[choice.index] = choice  # by its End it is decided
            if isinstance(event, End):
                generated[choice.index].end = event
            elif isinstance(event, Thought):
                generated[choice.index].thoughts.append(event.text)
            else:
                generated[choice.index].texts.append(event.text)
                generated[choice.index].tokens += event.tokens

    return body(job, choices, generated, cached) | of_prompt


def body(
    job: Job, choices: list[Choice], generated: list[Generated], cached: int | None = None
) -> dict:
    """The body that has these choices; `cached` as in `chat_fields.usage`."""
    fields = {
        "choices": [_choice(job, choice, generated[choice.index]) for choice in choices],
        "usage": chat_fields.usage(job, [each.end for each in generated], cached),
    }
    head = chat_fields.head(job, "chat.completion")
    return head | fields | chat_fields.about(job) | images_field(job)


def _choice(job: Job, choice: Choice, generated: Generated) -> dict:
    message = _message(choice, images_note(job, choice) + "".join(generated.texts))
    if job.shows_thoughts:
        message["reasoning_content"] = "".join(generated.thoughts)
    return {
        "index": choice.index,
        "message": message,
        "logprobs": chat_fields.logprobs(job, choice, generated.tokens),
        "finish_reason": chat_fields.finish_reason(job, choice, generated.end),
    }


def _message(choice: Choice, text: str) -> dict:
    message: dict = {"role": "assistant", "content": text}
    if choice.calls:
        message["content"] = None
        stream = CallStream()
        list(stream.feed(text))
        if stream.calls:
            message["tool_calls"] = stream.calls
    return message | {"refusal": None, "annotations": []}
