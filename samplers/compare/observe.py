"""Draws from an endpoint, counted: concurrent, resumable, and honest about what failed."""

import json
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from tqdm.auto import tqdm

from samplers.api import (
    APIError,
    AuthenticationError,
    BudgetExceeded,
    Client,
    EndpointError,
    QuotaError,
    readable,
)
from samplers.api.adapters.chat import most_choices
from samplers.checks import instance, number, shown
from samplers.compare.request import check_client, extensions, fields
from samplers.params import SamplingParams

MOST_FAILURES = 6  # in a row, after which observe stops and returns what it has
_SEQUENCES = "{(a token's bytes, …): draws}"


@dataclass
class Counts:
    """How often each sequence of tokens was drawn.

    A token is its bytes, and b"" is the end of the turn. `failed` requests gave no draws, and
    `errors` counts the reasons. Other requests made up for them, so the counts are still a sample
    of the distribution, unless failing depends on what is drawn (a content filter, say). `stopped`
    says why there are fewer draws than were asked for; None if there are enough.
    """

    sequences: Counter = field(default_factory=Counter)  # {(bytes, …): draws}
    failed: int = 0
    errors: Counter = field(default_factory=Counter)
    stopped: str | None = None
    # the messages and parameters as JSON, so that draws of another request are not mixed in
    request: str | None = field(default=None, repr=False)

    def __post_init__(self):
        instance(self.sequences, "sequences", Mapping, _SEQUENCES)
        for sequence in self.sequences:
            is_tuple = isinstance(sequence, tuple) and sequence
            if not is_tuple or not all(isinstance(token, bytes) for token in sequence):
                raise ValueError(f"sequences must be {_SEQUENCES}, got {shown(sequence)}")
        self.sequences = Counter(self.sequences)

    @property
    def draws(self) -> int:
        return sum(self.sequences.values())

    @property
    def tokens(self) -> Counter:
        """{bytes: draws} of the first token alone."""
        first = Counter()
        for sequence, n in self.sequences.items():
            first[sequence[0]] += n
        return first

    def __repr__(self) -> str:
        best = ", ".join(
            f"{' '.join(map(readable, sequence))!r} {n:,}"
            for sequence, n in self.sequences.most_common(5)
        )

        failed = ""
        if self.failed:
            reasons = ", ".join(f"{name}: {n}" for name, n in self.errors.most_common())
            failed = f"; {self.failed} request{'s' * (self.failed != 1)} failed ({reasons})"

        stopped = f"; stopped early: {self.stopped}" if self.stopped else ""
        return (
            f"<Counts: {self.draws:,} draws, {len(self.sequences):,} different: "
            f"{best}{failed}{stopped}>"
        )


def observe(
    client: Client,
    messages,
    params: SamplingParams,
    draws: int,
    *,
    into: Counts | None = None,
    extra: dict | None = None,
    workers: int = 4,
    batch: int = 50,
    progress: bool = True,
) -> Counts:
    """Draw until `draws` answers of `params.max_tokens` tokens (None: 1) to `messages` are counted.

    `into`: earlier counts of the same request, to continue. They are filled as draws come in, so
    nothing is lost even if the cell is interrupted. `extra`: what `extensions` returned for this
    endpoint; None: this asks the endpoint. `workers` requests run at once, each for up to `batch`
    answers (n), or for the most that the engine is known to take. If an endpoint refuses n, later
    requests are smaller.

    A request that fails in spite of the client's retries is counted, and another makes up for it.
    observe stops after MOST_FAILURES failures in a row, or after one that repeating cannot fix (the
    key, the budget, the quota). It returns what it has, `stopped` says why, and a call with `into`
    continues. The error itself is raised only where there are no draws to lose. ValueError for a
    seed, or for counts of another request.
    """
    draws = number(draws, "draws", int, 1)
    check_client(client)
    instance(progress, "progress", bool, "True or False")
    instance(params, "params", SamplingParams, "a SamplingParams")
    instance(into, "into", Counts | None, "Counts")
    instance(extra, "extra", dict | None, "a dict, what extensions returned")
    workers = number(workers, "workers", int, 1)
    batch = number(batch, "batch", int, 1)
    if extra is None:
        extra = extensions(client, messages)
    answer_fields = {"max_tokens": params.max_tokens or 1, "logprobs": True, "top_logprobs": 1}
    wire = fields(params, extra) | answer_fields
    counts = _begin(Counts() if into is None else into, messages, wire)

    batch = min(batch, most_choices(wire, client.abilities) or batch)
    collector = _Collector(counts, draws, batch, progress)
    pool = ThreadPoolExecutor(workers)
    running: dict[Future, int] = {}
    try:
        while True:
            while len(running) < workers:
                n = collector.next_size(running.values())
                if n == 0:
                    break
                running[pool.submit(_draw, client, messages, wire, n)] = n
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                collector.take(future, running.pop(future))
    finally:
        pool.shutdown(cancel_futures=True)
        collector.bar.close()
    if collector.error is not None and not counts.draws:
        raise collector.error
    return counts


