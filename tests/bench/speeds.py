"""How fast an endpoint is: each kind of request alone, and tokens/s of up to 32 answers at once."""

import asyncio
import time
from itertools import chain, count, cycle
from statistics import median

import httpx

from . import lesson

STREAMS = (1, 2, 4, 8, 16, 24, 32)
TOKENS = 24  # of each answer
ROUNDS = 3  # of what is alone; of many answers together there is one


class Timer:
    """Seconds of requests to one endpoint."""

    def __init__(self, client: httpx.AsyncClient, model: str, keys: list[str | None]):
        self._client = client
        self._model = model
        self._keys = cycle(keys)
        self._numbers = count()

    async def request(self, request: lesson.Request, rounds: int = ROUNDS) -> float:
        """A request that is alone: the median of some rounds."""
        return median([await self._together([request]) for _ in range(rounds)])

    async def chats(self, streams: int, tokens: int, rounds: int) -> float:
        """So many chats together, until all have been answered: the median of some rounds."""
        times = []
        for _ in range(rounds):
            new = [next(self._numbers) for _ in range(streams)]
            chats = [lesson.chat(number, self._model, tokens) for number in new]
            times.append(await self._together(chats))
        return median(times)

    async def _together(self, requests: list[lesson.Request]) -> float:
        begin = time.perf_counter()
        sent = (lesson.send(self._client, request, next(self._keys)) for request in requests)
        answers = await asyncio.gather(*sent)
        seconds = time.perf_counter() - begin
        refused = [answer.text for answer in answers if answer.status_code not in (200, 304, 400)]
        if refused:
            raise SystemExit(f"the endpoint refused a request: {refused[0]:.300}")
        return seconds


async def measured(
    base_url: str, model: str, keys: list[str | None], steps: list[list[lesson.Request]]
) -> dict:
    """{"alone": {kind: seconds}, "overhead": tokens, "rates": {streams: tokens/s}}.

    `overhead` is what a chat costs besides its answer, its prompt above all, as tokens of an answer
    that is alone. The rates count the tokens and that.
    """
    async with lesson.client(base_url) as client:
        timer = Timer(client, model, keys)
        await timer.chats(1, 1, 1)  # the first request is slower
        alone = {r.kind: round(await timer.request(r), 4) for r in _kinds(steps, model)}

        first = await timer.chats(1, 1, ROUNDS)
        whole = await timer.chats(1, TOKENS, ROUNDS)
        token = max((whole - first) / (TOKENS - 1), first / 100)  # on a busy machine it can be < 0
        overhead = max(0.0, first / token - 1)
        rates = {1: round(1 / token, 1)}
        for streams in STREAMS[1:]:
            seconds = await timer.chats(streams, TOKENS, ROUNDS if streams <= 4 else 1)
            rates[streams] = round(streams * (TOKENS + overhead) / seconds, 1)
    return {"alone": alone, "overhead": round(overhead, 2), "rates": rates}


def _kinds(steps: list[list[lesson.Request]], model: str) -> list[lesson.Request]:
    """One request of each kind that a lesson sends."""
    first = {}
    for request in chain.from_iterable(steps):
        first.setdefault(request.kind, lesson.sent_by(request, 0, model))
    return list(first.values())
