"""From a request to a job: it is checked, its prompt, its length and its grammars are, too.

After this it is answered. Whatever API a request came by, its answer is made from a Job.
"""

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

from samplers.local.engine.model import ServedModel, named
from samplers.local.engine.slots import Slot
from samplers.local.request.chat import ChatRequest, parse
from samplers.local.request.combined import CONTINUE
from samplers.local.request.errors import ApiError, bad_request, no_such_model
from samplers.local.request.extensions.vllm import check_free, check_length
from samplers.local.request.grammars import grammars
from samplers.local.request.images.reading import read_images
from samplers.local.request.prompt import context_exceeded, prompt_ids
from samplers.local.request.scratchpad import SPARE, Scratchpad, scratchpad
from samplers.local.request.tool_text import preface

# Tokens of an answer to a request without a limit: a small model that repeats itself would fill the
# context.
DEFAULT_MAX_TOKENS = 1024
# Of one answer; each takes some 300 bytes until it is sent. It is more than 12,000 tokens with 20.
MOST_LOGPROBS = 1 << 18


@dataclass(frozen=True)
class Choice:
    """One of a job's `n` choices: what it does not share with the others.

    `calls`: it is function calls, not text; None: that is decided after its thoughts. `stops` are
    the strings that end it.
    """

    index: int
    seed: int
    calls: bool | None
    grammar: str | None
    stops: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """A request that will be answered.

    `prompt` are its token ids, `limit` is the most tokens of a choice, `seed` is that of the first
    choice. `text_grammar` is for a choice that is text, `call_grammar` for one that is calls; None
    leaves it free. `scratchpad` is where each choice thinks first; None: it does not think.
    `background`: nobody waits for it, and it leaves room for others.
    `owner`: whose it is; the slots' order is fair between owners.
    `filtered`: each choice ends as if a content filter withheld the rest, which is simulated.
    `begun`: bytes of a character with which the prompt ends, and which a choice may complete.
    """

    model: ServedModel
    request: ChatRequest
    prompt: list[int]
    limit: int
    seed: int
    text_grammar: str | None
    call_grammar: str | None
    scratchpad: Scratchpad | None = None
    background: bool = False
    filtered: bool = False
    owner: str = ""
    begun: bytes = b""

    @property
    def prompt_tokens(self) -> int:
        """How many tokens are read before the first one is drawn."""
        return len(self.prompt) + len(self.request.continued)

    @property
    def ends(self) -> frozenset[int]:
        """The tokens that end a choice: the model's own, unless ignored, and the request's."""
        asked = self.request.extensions
        own = frozenset() if asked.ignore_eos else self.model.engine.stop_ids
        return own | asked.stop_token_ids

    def banned(self, count: int) -> frozenset[int]:
        """The tokens that cannot be drawn after `count` others of a choice, continued ones too."""
        asked = self.request.extensions
        if count - len(self.request.continued) >= asked.min_tokens:
            return frozenset()
        return self.model.engine.stop_ids | asked.stop_token_ids

    @property
    def needs_logits(self) -> bool:
        """Whether how it is sampled depends on the logits themselves, which the engine hides.

        A repetition penalty acts by a logit's sign. The engine has one, but where the other
        penalties follow it or its effect is to be shown, the logits are needed.
        """
        request = self.request
        if request.extensions.repetition_penalty == 1:
            return False
        shown = self.model.settings.processed and request.top_logprobs is not None
        return bool(shown or request.frequency_penalty or request.presence_penalty)

    def slot(
        self, limit: int, whole: bool = False, first: bool = True
    ) -> AbstractAsyncContextManager[Slot]:
        """A slot of the engine for a choice of at most `limit` tokens: `Slots.hold`."""
        hold = self.model.engine.slots.hold
        return hold(self.prompt, limit, whole, first, self.background, self.owner)

    def choice_seed(self, index: int) -> int:
        """With seed s, choice i is what a request with seed s + i gives."""
        return self.seed + index

    @property
    def shows_thoughts(self) -> bool:
        """Whether each choice has thoughts, and shows them."""
        return self.scratchpad is not None and self.request.shows_thoughts

    def choice(self, index: int, calls: bool | None) -> Choice:
        """A choice of this job."""
        seed = self.choice_seed(index)
        if calls is None:
            return Choice(index, seed, None, None, ())
        if calls:  # stop strings cut text, not calls
            return Choice(index, seed, calls, self.call_grammar, ())
        return Choice(index, seed, calls, self.text_grammar, self.request.stop)


