"""A request to Responses on its way: paid for, sent, and its answer or stream read."""

from collections.abc import Iterable, Iterator

from samplers.api.errors import APIError
from samplers.api.paths import has_path, quoted
from samplers.api.pricing.prices import cost, exact
from samplers.api.responses.event import ResponseEvent
from samplers.api.responses.known import KnownResponses
from samplers.api.responses.reader import read_response_events
from samplers.api.responses.response import Response
from samplers.api.results import Usage
from samplers.api.sending import streamed
from samplers.api.stream.events import Arrival
from samplers.api.transport.deadline import Deadline
from samplers.api.transport.transport import Transport

PATH = "/responses"
INSTEAD = "client.chat asks it by Chat Completions"
NOT_KEPT = "keep what respond() has returned"
UNFINISHED = ("queued", "in_progress")


def send_response(
    transport: Transport, known: KnownResponses, body: dict, deadline: Deadline
) -> Response:
    """The response to `body`; the call is paid for.

    NotFoundError where the endpoint has no Responses. A failed response is an APIError.
    """
    inherited = known.inherited(transport, body, deadline)
    with transport.reserve([body], inherited) as reservation:

        def read(answer: dict) -> Response:
            later = answer.get("id") if answer.get("status") in UNFINISHED else None
            if later is not None:
                known.wait(later, body["model"])
            reservation.settle(Usage.from_wire(answer.get("usage")), later)
            return Response.from_wire(answer)

        with has_path(transport.base_url, f"/v1{PATH}", INSTEAD):
            answer = transport.request(
                "POST", PATH, body, deadline=deadline, reservation=reservation
            )
        response = transport.read(answer, read)
    known.see(response, body)
    if response.status == "failed":  # and no error says why
        raise APIError(answer.status_code, "the response failed")
    return response


def stream_events(
    transport: Transport, known: KnownResponses, body: dict, timeout: float | None
) -> Iterator[ResponseEvent]:
    """The events of a streamed response to `body`."""

    def read(arrivals: Iterable[Arrival]) -> Iterator[ResponseEvent]:
        return read_response_events(arrivals, transport.scrub)

    inherited = known.inherited(transport, body, Deadline(timeout))
    with has_path(transport.base_url, f"/v1{PATH}", INSTEAD):
        for event in streamed(transport, PATH, body, timeout, read, inherited):
            if event.response is not None:
                known.see(event.response, body)
            yield event
            del event  # a traceback may print this frame's locals


def stored_response(
    transport: Transport,
    known: KnownResponses,
    response_id: str,
    action: str,
    deadline: Deadline,
) -> Response:
    """The response that the endpoint keeps: "" gets it, "/cancel" is an `action` on it (POST).

    One that failed is returned, too: its `reason` says why. What a paid one in the background
    really cost takes the place of what was held for it, once it says its usage.
    """
    method = "POST" if action else "GET"
    path = f"{PATH}/{quoted(response_id)}{action}"
    with has_path(transport.base_url, f"{method} /v1{PATH}/…{action}", NOT_KEPT):
        answer = transport.request(method, path, deadline=deadline)
    response = transport.read(answer, Response.from_wire, find=_no_error)
    known.see(response)

    if response.usage is not None and response.is_finished:
        model = known.end(response_id)
        if model is not None and transport.budget is not None:
            real = cost(model, response.usage) * exact(transport.surcharge)
            transport.budget.end(response_id, real)
    return response


def delete_response(transport: Transport, response_id: str, deadline: Deadline) -> None:
    """Deletes a response that the endpoint keeps. NotFoundError if there is none of this id."""
    with has_path(transport.base_url, f"DELETE /v1{PATH}/…", "it may keep none"):
        transport.request("DELETE", f"{PATH}/{quoted(response_id)}", deadline=deadline)


def _no_error(answer) -> None:
    """A failed response holds an error, but reading it is none."""
