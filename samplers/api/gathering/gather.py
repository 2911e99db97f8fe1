"""Many requests at a time, each answered once or reported as failed."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from inspect import iscoroutinefunction
from os import PathLike
from pathlib import Path

from samplers.api.client import Client
from samplers.api.gathering import saved_answers
from samplers.api.results import Completion
from samplers.api.transport.network import MAX_CONNECTIONS

LOOK = 0.5  # seconds of one wait


@dataclass(frozen=True)
class Gathered:
    """A request with its `answer`, or with the `error` that its call raised."""

    request: object
    answer: object = None
    error: Exception | None = None


def gather(
    client_or_call: Client | Callable,
    requests: Iterable,
    concurrency: int = 8,
    *,
    save: str | PathLike | None = None,
    progress: bool = True,
) -> list[Gathered]:
    """Asks all `requests`, `concurrency` of them at a time, and gives what came of each, in order.

    A request for a client is a str or messages, or a dict of chat()'s arguments: {"messages": …,
    "max_tokens": 1}. For a function of your own it is whatever that takes. The calls run in
    threads, so this works in Jupyter as in a script. An exception of a call does not end the
    others: it stands beside its request. A client's calls are repeated and limited as it was told
    (max_retries, limiter).

    `save`: a file that keeps each answer as soon as it is there. After a crash, run the same again:
    then only the requests are asked that have no answer in the file. Answers are Completions, or
    what JSON can hold. Two runs at the same time need two files: each would ask everything.

    Ctrl-C begins no more calls and waits for those that run, so that what is paid for is saved: up
    to `concurrency`, and some may wait for a limiter or a retry. A second one does not wait.

    ValueError for a wrong argument, and for a file of another list of requests or another client's
    model; OSError for a file that cannot be written.
    """
    call = _call_of(client_or_call)
    requests = _checked(requests, concurrency, save, progress)
    if isinstance(client_or_call, Client):
        _check_arguments(requests)
    path = None if save is None else Path(save)
    answers = {} if path is None else saved_answers.load(path, requests, _model_of(client_or_call))
    found = {number: Gathered(requests[number], answer) for number, answer in answers.items()}
    missing = [number for number in range(len(requests)) if number not in found]
    saving = threading.Lock()

    def ask(number: int) -> tuple[int, Gathered]:
        request = requests[number]
        try:
            answer = call(request)
        except Exception as error:
            return number, Gathered(request, error=error)
        if path is not None:
            with saving:
                saved_answers.append(path, number, answer)
        return number, Gathered(request, answer)

    from tqdm.auto import tqdm  # here: `import samplers.api` is light

    pool = ThreadPoolExecutor(concurrency)
    failed = 0
    with tqdm(total=len(requests), initial=len(found), unit="request", disable=not progress) as bar:
        try:
            for number, gathered in _as_they_end([pool.submit(ask, i) for i in missing]):
                found[number] = gathered
                if gathered.error is not None:
                    failed += 1
                    bar.set_postfix(failed=failed, refresh=False)
                bar.update()
        finally:
            pool.shutdown(cancel_futures=True)
    return [found[number] for number in range(len(requests))]


def _as_they_end(futures: list[Future]) -> Iterator:
    """The futures' results, or the first exception. As concurrent.futures.as_completed has it.

    But a wait of that has no end, and on Windows then Ctrl-C does not end it.
    """
    ended: queue.SimpleQueue[Future] = queue.SimpleQueue()
    for future in futures:
        future.add_done_callback(ended.put)

    left = len(futures)
    while left:
        try:
            future = ended.get(timeout=LOOK)
        except queue.Empty:
            continue
        left -= 1
        yield future.result()


def _call_of(client_or_call: Client | Callable) -> Callable:
    if isinstance(client_or_call, Client):
        return partial(_chat, client_or_call)
    if not callable(client_or_call) or iscoroutinefunction(client_or_call):
        raise ValueError(
            "client_or_call must be a Client, or a function of one request that is not async, "
            f"got {client_or_call!r:.80}"
        )
    return client_or_call


def _check_arguments(requests: list) -> None:
    """ValueError for a request of a client that is a dict without messages, such as one message."""
    for number, request in enumerate(requests):
        if isinstance(request, dict) and "messages" not in request:
            raise ValueError(
                f"requests[{number}] must be a str, a list of messages, or a dict of chat()'s "
                f"arguments with 'messages', got {request!r:.80}"
            )


def _model_of(client_or_call: Client | Callable) -> str | None:
    return client_or_call.model if isinstance(client_or_call, Client) else None


def _chat(client: Client, request) -> Completion:
    given = request if isinstance(request, dict) else {"messages": request}
    return client.chat(**given)


def _checked(requests: Iterable, concurrency: int, save, progress: bool) -> list:
    if isinstance(requests, str | bytes | dict) or not isinstance(requests, Iterable):
        raise ValueError(f"requests must be a list of requests, got {requests!r:.80}")
    is_count = isinstance(concurrency, int) and not isinstance(concurrency, bool)
    if not is_count or not 1 <= concurrency <= MAX_CONNECTIONS:
        raise ValueError(
            f"concurrency must be an int in [1, {MAX_CONNECTIONS}], got {concurrency!r:.80}"
        )
    if save is not None and (not isinstance(save, str | PathLike) or save == ""):
        raise ValueError(f"save must be a file's path or None, got {save!r:.80}")
    if not isinstance(progress, bool):
        raise ValueError(f"progress must be True or False, got {progress!r:.80}")
    return list(requests)