async def parsed(
    models: tuple[ServedModel, ...],
    body,
    headers: Mapping[str, str],
    is_long: bool,
    plain: bool = False,
) -> ChatRequest:
    """The request that a body's JSON and its headers are, by the rules of the model that it names.

    `plain`: by those of a model that does not reason, whatever it names. ApiError (400) for the
    first wrong thing, but not for another model: `prepare` looks for that.
    """
    model = models[0]
    if isinstance(body, dict):
        model = named(models, body.get("model")) or model
    reasoning = model.reasoning and not plain
    size = len(model.engine.vocabulary)
    arguments = (body, headers, size, reasoning, model.settings.extended)

    has_schema = isinstance(body, dict) and body.keys() & {"tools", "response_format"}
    if not is_long and not has_schema:
        return parse(*arguments)
    # A schema can take seconds to check, and other requests must not wait for it.
    return await asyncio.to_thread(parse, *arguments)


async def prepare(models: tuple[ServedModel, ...], request: ChatRequest) -> Job:
    """The job of a request.

    ApiError (404) if it is for another model. ApiError (400) if it is too long for the context or
    the engine cannot enforce what it asks for. Its images are read: ApiError as `read_images`.
    """
    model = chosen(models, request.model)
    _check_combination(request)
    messages, images = await read_images(model, request.messages)
    request = replace(request, messages=messages, images=images)
    prompt = await prompt_ids(model.engine, prompt_messages(request))
    pad = await scratchpad(model.engine, request.effort)
    context = model.engine.context - (SPARE if pad else 0)
    limit = _limit(context, request, len(prompt) + len(request.continued))
    _check_logprobs(request, limit)
    check_length(request.extensions, limit)
    text_grammar, call_grammar = await grammars(model.engine, request)
    seed = secrets.randbits(62) if request.seed is None else request.seed
    job = Job(model, request, prompt, limit, seed, text_grammar, call_grammar, pad)
    if job.needs_logits or request.extensions.prompt_logprobs is not None:
        await check_logits(model)
    return job


def prompt_messages(request: ChatRequest) -> list[dict]:
    """The messages that the prompt is made of: the request's, with its tools before them."""
    if request.tools is None:
        return request.messages
    return [*preface(request.tools.functions), *request.messages]


def chosen(models: tuple[ServedModel, ...], name: str) -> ServedModel:
    """The model of that name. ApiError (404) if there is none."""
    model = named(models, name)
    if model is None:
        raise no_such_model(name)
    return model


async def check_logits(model: ServedModel) -> None:
    """ApiError (501) where the model's own logits cannot be had."""
    why = await model.logits.why_not()
    if why:
        message = f"This endpoint has no exact logits: {why}."
        raise ApiError(501, message, kind="server_error", code="unsupported")


def _check_combination(request: ChatRequest) -> None:
    """ApiError if an answer under a grammar, or after thoughts, cannot have what is asked for.

    Such an answer is generated from its first token on.
    """
    has_grammar = request.tools is not None or request.response_format is not None
    if has_grammar:
        check_free(request.extensions)
    if not request.continued:
        return
    if has_grammar:
        end = "not supported together with 'tools' or a 'response_format' of JSON by this endpoint."
        raise bad_request(f"'{CONTINUE}' is {end}", CONTINUE, "unsupported_parameter")
    if request.effort != "none":
        message = f"'{CONTINUE}' is not supported unless 'reasoning_effort' is 'none'."
        raise bad_request(message, CONTINUE, "unsupported_parameter")


def _limit(context: int, request: ChatRequest, used: int) -> int:
    """The most tokens of a choice, when the messages already use some of the context."""
    if used >= context:
        raise context_exceeded(
            context,
            f"your messages resulted in {used} tokens. Please reduce the length of the messages.",
        )
    if request.max_tokens is None:
        return min(DEFAULT_MAX_TOKENS, context - used)

    total = used + request.max_tokens
    if total > context and request.cut_at_context:
        return context - used
    if total > context:
        raise context_exceeded(
            context,
            f"you requested {total} tokens ({used} in the messages, {request.max_tokens} in the "
            "completion). Please reduce the length of the messages or completion.",
        )

    return request.max_tokens


def _check_logprobs(request: ChatRequest, limit: int) -> None:
    if request.top_logprobs is not None:
        check_logprobs(request.n * limit, request.top_logprobs, "top_logprobs")


def check_logprobs(tokens: int, top: int, param: str) -> None:
    """ApiError (400) for an answer whose logprobs alone could fill the memory.

    `tokens` are those of all its choices, each with its own logprob and `top` others.
    """
    entries = tokens * (top + 1)
    if entries > MOST_LOGPROBS:
        message = (
            f"This endpoint lists at most {MOST_LOGPROBS} logprobs in one answer. You requested "
            f"{entries}: {tokens} tokens in all choices, each with its own and {top} top ones. "
            f"Please reduce 'n', the most tokens of a choice or '{param}'."
        )
        raise bad_request(message, param, "invalid_value")
