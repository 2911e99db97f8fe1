"""A class as a queue, by discrete events: learners think and ask, servers share what they have.

A server draws a token of each answer in turn, so the answers share its speed equally (processor
sharing). Its speed depends on how many there are; those that find no slot wait in the order of
coming. A request of n choices is n answers, and it ends with its last one. Everything here is
simulated: what goes in is measured elsewhere.
"""

import heapq
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import NamedTuple

WARM_UP = 0.1  # of the time, whose answers are not counted


@dataclass(frozen=True)
class Speed:
    """Tokens/s of a server with `slots`: measured with `streams[i]` answers it gives `rates[i]`.

    In between, the seconds of a step are interpolated (a step is a token of each answer). With more
    answers than were measured the rate stays as it is.
    """

    streams: tuple[int, ...]
    rates: tuple[float, ...]
    slots: int

    def at(self, answers: int) -> float:
        """Tokens/s of all together with so many answers, from 1 on."""
        place = bisect_left(self.streams, answers)
        if place == len(self.streams):
            return self.rates[-1]
        high = self.streams[place] / self.rates[place]
        if place == 0:
            return answers / high
        low = self.streams[place - 1] / self.rates[place - 1]
        gap = self.streams[place] - self.streams[place - 1]
        share = (answers - self.streams[place - 1]) / gap
        return answers / (low + share * (high - low))


class Ask(NamedTuple):
    """A request: its kind, and `choices` answers of `tokens` each.

    With a `delay` it takes so many seconds, and nothing of a server's time.
    """

    kind: str
    choices: int
    tokens: float
    delay: float | None = None


@dataclass
class Job:
    """A request that was sent; `left` of its answers are not complete. `learner`: None for none."""

    ask: Ask
    sent: float
    left: int
    learner: int | None = None
    rest: Sequence[Ask] = ()  # what the learner sends next, without a thought


@dataclass
class Server:
    """One server. Every answer in it has had `given` tokens more than at the server's start."""

    speed: Speed
    now: float = 0.0
    given: float = 0.0
    version: int = 0
    running: list[tuple[float, int, Job]] = field(default_factory=list)  # a heap by their end
    queue: deque[tuple[float, Job]] = field(default_factory=deque)
    numbers: Iterator[int] = field(default_factory=count)
    rates: list[float] = field(init=False)

    def __post_init__(self):
        self.rates = [0.0] + [self.speed.at(n) for n in range(1, self.speed.slots + 1)]

    def advance(self, now: float) -> None:
        """Draws tokens until `now`; until then no answer ends."""
        answers = len(self.running)
        if answers:
            self.given += (now - self.now) * self.rates[answers] / answers
        self.now = now

    def add(self, job: Job) -> None:
        """Takes a job's answers, at the server's present time."""
        self.queue.extend([(job.ask.tokens, job)] * job.ask.choices)
        self._fill()

    def _fill(self) -> None:
        while self.queue and len(self.running) < self.speed.slots:
            tokens, job = self.queue.popleft()
            heapq.heappush(self.running, (self.given + tokens, next(self.numbers), job))

    def next_end(self) -> float:
        """When the next answer ends if no other comes; infinity if there is none."""
        answers = len(self.running)
        if not answers:
            return float("inf")
        tokens = max(0.0, self.running[0][0] - self.given)
        return self.now + tokens * answers / self.rates[answers]

    def end_one(self) -> Job | None:
        """Ends the next answer, now. Its job if that is complete."""
        self.given, _, job = heapq.heappop(self.running)
        self._fill()
        job.left -= 1
        return None if job.left else job

    @property
    def load(self) -> int:
        return len(self.running) + len(self.queue)


class Class:
    """Learners who go through `steps`, each of one or more requests, again and again.

    Each begins at a place of its own and thinks before each step, an exponential time. `chat`, if
    there is one, is sent every `chat_every` seconds. A request goes to the less busy one of two
    servers that are taken by chance, as load balancers do it.
    """

    def __init__(
        self,
        servers: Sequence[Server],
        steps: Sequence[Sequence[Ask]],
        learners: int,
        think: float,
        seed: int,
        chat: Ask | None = None,
        chat_every: float = 5.0,
    ):
        self.waits: dict[str, list[float]] = {}
        self._servers = servers
        self._steps = steps
        self._think = think
        self._rng = Random(seed)
        self._chat = chat
        self._chat_every = chat_every
        self._events: list[tuple] = []
        self._numbers = count()
        self._places = [self._rng.randrange(len(steps)) for _ in range(learners)]

    def run(self, seconds: float) -> dict[str, list[float]]:
        """The waits of each kind in so many simulated seconds, in seconds."""
        self._count_from = WARM_UP * seconds
        for learner in range(len(self._places)):
            self._think_first(0.0, learner)
        if self._chat:
            self._at(self._chat_every / 2, self._send_chat)
        while self._events and self._events[0][0] <= seconds:
            now, _, action, *arguments = heapq.heappop(self._events)
            action(now, *arguments)
        return self.waits

    def _at(self, when: float, action, *arguments) -> None:
        heapq.heappush(self._events, (when, next(self._numbers), action, *arguments))

    def _think_first(self, now: float, learner: int) -> None:
        self._at(now + self._rng.expovariate(1 / self._think), self._begin_step, learner)

    def _begin_step(self, now: float, learner: int) -> None:
        place = self._places[learner]
        self._places[learner] = (place + 1) % len(self._steps)
        self._send(now, learner, self._steps[place])

    def _send_chat(self, now: float) -> None:
        self._at(now + self._chat_every, self._send_chat)
        self._send(now, None, [self._chat])

    def _send(self, now: float, learner: int | None, asks: Sequence[Ask]) -> None:
        job = Job(asks[0], now, asks[0].choices, learner, asks[1:])
        if job.ask.delay is not None:
            self._at(now + job.ask.delay, self._answer, job)
            return
        two = self._rng.choices(self._servers, k=2)
        server = min(two, key=lambda server: server.load)
        server.advance(now)
        server.add(job)
        self._expect(server)

    def _expect(self, server: Server) -> None:
        """An event at the server's next end; a later one, of another version, replaces it."""
        server.version += 1
        when = server.next_end()
        if when < float("inf"):
            self._at(when, self._end, server, server.version)

    def _end(self, now: float, server: Server, version: int) -> None:
        if version != server.version:
            return
        server.advance(now)
        job = server.end_one()
        self._expect(server)
        if job:
            self._answer(now, job)

    def _answer(self, now: float, job: Job) -> None:
        if now >= self._count_from:
            self.waits.setdefault(job.ask.kind, []).append(now - job.sent)
        if job.rest:
            self._send(now, job.learner, job.rest)
        elif job.learner is not None:
            self._think_first(now, job.learner)
