"""From a completion request to the jobs that answer it, one for each prompt."""

import asyncio
import secrets
from dataclasses import dataclass

from samplers.local.dialects.completions.prompts import (
    Prompt,
    half_a_character,
    read_prompts,
    too_long,
)
from samplers.local.dialects.completions.request import CompletionRequest, parse
from samplers.local.engine.model import ServedModel
from samplers.local.request.errors import ApiError
from samplers.local.request.extensions.vllm import check_length
from samplers.local.request.job import Job, check_logits, check_logprobs, chosen

CHAT_MODEL = (
    "This is a chat model and not supported in the v1/completions endpoint. Did you mean to use "
    "v1/chat/completions?"
)


@dataclass(frozen=True)
class Completion:
    """A completion request that will be answered, and the job of each of its prompts."""

    asked: CompletionRequest
    jobs: list[Job]

    def prompt(self, number: int) -> Prompt:
        """What the model reads of a prompt."""
        given = self.asked.prompts[number]
        return Prompt(self.jobs[number].prompt, given if isinstance(given, str) else None)


async def parsed(models: tuple[ServedModel, ...], body, is_long: bool) -> CompletionRequest:
    """The request that a body's JSON is. ApiError (400) for the first wrong thing."""
    size = len(models[0].engine.vocabulary)
    arguments = (body, size, models[0].settings.extended)
    if not is_long:
        return parse(*arguments)
    # a million ids take a second to check, and other requests must not wait for it
    return await asyncio.to_thread(parse, *arguments)


async def prepare(models: tuple[ServedModel, ...], asked: CompletionRequest) -> list[Job]:
    """The jobs of a request, one for each prompt.

    ApiError (404) if it is for another model, or for one that chats alone. ApiError (400) for a
    prompt that the model cannot read, or that is too long with its answer.
    """
    model = chosen(models, asked.sampling.model)
    if model.reasoning:
        raise ApiError(404, CHAT_MODEL, param="model")
    prompts = await read_prompts(model.engine, asked.prompts)
    for prompt in prompts:
        _check_length(model, prompt, asked.sampling.max_tokens)
    _check_logprobs(asked, prompts)
    extensions = asked.sampling.extensions
    check_length(extensions, asked.sampling.max_tokens)

    seed = asked.sampling.seed
    jobs = [
        Job(
            model,
            asked.sampling,
            prompt.ids,
            limit=asked.sampling.max_tokens,
            seed=secrets.randbits(62) if seed is None else seed,
            text_grammar=None,
            call_grammar=None,
            begun=half_a_character(prompt.spelled(model.engine.vocabulary)),
        )
        for prompt in prompts
    ]
    if jobs[0].needs_logits or extensions.prompt_logprobs is not None:
        await check_logits(model)
    return jobs


def _check_length(model: ServedModel, prompt: Prompt, most: int) -> None:
    used = len(prompt.ids)
    total = used + most
    if total > model.engine.context:
        what = f"you requested {total} tokens ({used} in the prompt, {most} in the completion)."
        raise too_long(model.engine, "prompt", what)


def _check_logprobs(asked: CompletionRequest, prompts: list[Prompt]) -> None:
    """ApiError for an answer whose logprobs, those of the prompts too, could fill the memory."""
    of_prompt = asked.sampling.extensions.prompt_logprobs
    if of_prompt is not None:
        read = sum(len(prompt.ids) for prompt in prompts) * asked.n
        check_logprobs(read, of_prompt, "prompt_logprobs")
    if asked.sampling.top_logprobs is None:
        return
    drawn = asked.choices * asked.sampling.max_tokens
    echoed = sum(len(prompt.ids) for prompt in prompts) * asked.n if asked.echo else 0
    check_logprobs(drawn + echoed, asked.sampling.top_logprobs, "logprobs")
