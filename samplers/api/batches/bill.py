"""What a batch can cost, what it did cost, and what a budget holds for it meanwhile."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from samplers.api.batches.batch import Batch
from samplers.api.batches.results import BatchResults
from samplers.api.batches.submission import ID
from samplers.api.client import Client
from samplers.api.pricing.bound import upper_bound
from samplers.api.pricing.prices import cost, exact
from samplers.api.results import Completion
from samplers.checks import instance


def batch_cost(results: BatchResults, model: str | None = None) -> Decimal:
    """What a batch costs (USD): the price of a batch for each answer, nothing for the others.

    `model`: whose prices; None: those of the model that was asked, which must be in the table.
    ValueError for an answer that does not report its usage: its cost is not known.
    """
    instance(results, "results", BatchResults, "what batch_results() returns")
    total = Decimal(0)
    for custom_id, answer in results.items():
        if not isinstance(answer, Completion):
            continue
        if answer.usage is None:
            raise ValueError(f"results must report usage: {custom_id!r:.80} does not")
        asked = results.requests.get(custom_id, {}).get("model", answer.model)
        total += cost(model or asked, answer.usage, batch=True)
    return total


def hold(client: Client, name: str, bodies: Iterable[dict]) -> None:
    """Holds the most that a batch of `bodies` can cost. BudgetExceeded if it must not be sent."""
    transport = client.endpoint.transport
    if transport.budget is not None:
        bound = sum(upper_bound(body, batch=True) for body in bodies)
        transport.budget.hold(name, bound * exact(transport.surcharge))


@contextmanager
def given_back(client: Client, name: str, after: Callable[[BaseException], bool]) -> Iterator[None]:
    """Gives back what is held for a batch `after` an exception that certainly costs nothing."""
    try:
        yield
    except BaseException as error:
        if after(error) and client.budget is not None:
            client.budget.end(name, 0)
        raise


def settle(client: Client, results: BatchResults) -> None:
    """Counts what a batch really cost in place of what is held for it.

    Where that is not known, all of it stays held.
    """
    try:
        real = batch_cost(results)
    except ValueError:
        return
    _end(client, results.batch, real)


def settle_failed(client: Client, batch: Batch) -> None:
    """A batch that failed has executed nothing."""
    if batch.status == "failed":
        _end(client, batch, Decimal(0))


def _end(client: Client, batch: Batch, real: Decimal) -> None:
    name = batch.metadata.get(ID)
    if client.budget is not None and isinstance(name, str):
        client.budget.end(name, real * exact(client.endpoint.transport.surcharge))
