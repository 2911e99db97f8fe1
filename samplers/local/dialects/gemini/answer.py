"""The answer to generateContent, whole and streamed: both are made of the same pieces.

A stream's chunks have the same shape as the whole. The last chunk of a candidate has its
finishReason, and an empty text if nothing is left to say: a content without parts would make
google-genai 3.6.1 forget the turn. Where nothing at all was said, the content has its role alone.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field

from samplers.local.answer import chat_fields
from samplers.local.answer.generate import call_or_text
from samplers.local.answer.generate.choice import End
from samplers.local.answer.generate.choices import generate_all
from samplers.local.answer.generate.generation import Token
from samplers.local.answer.generate.thinking import Thought
from samplers.local.answer.images import images_field, images_note
from samplers.local.chats import Settle
from samplers.local.dialects.gemini.logprobs import average, logprobs_result
from samplers.local.dialects.gemini.parts import Parts, joined
from samplers.local.dialects.gemini.usage import prompt_metadata, usage_metadata
from samplers.local.request.job import Choice, Job

# A call ends with STOP, too: Gemini has no reason of its own for it.
FINISH_REASONS = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}


@dataclass
class Piece:
    """More of a candidate: its new `parts`, the tokens in them, and its `end` if this is the last.

    `usage` is that of all candidates, in the last piece of all.
    """

    choice: Choice
    parts: list[dict] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    end: End | None = None
    usage: dict | None = None


async def whole(job: Job, settle: Settle) -> dict:
    """The body of the answer to a job."""
    pieces: dict[int, list[Piece]] = {i: [] for i in range(job.request.n)}
    async with aclosing(_pieces(job)) as generated:
        async for piece in generated:
            pieces[piece.choice.index].append(piece)
            if piece.usage is not None:
                usage = piece.usage

    settle(usage)
    candidates = [_whole_candidate(job, each) for each in pieces.values()]
    return _body(job, _response_id(), candidates, usage_metadata(usage)) | images_field(job)


def _whole_candidate(job: Job, pieces: list[Piece]) -> dict:
    parts = joined([part for piece in pieces for part in piece.parts])
    tokens = [token for piece in pieces for token in piece.tokens]
    made = _candidate(job, Piece(pieces[0].choice, parts, tokens, pieces[-1].end))
    return made | _average(job, pieces[0].choice, tokens)


async def stream(job: Job, settle: Settle) -> AsyncIterator[dict]:
    """The chunks of the answer to a job. At the end `settle` gets the answer's usage."""
    response_id = _response_id()
    metadata = prompt_metadata(job.prompt_tokens)
    first = images_field(job)
    tokens: dict[int, list[Token]] = {i: [] for i in range(job.request.n)}
    spoken: set[int] = set()  # the candidates that have a part already

    async with aclosing(_pieces(job)) as pieces:
        async for piece in pieces:
            index = piece.choice.index
            tokens[index] += piece.tokens
            if piece.end is not None and not piece.parts and index in spoken:
                piece.parts = [{"text": ""}]
            if piece.parts:
                spoken.add(index)
            candidate = _candidate(job, piece)
            if piece.end is not None:
                candidate |= _average(job, piece.choice, tokens[index])
            if piece.usage is not None:
                settle(piece.usage)
                metadata = usage_metadata(piece.usage)
            yield _body(job, response_id, [candidate], metadata) | first
            first = {}


async def _pieces(job: Job) -> AsyncIterator[Piece]:
    """The pieces of all candidates as they come; only a last one may have no parts."""
    choices, cached = await call_or_text.choices(job)
    writers: dict[int, Parts] = {}
    waiting: dict[int, list[Token]] = {choice.index: [] for choice in choices}
    ends: dict[int, End] = {}

    async with aclosing(generate_all(job, choices)) as events:
        async for choice, event in events:
            index = choice.index
            if isinstance(event, Thought):
                if event.text:
                    yield Piece(choice, [{"text": event.text, "thought": True}])
                continue
            new = []
            if index not in writers:
                writers[index] = Parts(choice.calls)
                note = images_note(job, choice)
                new = [{"text": note}] if note else []
            if isinstance(event, End):
                ends[index] = event
                usage = None
                if len(ends) == len(choices):
                    in_order = [ends[each.index] for each in choices]
                    usage = chat_fields.usage(job, in_order, cached)
                yield Piece(choice, new, waiting.pop(index), event, usage)
                continue
            waiting[index] += event.tokens
            new += writers[index].feed(event.text)
            if new:
                yield Piece(choice, new, waiting[index])
                waiting[index] = []


def _candidate(job: Job, piece: Piece) -> dict:
    said = {"parts": piece.parts} if piece.parts else {}
    made = {"content": said | {"role": "model"}}
    if piece.end is not None:
        made["finishReason"] = FINISH_REASONS[piece.end.finish_reason]
    made["index"] = piece.choice.index
    if piece.tokens and _has_logprobs(job, piece.choice):
        vocabulary = job.model.engine.vocabulary
        made["logprobsResult"] = logprobs_result(vocabulary, piece.tokens)
    return made


def _average(job: Job, choice: Choice, tokens: list[Token]) -> dict:
    """avgLogprobs of a candidate with these tokens, if it has logprobs."""
    return {"avgLogprobs": average(tokens)} if tokens and _has_logprobs(job, choice) else {}


def _has_logprobs(job: Job, choice: Choice) -> bool:
    """Whether they are asked for. Only text has them, calls do not, as everywhere here."""
    return job.request.top_logprobs is not None and not choice.calls


def _body(job: Job, response_id: str, candidates: list[dict], metadata: dict) -> dict:
    return {
        "candidates": candidates,
        "usageMetadata": metadata,
        "modelVersion": job.model.id,
        "responseId": response_id,
    }


def _response_id() -> str:
    return secrets.token_urlsafe(16)
