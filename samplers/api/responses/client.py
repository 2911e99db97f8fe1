"""The part of a client that asks by Responses."""

from collections.abc import Iterator, Mapping, Sequence

from samplers.api.endpoint import Endpoint
from samplers.api.responses import sending
from samplers.api.responses.event import ResponseEvent
from samplers.api.responses.request import id_of_response, with_previous
from samplers.api.responses.response import Response
from samplers.api.retries.fallback import or_fallback, stream_or_fallback
from samplers.api.transport.deadline import Deadline


class ResponsesClient:
    """OpenAI's Responses, the newer of its two APIs for text. `Client` has these methods."""

    _endpoint: Endpoint

    def respond(
        self,
        input: str | Sequence[Mapping],
        *,
        previous: Response | str | None = None,
        timeout: float | None = None,
        **params,
    ) -> Response:
        """The response to `input`: a str (the user's), or a list of items or of Chat's messages.

        `previous`: the Response to go on from, or its id, where the endpoint keeps them
        (`abilities.stores`; ValueError at an engine that is known to keep none); the model reads
        again, and bills, all that it inherits, except its instructions. `params` are those of the
        API (instructions=…, max_output_tokens=50, reasoning={"effort": "low"} …); those that are
        None are left out, and Chat's raise a ValueError that names their counterpart. With
        background=True it comes back at once, with the status "queued": `response` gets it later.

        On a paid endpoint a chained call is bounded by what the previous one read and wrote, and
        the new input. NotFoundError where the endpoint has no Responses.
        """
        if params.get("stream"):
            raise ValueError("stream must be left out of respond(): client.respond_stream streams")
        deadline = Deadline(timeout)
        params = self._going_on(params, previous, deadline)

        def make(params: dict) -> dict:
            # said aloud: transformers serve streams unless it is told not to
            return self._endpoint.response_body(input, {**params, "stream": False}, deadline)

        def ask(body: dict) -> Response:
            return sending.send_response(
                self._endpoint.transport, self._endpoint.known_responses, body, deadline
            )

        return or_fallback(ask, self._endpoint.bodies(make, params), deadline)

    def respond_stream(
        self,
        input: str | Sequence[Mapping],
        *,
        previous: Response | str | None = None,
        timeout: float | None = None,
        **params,
    ) -> Iterator[ResponseEvent]:
        """The response as an iterator of typed events, while it is generated.

        As `stream`: sent when the first event is asked for, and closing it stops the endpoint.
        `accumulate` joins the events to the Response that respond() gives. The last one,
        response.completed or response.incomplete, has it, too. An `error` event, response.failed
        and a stream that breaks off are a StreamBroken.
        """
        params = self._going_on(params, previous, Deadline(timeout))

        def make(params: dict) -> dict:
            params = {**params, "stream": True}
            return self._endpoint.response_body(input, params, Deadline(timeout))

        def ask(body: dict) -> Iterator[ResponseEvent]:
            return sending.stream_events(
                self._endpoint.transport, self._endpoint.known_responses, body, timeout
            )

        return stream_or_fallback(ask, self._endpoint.bodies(make, params))

    def response(self, response_id: Response | str, *, timeout: float | None = None) -> Response:
        """The response that the endpoint keeps, by its id (GET /responses/{id}).

        What was held for a paid one in the background is settled once it says its usage; of one
        that failed or was cancelled and says none it stays held.
        """
        endpoint = self._endpoint
        some = id_of_response("response_id", response_id)
        return sending.stored_response(
            endpoint.transport, endpoint.known_responses, some, "", Deadline(timeout)
        )

    def delete_response(self, response_id: Response | str, *, timeout: float | None = None) -> None:
        """Deletes a response that the endpoint keeps. NotFoundError if there is none.

        What later responses have inherited from it stays theirs.
        """
        some = id_of_response("response_id", response_id)
        sending.delete_response(self._endpoint.transport, some, Deadline(timeout))

    def cancel_response(
        self, response_id: Response | str, *, timeout: float | None = None
    ) -> Response:
        """Ends a response that is made in the background. A finished one comes as it is.

        For what is held for it in the budget: see `response`.
        """
        endpoint = self._endpoint
        some = id_of_response("response_id", response_id)
        return sending.stored_response(
            endpoint.transport, endpoint.known_responses, some, "/cancel", Deadline(timeout)
        )

    def _going_on(self, params: dict, previous: Response | str | None, deadline: Deadline) -> dict:
        """`params` with the id of `previous`, unless the engine would refuse or ignore it."""
        model = params.get("model")
        params = with_previous(params, previous)
        if previous is None or not isinstance(model, str | None):
            return params
        known = self._endpoint.abilities(deadline, model)
        if known.stores is False:
            raise ValueError(
                f"previous must be left out: {known.engine} keeps no responses, so send the items "
                "again. One that does, such as a vLLM that was told to, takes previous_response_id"
            )
        return params
