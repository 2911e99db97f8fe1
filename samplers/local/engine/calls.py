"""The few calls that the gateway makes to llama.cpp's server.

The gateway uses the engine's native `/completion`, with token ids as prompts. Every call has its
own connection: after a streamed answer the engine may close a kept one without notice.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from samplers.local.engine import http
from samplers.local.engine.grammars.trials import Trials
from samplers.local.engine.saved_prompts import SavedPrompts
from samplers.local.engine.server import CONTEXT
from samplers.local.engine.slots import FEW, SLICE, SLOTS, Slot, Slots, shared
from samplers.local.engine.vocabulary import Vocabulary

_BETWEEN = -1  # stands between texts: the engine hands a number on as it is, and no token has it


class EngineError(Exception):
    """The engine refused a call or broke off an answer."""


class Engine:
    """A running llama.cpp server.

    `context` is the most tokens that a prompt and its answer can have together. `begin` has the
    token that comes before every prompt (BOS), if there is one. `stop_ids` are the tokens that end
    a turn. `trials` tries grammars before the engine gets them. Hold one of `slots` while an answer
    is generated.
    """

    def __init__(self, server, key: str, vocabulary: Vocabulary, slots: int = SLOTS):
        self.vocabulary = vocabulary
        self.context = CONTEXT
        self.stop_ids: frozenset[int] = frozenset()
        self.begin: list[int] = []
        self.slots = Slots(slots)
        self._server = server  # it runs as long as this reference lives
        self._url = server.listening_address
        self._key = key
        address = urlsplit(self._url)
        folder = Path(address.path).parent if address.scheme == "unix" else None
        self._saved = SavedPrompts(folder, self._succeeds)

    async def open(self) -> None:
        """Fills in what only the engine knows: its context, and what begins and ends a turn."""
        models = await self._json("GET", "/v1/models")
        self.context = min(CONTEXT, models["data"][0]["meta"]["n_ctx_train"])

        # ignore_eos bans exactly the tokens that end a turn, and the answer lists the bans. This
        # call is the warm-up, too.
        body = {"prompt": [0], "n_predict": 1, "ignore_eos": True, "cache_prompt": False}
        answer = await self.complete(body)
        bans = answer["generation_settings"]["logit_bias"]
        self.stop_ids = frozenset(ban["token"] for ban in bans)
        self.begin = await self._begin()
        self.trials = Trials(self.vocabulary, min(self.stop_ids, default=0))

    async def _begin(self) -> list[int]:
        """What the engine puts before a text. It can add an end, too, which is not wanted.

        Where it adds BOS, its `/apply-template` leaves the template's own away.
        """
        plain = await self.tokenize("a", control=False)
        body = {"content": "a", "add_special": True}
        whole = (await self._json("POST", "/tokenize", body))["tokens"]
        return [] if whole[: len(plain)] == plain else whole[:1]

    async def render(self, messages: list[dict]) -> str:
        """The prompt that the model's chat template makes of messages; `begin` comes before it."""
        answer = await self._json("POST", "/apply-template", {"messages": messages})
        return answer["prompt"]

    async def tokenize(self, text: str, *, control: bool) -> list[int]:
        """A text's token ids.

        `control`: names of control tokens such as <|im_end|> become those tokens.
        """
        body = {"content": text, "parse_special": control}
        return (await self._json("POST", "/tokenize", body))["tokens"]

    async def read(self, slot: Slot, prompt: list[int]) -> int | None:
        """Reads a prompt into a slot's cache, all but its last FEW tokens, in slices.

        What another slot has read is taken from there. Returns how many tokens had been read
        already; None if there was nothing to read.
        """
        cached = None
        async with self.slots.reading():
            while (left := len(prompt) - shared(slot.tokens, prompt)) > FEW:
                async with self.slots.turn(left) as size:
                    await self._saved.load_into(slot, prompt)
                    begin = shared(slot.tokens, prompt)
                    if len(prompt) - begin <= FEW:
                        break
                    part = prompt[: begin + size]
                    answer = await self.complete(_reading(slot, part))
                    slot.tokens = part
                    if size == SLICE or len(prompt) - len(part) <= FEW:
                        await self._saved.save(slot)
                if cached is None:
                    cached = answer["timings"]["cache_n"]
        return cached

    async def tokenize_each(self, texts: list[str], *, control: bool) -> list[list[int]]:
        """Each text's token ids, with one call for all of them."""
        parts: list[str | int] = []
        for text in texts:
            parts += [text, _BETWEEN]

        body = {"content": parts, "parse_special": control}
        ids = (await self._json("POST", "/tokenize", body))["tokens"]
        each: list[list[int]] = [[]]
        for token in ids:
            if token == _BETWEEN:
                each.append([])
            else:
                each[-1].append(token)
        return each[:-1]

    async def complete(self, body: dict) -> dict:
        """One `/completion`, whole."""
        return await self._json("POST", "/completion", body)

    async def stream(self, body: dict) -> AsyncIterator[dict]:
        """One `/completion`, event by event. Closing the iterator makes the engine stop."""
        call = self._call("POST", "/completion", body | {"stream": True})
        try:
            async with call as (status, parts):
                if status != 200:
                    raise _refusal(status, await _whole(parts))
                async for line in _lines(parts):
                    event = _event(line)
                    if event is not None:
                        yield event
        except http.BrokenOff as error:
            raise EngineError(f"the answer broke off: {error}") from error

    async def _json(self, method: str, path: str, body: dict | None = None) -> dict:
        try:
            async with self._call(method, path, body) as (status, parts):
                content = await _whole(parts)
        except http.BrokenOff as error:
            raise EngineError(f"{path}: {error}") from error
        if status != 200:
            raise _refusal(status, content)
        return json.loads(content)

    async def _succeeds(self, path: str, body: dict) -> bool:
        try:
            await self._json("POST", path, body)
        except EngineError:
            return False
        return True

    def _call(self, method: str, path: str, body: dict | None):
        content = b""
        if body is not None:
            content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        return http.call(self._url, self._key, method, path, content)


def _reading(slot: Slot, prompt: list[int]) -> dict:
    """The call that reads a prompt and generates nothing."""
    return {
        "prompt": prompt,
        "id_slot": slot.id,
        "n_predict": 0,
        "samplers": [],
        "cache_prompt": True,
        "timings_per_token": True,
    }


async def _whole(parts: AsyncIterator[bytes]) -> bytes:
    return b"".join([part async for part in parts])


async def _lines(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The lines of a streamed answer.

    A line with a whole vocabulary is megabytes long and comes in many parts: they are joined once.
    """
    begun: list[bytes] = []
    async for part in parts:
        *ends, rest = part.split(b"\n")
        for end in ends:
            yield b"".join([*begun, end])
            begun.clear()
        begun.append(rest)


def _event(line: bytes) -> dict | None:
    """The event of a line `data: …`; None for other lines. EngineError if it is an error."""
    field, _, value = line.partition(b": ")
    if field == b"error":
        raise _refusal(500, value)
    if field != b"data":
        return None
    event = json.loads(value)
    if "error" in event:
        raise _refusal(500, value)
    return event


def _refusal(status: int, content: bytes) -> EngineError:
    return EngineError(f"{status} {content[:500].decode(errors='replace')}")
