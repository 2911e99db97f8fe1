"""Learners who think and ask, and a chat beside them: how long they wait for an endpoint."""

import asyncio
import time
from random import Random
from typing import NamedTuple

import httpx
import numpy as np

from . import lesson

THINK = 45.0  # seconds, the mean
CHAT_EVERY = 5.0  # seconds
CHAT_TOKENS = 40
CHAT = "a chat of 40 tokens"
LEARN = "the learners"


class Answer(NamedTuple):
    """What a request of some kind got: its status, 0 for none, and how long that took."""

    kind: str
    seconds: float
    status: int


class Room:
    """An endpoint and what it answered. `keys`: one for each learner, or one for all."""

    def __init__(
        self,
        base_url: str,
        model: str,
        keys: list[str | None],
        steps: list[list[lesson.Request]],
        seed: int,
    ):
        self.answers: list[Answer] = []
        self._model = model
        self._keys = keys
        self._steps = steps
        self._seed = seed
        self._client = lesson.client(base_url)

    async def run(self, learners: int, seconds: float) -> None:
        """Lets them learn for so many seconds, and waits for the last answers."""
        end = time.monotonic() + seconds
        async with self._client, asyncio.TaskGroup() as group:
            group.create_task(self._chat(end, learners))
            for learner in range(learners):
                group.create_task(self._learn(end, learner))

    async def _learn(self, end: float, learner: int) -> None:
        rng = Random(f"{self._seed}/{learner}")
        place = rng.randrange(len(self._steps))
        while True:
            think = rng.expovariate(1 / THINK)
            if time.monotonic() + think > end:
                return
            await asyncio.sleep(think)
            for request in self._steps[place % len(self._steps)]:
                await self._send(lesson.sent_by(request, learner, self._model), learner)
            place += 1

    async def _chat(self, end: float, learner: int) -> None:
        start = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(round((end - start) / CHAT_EVERY)):
                await asyncio.sleep(start + (number + 0.5) * CHAT_EVERY - time.monotonic())
                request = lesson.chat(number, self._model, CHAT_TOKENS)
                group.create_task(self._send(request, learner, CHAT))

    async def _send(self, request: lesson.Request, learner: int, kind: str = "") -> None:
        key = self._keys[learner % len(self._keys)]
        begin = time.monotonic()
        try:
            status = (await lesson.send(self._client, request, key)).status_code
        except httpx.HTTPError:
            status = 0
        seconds = time.monotonic() - begin
        self.answers.append(Answer(kind or request.kind, seconds, status))


def is_error(answer: Answer) -> bool:
    """A wrong temperature is to be refused, with status 400, but some servers take it."""
    right = (200, 304, 400) if answer.kind == lesson.WRONG else (200, 304)
    return answer.status not in right


def waits(answers: list[Answer]) -> dict[str, dict]:
    """Of each kind, of the chat and of the learners: how many, and percentiles in seconds."""
    groups = {CHAT: [answer for answer in answers if answer.kind == CHAT]}
    groups[LEARN] = [answer for answer in answers if answer.kind != CHAT]
    for kind in sorted({answer.kind for answer in groups[LEARN]}):
        groups[kind] = [answer for answer in answers if answer.kind == kind]
    return {name: _percentiles(group) for name, group in groups.items() if group}


def _percentiles(group: list[Answer]) -> dict:
    p50, p95, most = np.percentile([answer.seconds for answer in group], (50, 95, 100))
    found = {"p50": round(p50, 3), "p95": round(p95, 3), "max": round(most, 3)}
    return {"count": len(group), "errors": sum(map(is_error, group))} | found
