"""Draws from an endpoint, counted: concurrent, resumable, and honest about what failed."""

import json
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from tqdm.auto import tqdm

from samplers.api import (
    APIError,
    AuthenticationError,
    BudgetExceeded,
    Client,
    EndpointError,
    readable,
)
from samplers.compare.request import extensions, fields
from samplers.params import SamplingParams

PATIENCE = 6  # failures in a row after which observe stops and hands back what it has
LONGEST_WAIT = 30.0  # seconds, whatever Retry-After says


@dataclass
class Counts:
    """How often each sequence of tokens was drawn. A token is its bytes; b"" is the end of the
    turn.

    `failed` requests gave no draws; `errors` counts why. Their draws were asked for again, so the
    counts stay a sample of the distribution unless failing depends on what is drawn (a content
    filter, say). `stopped` says why there are fewer draws than were asked for, None if there are
    not.
    """

    sequences: Counter = field(default_factory=Counter)  # {(bytes, …): draws}
    failed: int = 0
    errors: Counter = field(default_factory=Counter)
    stopped: str | None = None
    # what was asked, so that other draws are not mixed in
    question: str | None = field(default=None, repr=False)

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
            f"{' '.join(map(readable, s))!r} {n:,}" for s, n in self.sequences.most_common(5)
        )
        why = (
            f" ({', '.join(f'{name}: {n}' for name, n in self.errors.most_common())})"
            if self.failed
            else ""
        )
        failed = (
            f"; {self.failed} request{'s' * (self.failed != 1)} failed{why}" if self.failed else ""
        )
        stopped = f"; stopped early: {self.stopped}" if self.stopped else ""
        return f"<Counts: {self.draws:,} draws, {len(self.sequences):,} different: {best}{failed}{stopped}>"


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

    `into`: counts of the same question to go on with; they are filled as draws come in, so that
    nothing is lost even where the cell is interrupted. `extra`: what `extensions` found for this
    endpoint (None: ask it). `workers` requests run at once, each for up to `batch` answers (n); an
    endpoint that refuses n gets smaller ones.

    A request that fails is counted and made up for. After PATIENCE failures in a row, or one that
    repeating cannot mend (the key, the budget), observe stops: it returns what it has, `stopped`
    says why, and calling it again with `into` goes on. The error itself is raised only where there
    are no draws to lose. ValueError for a seed, or for counts of another question.
    """
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 1:
        raise ValueError(f"draws must be an int >= 1, got {draws!r}")
    counts = into if into is not None else Counts()
    extra = extensions(client, messages) if extra is None else extra
    wire = fields(params, extra) | {
        "max_tokens": params.max_tokens or 1,
        "logprobs": True,
        "top_logprobs": 1,
    }
    question = json.dumps([messages, wire], sort_keys=True, default=str)
    if counts.question not in (None, question):
        raise ValueError(
            "into must be counts of the same messages and params, got counts of another question"
        )
    counts.question, counts.stopped = question, None
    in_a_row, last = 0, None
    bar = tqdm(total=draws, initial=min(counts.draws, draws), unit="draw", disable=not progress)
    pool = ThreadPoolExecutor(workers)
    try:
        running = {}
        while (missing := draws - counts.draws - sum(running.values())) > 0 or running:
            while missing > 0 and len(running) < workers and not counts.stopped:
                n = min(batch, missing)
                running[pool.submit(_answers, client, messages, wire, n)] = n
                missing -= n
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                n = running.pop(future)
                try:
                    sequences = future.result()
                except EndpointError as error:
                    if n > 1 and isinstance(error, APIError) and error.status in (400, 422):
                        batch = min(batch, max(1, n // 2))  # perhaps it refuses this n
                        continue
                    last, in_a_row = error, in_a_row + 1
                    counts.failed += 1
                    counts.errors[_reason(error)] += 1
                    bar.set_postfix(failed=counts.failed)
                    if (
                        isinstance(error, AuthenticationError | BudgetExceeded)
                        or in_a_row >= PATIENCE
                    ):
                        counts.stopped = f"{_reason(error)}, {in_a_row} in a row; observe(…, into=counts) goes on"
                    else:
                        time.sleep(min(getattr(error, "retry_after", None) or 0.0, LONGEST_WAIT))
                else:
                    in_a_row = 0
                    counts.sequences.update(sequences)
                    bar.update(len(sequences))
    finally:
        pool.shutdown(cancel_futures=True)
        bar.close()
    if last is not None and not counts.draws:
        raise last
    return counts


def _answers(client: Client, messages, wire: dict, n: int) -> list[tuple[bytes, ...]]:
    """The sequences of tokens of `n` answers (or as many as the endpoint gave)."""
    answer = client.chat(messages, **wire, n=n)
    return [_sequence(choice, wire["max_tokens"]) for choice in answer.choices]


def _sequence(choice, length: int) -> tuple[bytes, ...]:
    """An answer's tokens; one that ended early ends in b"". Without logprobs the text of one token
    is its bytes.
    """
    if choice.logprobs is None and length > 1:
        raise APIError(
            200,
            "the endpoint gives no logprobs, and without them an answer's tokens cannot be told apart.",
        )
    if choice.logprobs is None:
        tokens = [choice.text.encode()] if choice.text else []
    else:
        tokens = [token.bytes for token in choice.logprobs]
    if not tokens or (
        len(tokens) < length and choice.finish_reason == "stop" and tokens[-1] != b""
    ):
        tokens.append(b"")
    return tuple(tokens)


def _reason(error: EndpointError) -> str:
    return f"HTTP {error.status}" if isinstance(error, APIError) else type(error).__name__
