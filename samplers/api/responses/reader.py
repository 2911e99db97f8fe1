"""The events of a streamed response out of its bytes.

A stream is whole at its last event: response.completed or response.incomplete. There is no [DONE].
An `error` event and response.failed are a StreamBroken, as is every other end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from samplers.api.deviations import dict_of
from samplers.api.error_body import error_in
from samplers.api.responses.event import DELTAS, ENDS, ResponseEvent
from samplers.api.responses.joined import JoinedEvents
from samplers.api.stream.pieces import Halves
from samplers.api.stream.reader import read_stream

FAILED = "response.failed"


def read_response_events(
    arrivals: Iterable[tuple[float, bytes]], scrub=str
) -> Iterator[ResponseEvent]:
    """The events in a stream's bytes, until the last one. StreamBroken for an unfinished stream.

    `arrivals` and `scrub`: as in `read_chunks`.
    """
    return read_stream(arrivals, scrub, ResponseStream())


class ResponseStream:
    """How the events of a stream of Responses are read; beside `ChatStream`."""

    last = "its last event, such as response.completed"
    joiner = JoinedEvents

    def __init__(self):
        self._halves = Halves()  # by kind and item

    def read(self, kind: str, body: dict, at: float) -> list[ResponseEvent]:
        """The event whose data is `body`, in a list."""
        event = ResponseEvent.from_wire(kind, body, at)
        added = DELTAS.get(event.type)
        if added is None:
            return [event]
        key = added, event.output_index, event.item_id
        piece = self._halves.whole(key, getattr(event, added))
        return [replace(event, **{added: piece})]

    def error(self, kind: str, body) -> dict | None:
        """The error that an event holds; None if it holds none."""
        fields = dict_of(body)
        if (fields.get("type") or kind) == FAILED:
            error = dict_of(fields.get("response")).get("error")
            return dict_of(error) or {"message": error or "the response failed"}
        if fields.get("type") == "error":
            return error_in(body) or fields
        # an event of Responses may have a `message`; what other servers call an error has its type
        return None if str(fields.get("type")).startswith("response.") else error_in(body)

    def is_last(self, event: ResponseEvent) -> bool:
        """Whether nothing follows this event."""
        return event.type in ENDS

    def is_whole(self, events: list[ResponseEvent], done: bool) -> bool:
        """Whether a stream without its last event is whole: none is, not even with a [DONE]."""
        return False

    def rest(self, at: float) -> Iterator[ResponseEvent]:
        """What the last deltas left open."""
        types = {name: type for type, name in DELTAS.items()}
        for (added, output_index, item_id), half in self._halves.rest():
            event = ResponseEvent(types[added], at=at, output_index=output_index, item_id=item_id)
            yield replace(event, **{added: half})
