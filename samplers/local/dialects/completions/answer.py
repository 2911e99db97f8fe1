"""The answer of POST /v1/completions: a text_completion, whole or as the chunks of a stream."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

from samplers.local.answer import chat_fields
from samplers.local.answer.prompt_logprobs import prompt_logprobs
from samplers.local.dialects.completions.jobs import Completion
from samplers.local.dialects.completions.logprobs import Logprobs
from samplers.local.dialects.completions.pieces import Piece, pieces

Settle = Callable[[dict], None]


async def whole(completion: Completion, settle: Settle) -> dict:
    """The body of the answer: what the chunks of a stream add up to."""
    choices = _Choices(completion)
    made: dict[int, dict] = {}
    async with aclosing(pieces(completion)) as events:
        async for piece in events:
            if isinstance(piece, Piece):
                _add(made, await choices.choice(piece))
            else:
                usage = piece
    await _add_prompt_logprobs(completion, made)
    settle(usage)
    return _head(completion) | {"choices": [made[index] for index in sorted(made)], "usage": usage}


async def stream(completion: Completion, settle: Settle) -> AsyncIterator[dict]:
    """The chunks of the answer, in order. At the end `settle` gets the answer's usage."""
    sampling = completion.asked.sampling
    choices = _Choices(completion)
    head = _head(completion)
    # every chunk has `usage` if it is asked for; it is null until the last one
    no_usage = {"usage": None} if sampling.include_usage else {}
    async with aclosing(pieces(completion)) as events:
        async for piece in events:
            if isinstance(piece, Piece):
                chunk = head | {"choices": [await choices.choice(piece)]} | no_usage
                yield chunk | chat_fields.obfuscation(sampling, piece.text)
            else:
                usage = piece
    settle(usage)
    if sampling.include_usage:
        chunk = head | {"choices": [], "usage": usage}
        yield chunk | chat_fields.obfuscation(sampling, "")


async def _add_prompt_logprobs(completion: Completion, made: dict[int, dict]) -> None:
    """vLLM's field, which each choice has, if it is asked for."""
    n = completion.asked.n
    for number, job in enumerate(completion.jobs):
        of_prompt = await prompt_logprobs(job)
        for index in range(number * n, (number + 1) * n):
            made[index] |= of_prompt


def _head(completion: Completion) -> dict:
    model = completion.jobs[0].model
    return {
        "id": f"cmpl-{secrets.token_hex(15)}",
        "object": "text_completion",
        "created": int(time.time()),
        "model": model.id,
        "system_fingerprint": model.fingerprint,
    }


class _Choices:
    """Makes the entries of `choices`. Each choice has its own place in its text."""

    def __init__(self, completion: Completion):
        self._completion = completion
        self._logprobs: dict[int, Logprobs] = {}  # of each choice
        self._of_prompts: dict[int, dict[str, list]] = {}  # the arrays, which its choices share

    async def choice(self, piece: Piece) -> dict:
        """The entry that has this piece alone."""
        return {
            "index": piece.index,
            "text": piece.text,
            "logprobs": await self._arrays(piece),
            "finish_reason": piece.finish_reason,
        }

    async def _arrays(self, piece: Piece) -> dict[str, list] | None:
        asked = self._completion.asked
        if asked.logprobs is None:
            return None
        number = piece.index // asked.n
        prompt = self._completion.prompt(number)
        if piece.is_prompt:
            if number not in self._of_prompts:
                arrays = self._new_logprobs().arrays
                # in a thread, once for all choices: others must not wait for it
                made = await asyncio.to_thread(arrays, piece.tokens, prompt.text is None)
                self._of_prompts[number] = made
            return {name: list(values) for name, values in self._of_prompts[number].items()}

        if piece.index not in self._logprobs:
            self._logprobs[piece.index] = self._new_logprobs()
            vocabulary = self._completion.jobs[0].model.engine.vocabulary
            self._logprobs[piece.index].skip(prompt.spelled(vocabulary))
        return self._logprobs[piece.index].arrays(piece.tokens, False)

    def _new_logprobs(self) -> Logprobs:
        by_id = self._completion.asked.sampling.extensions.return_tokens_as_token_ids
        return Logprobs(self._completion.jobs[0].model.engine.vocabulary, by_id)


def _add(made: dict[int, dict], choice: dict) -> None:
    """Adds an entry to the one of the same choice."""
    known = made.setdefault(choice["index"], choice)
    if known is choice:
        return
    known["text"] += choice["text"]
    known["finish_reason"] = choice["finish_reason"]
    for name, values in (choice["logprobs"] or {}).items():
        known["logprobs"][name] += values