def _begin(counts: Counts, messages, wire: dict) -> Counts:
    """The counts, ready for draws of this request; ValueError if they are another request's."""
    request = json.dumps([messages, wire], sort_keys=True, default=str)
    if counts.request not in (None, request):
        raise ValueError(
            "into must be counts of the same messages and params, got counts of another request"
        )
    counts.request = request
    counts.stopped = None
    return counts


class _Collector:
    """Puts one call's draws into its counts, and decides what to ask for next."""

    def __init__(self, counts: Counts, draws: int, batch: int, progress: bool):
        self.counts = counts
        self.draws = draws
        self.batch = batch
        self.failures_in_a_row = 0
        self.error: EndpointError | None = None  # the latest
        done = min(counts.draws, draws)
        self.bar = tqdm(total=draws, initial=done, unit="draw", disable=not progress)

    def next_size(self, running) -> int:
        """How many answers the next request should ask for, beside the sizes of those running."""
        if self.counts.stopped:
            return 0
        missing = self.draws - self.counts.draws - sum(running)
        return max(0, min(self.batch, missing))

    def take(self, future: Future, n: int) -> None:
        """Count the draws of a request for `n` answers, or its failure."""
        try:
            sequences = future.result()
        except EndpointError as error:
            if n > 1 and isinstance(error, APIError) and error.status in (400, 422):
                self.batch = min(self.batch, max(1, n // 2))  # perhaps it refuses this n
            else:
                self._count_failure(error)
        else:
            self.failures_in_a_row = 0
            self.counts.sequences.update(sequences)
            self.bar.update(len(sequences))

    def _count_failure(self, error: EndpointError) -> None:
        reason = f"HTTP {error.status}" if isinstance(error, APIError) else type(error).__name__
        self.error = error
        self.failures_in_a_row += 1
        self.counts.failed += 1
        self.counts.errors[reason] += 1
        self.bar.set_postfix(failed=self.counts.failed)

        hopeless = isinstance(error, AuthenticationError | BudgetExceeded | QuotaError)
        if hopeless or self.failures_in_a_row >= MOST_FAILURES:
            self.counts.stopped = (
                f"{reason}, {self.failures_in_a_row} in a row; observe(…, into=counts) goes on"
            )


def _draw(client: Client, messages, wire: dict, n: int) -> list[tuple[bytes, ...]]:
    """The sequences of tokens of `n` answers, or of fewer if the endpoint gives fewer."""
    completion = client.chat(messages, **wire, n=n)
    return [_sequence(choice, wire["max_tokens"]) for choice in completion.choices]


def _sequence(choice, length: int) -> tuple[bytes, ...]:
    """An answer's tokens, with b"" after them if the turn ended before `length` tokens.

    Without logprobs the text of an answer of one token is that token's bytes.
    """
    if choice.logprobs is not None:
        tokens = [token.bytes for token in choice.logprobs]
    elif length == 1:
        tokens = [choice.text.encode()] if choice.text else []
    else:
        raise APIError(
            200,
            "the endpoint gives no logprobs, "
            "and without them an answer's tokens cannot be told apart.",
        )

    ended = len(tokens) < length and choice.finish_reason == "stop"
    if not tokens or (ended and tokens[-1] != b""):
        tokens.append(b"")
    return tuple(tokens)
