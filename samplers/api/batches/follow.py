"""Waits for the end of a batch."""

import math
import random
import time
from collections.abc import Iterator

from samplers.api.batches.batch import Batch, id_of, look
from samplers.api.batches.bill import settle_failed
from samplers.api.client import Client
from samplers.api.errors import APITimeoutError, EndpointError
from samplers.api.request import as_seconds
from samplers.api.retries.retries import is_retryable
from samplers.api.transport.deadline import Deadline

FIRST = 0.2  # seconds between the first two looks
GROWTH = 1.5  # of each wait over the one before
PATIENCE = 120  # seconds in which an endpoint may be down: it may start anew
A_LOOK = 30  # seconds that one look may take
_RANDOM = random.SystemRandom()


def follow_batch(
    client: Client,
    batch_or_id: Batch | str,
    *,
    every: float = 30,
    timeout: float | None = None,
    progress: bool = True,
) -> Batch:
    """Waits until a batch has ended, and returns it: its `status` says how.

    A bar shows what is done. `every`: the most seconds between two looks; the first ones come
    faster. `timeout`: after so many seconds APITimeoutError; the batch goes on, and can be followed
    again. So it does after Ctrl-C. An endpoint may be down for two minutes in a row.
    """
    every = as_seconds("every", every)
    if timeout is not None:
        as_seconds("timeout", timeout)
    if not isinstance(progress, bool):
        raise ValueError(f"progress must be True or False, got {progress!r:.80}")
    batch_id = id_of(batch_or_id)
    end = math.inf if timeout is None else time.monotonic() + timeout

    from tqdm.auto import tqdm  # here: `import samplers.api` is light

    with tqdm(unit="request", disable=not progress) as bar:
        for batch in _looks(client, batch_id, every, end):
            _show(bar, batch)
            if batch is not None and batch.has_ended:
                settle_failed(client, batch)
                return batch
    raise APITimeoutError(
        f"batch {batch_id} has not ended in {timeout:g} s. It goes on: follow_batch() again.", True
    )


def _looks(client: Client, batch_id: str, every: float, end: float) -> Iterator[Batch | None]:
    """The batch as it is, time after time until the `end`; None while the endpoint is down.

    A look that fails is not tried again by itself: the next look does that.
    """
    longest = FIRST
    up = time.monotonic()  # when the endpoint last answered
    while True:
        asked = 0.0
        batch = None
        try:
            batch = look(client, batch_id, Deadline(A_LOOK), repeats=lambda _: False)
            up = time.monotonic()
        except EndpointError as error:
            asked = getattr(error, "retry_after", None) or 0.0
            is_up_soon = time.monotonic() + asked < up + PATIENCE
            if not is_retryable(error) or not is_up_soon:
                raise
        yield batch

        left = end - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, max(asked, longest * _RANDOM.uniform(0.5, 1))))
        longest = min(every, longest * GROWTH)


def _show(bar, batch: Batch | None) -> None:
    if batch is None:
        bar.set_postfix_str("no answer, looking again")
        return
    if batch.total and batch.total != bar.total:
        bar.reset(batch.total)  # a notebook's bar takes another total in no other way
    bar.n = batch.completed + batch.failed
    bar.set_description_str(batch.status, refresh=False)
    bar.set_postfix_str(f"failed={batch.failed}" if batch.failed else "", refresh=False)
    bar.refresh()
