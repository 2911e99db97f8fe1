"""llama.cpp's server, run in this process by xllamacpp, and the few calls to it that the gateway
makes.

The gateway speaks the engine's native `/completion`, with token ids as prompts. Every call has its
own connection: after a streamed answer the engine may close a kept one without a word.
"""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from samplers.local.engine import http
from samplers.local.engine.vocabulary import Vocabulary

# answers that grow at once; on one thread 4 together are 1.6 to 2 times as fast as one after the
# other
SLOTS = 4
# tokens of prompt and answer together; each slot has its own, at 23 kB a token (377 MB in all)
CONTEXT = 4096
# Threads meet hundreds of times a token. Where they wait for each other by spinning, anything else
# that runs makes them up to 30 times slower; GNU's OpenMP can be told to sleep instead, after a
# very short spin. Then two read prompts, and draw four answers at once, nearly twice as fast as
# one. A single answer is one thread's: it adds up in the same order on every machine, and two
# gained it a third on an idle machine and lost it as much on a busy one.
THREADS = max(1, min(4, (os.cpu_count() or 2) // (1 if sys.platform == "linux" else 2)))


class EngineError(Exception):
    """The engine refused a call or broke off an answer."""


def load(path: Path, key: str, template: str | None = None, verbose: bool = False):
    """Starts llama.cpp's server on a loopback port, asking for `key`; returns it when ready.
    RuntimeError if not.

    `template` is a Jinja chat template to use instead of the model file's own.
    """
    # OpenMP reads these when the engine's library is loaded
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # some microseconds: 7 ms a token for four at once, not 13
    os.environ.setdefault("GOMP_SPINCOUNT", "500")
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [key]
    params.chat_template = template or ""
    params.verbosity = 3 if verbose else -1
    params.n_parallel, params.n_ctx = SLOTS, SLOTS * CONTEXT
    # With a cache of its own, and this attention, an answer's sums don't depend on others: logits
    # moved by 0.4. From 64 tokens at once the attention adds up otherwise, and a conversation that
    # begins like a long one, whose cache it gets, moved by 0.3: so a prompt is read in smaller
    # pieces, which costs an eighth of a long one's time.
    params.kv_unified = False
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED
    params.n_ubatch = 63
    # the model is small, and a CPU gives the same sums each time: seeds repeat
    params.n_gpu_layers = 0
    # copying idle prompts to RAM and back makes parallel one-token draws 8 times slower
    params.cache_ram_mib = 0
    params.warmup = params.ui = False
    # an assistant message at the end is whole, and another answer follows it
    params.prefill_assistant = False
    params.cpuparams.n_threads, params.cpuparams_batch.n_threads = 1, THREADS
    for threads in (params.cpuparams, params.cpuparams_batch):
        threads.poll = 0  # waiting threads sleep: there are other processes on a laptop
    return xllamacpp.Server(params)


class Engine:
    """The running engine: `vocabulary`, `context` (tokens a request), `stop_ids` (tokens that end a
    turn).
    """

    def __init__(self, url: str, key: str, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.context = CONTEXT
        self.stop_ids: frozenset[int] = frozenset()
        self.prompts: dict[tuple, list[int]] = {}  # samplers.local.request.prompt's memory
        self.grammars: dict[str, bool] = {}  # samplers.local.engine.grammar's
        self._url, self._key = url, key
        # hold one for as long as an answer grows: first come, first served
        self.slots = asyncio.Semaphore(SLOTS)

    async def open(self) -> None:
        """Asks what only the engine knows: its context and the tokens at which it ends a turn."""
        meta = (await self._json("GET", "/v1/models"))["data"][0]["meta"]
        self.context = min(CONTEXT, meta["n_ctx_train"])
        # ignore_eos bans exactly the tokens that end a turn, and the answer repeats the bans. It is
        # the warm-up, too.
        body = {"prompt": [0], "n_predict": 1, "ignore_eos": True, "cache_prompt": False}
        answer = await self.complete(body)
        self.stop_ids = frozenset(
            bias["token"] for bias in answer["generation_settings"]["logit_bias"]
        )

    async def render(self, messages: list[dict]) -> str:
        """The prompt that the model's chat template makes of messages."""
        return (await self._json("POST", "/apply-template", {"messages": messages}))["prompt"]

    async def tokenize(self, text: str, *, control: bool) -> list[int]:
        """A text's token ids; with `control`, names of control tokens such as <|im_end|> become
        those tokens.
        """
        return (await self._json("POST", "/tokenize", {"content": text, "parse_special": control}))[
            "tokens"
        ]

    async def complete(self, body: dict) -> dict:
        """One `/completion`, whole."""
        return await self._json("POST", "/completion", body)

    async def stream(self, body: dict) -> AsyncIterator[dict]:
        """One `/completion`, event by event. Closing the iterator makes the engine stop."""
        try:
            async with self._call("POST", "/completion", body | {"stream": True}) as (
                status,
                pieces,
            ):
                if status != 200:
                    raise _refusal(status, await _whole(pieces))
                async for line in _lines(pieces):
                    field, _, value = line.partition(b": ")
                    if field == b"error":
                        raise _refusal(500, value)
                    if field == b"data":
                        event = json.loads(value)
                        if "error" in event:
                            raise _refusal(500, value)
                        yield event
        except http.BrokenOff as error:
            raise EngineError(f"the answer broke off: {error}") from error

    async def _json(self, method: str, path: str, body: dict | None = None) -> dict:
        try:
            async with self._call(method, path, body) as (status, pieces):
                content = await _whole(pieces)
        except http.BrokenOff as error:
            raise EngineError(f"{path}: {error}") from error
        if status != 200:
            raise _refusal(status, content)
        return json.loads(content)

    def _call(self, method: str, path: str, body: dict | None):
        content = (
            b"" if body is None else json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        )
        return http.call(self._url, self._key, method, path, content)


async def _whole(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The lines of a streamed answer; one with a whole vocabulary is megabytes long, so its parts
    are joined once.
    """
    parts: list[bytes] = []
    async for piece in pieces:
        *lines, rest = piece.split(b"\n")
        for line in lines:
            yield b"".join([*parts, line])
            parts.clear()
        parts.append(rest)


def _refusal(status: int, content: bytes) -> EngineError:
    return EngineError(f"{status} {content[:500].decode(errors='replace')}")


def new_key() -> str:
    """A random bearer token."""
    return secrets.token_urlsafe(32)
