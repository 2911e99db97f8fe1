"""A chat request on its way: paid for, sent, and its answer or stream read."""

from collections.abc import Callable, Iterable, Iterator

from samplers.api.choices import joined, split_choices
from samplers.api.results import Usage
from samplers.api.stream.chunk import Chunk
from samplers.api.stream.events import Arrival
from samplers.api.stream.reader import read_chunks
from samplers.api.transport.deadline import Deadline
from samplers.api.transport.transport import Transport

PATH = "/chat/completions"


def send_chat(
    transport: Transport,
    body: dict,
    reader: Callable,
    deadline: Deadline,
    headers: dict | None = None,
    most_choices: int | None = None,
):
    """What `reader` makes of the answer to `body`; the call is paid for."""
    parts = split_choices(body, most_choices)
    reader = joined(reader, len(parts))
    with transport.reserve(parts) as reservation:

        def read(answer: dict):
            reservation.settle(Usage.from_wire(answer.get("usage")))
            return reader(answer)

        for part in parts:
            response = transport.request(
                "POST",
                PATH,
                part,
                headers,
                deadline=deadline,
                reservation=reservation,
            )
            answer = transport.read(response, read)
    return answer


def stream_chunks(transport: Transport, body: dict, timeout: float | None) -> Iterator[Chunk]:
    """The chunks of a streamed answer to `body`."""
    n = body["n"] if isinstance(body.get("n"), int) else 1

    def read(arrivals: Iterable[Arrival]) -> Iterator[Chunk]:
        return read_chunks(arrivals, transport.scrub, n)

    return streamed(transport, PATH, body, timeout, read)


def streamed(
    transport: Transport,
    path: str,
    body: dict,
    timeout: float | None,
    read: Callable[[Iterable[Arrival]], Iterator],
    inherited: int = 0,
) -> Iterator:
    """What `read` makes of the streamed answer to a POST of `body`; the call is paid for.

    Its chunks have a `usage`, None until it is known. `inherited`: see `upper_bound`.
    """
    with (
        transport.reserve([body], inherited) as reservation,
        transport.arrivals(path, body, reservation, timeout) as arrivals,
    ):
        usage = None
        for chunk in read(transport.unbroken(arrivals)):
            usage = chunk.usage or usage
            yield chunk
            del chunk  # a traceback may print this frame's locals
        reservation.settle(usage)  # the last one; a stream that broke or was closed stays held


def stream_arrivals(transport: Transport, body: dict, timeout: float | None) -> Iterator[Arrival]:
    """The same stream as the network brings it."""
    with (
        transport.reserve([body]) as reservation,
        transport.arrivals(PATH, body, reservation, timeout) as arrivals,
    ):
        yield from transport.unbroken(arrivals)
