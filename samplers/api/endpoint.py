"""What a client asks its endpoint with: the transport, the model, and what was learnt of it."""

from collections.abc import Callable

from samplers.api.abilities import Abilities
from samplers.api.adapters import recognise
from samplers.api.adapters.calls import Calls
from samplers.api.adapters.chat import with_top_p
from samplers.api.deviations import models_of
from samplers.api.errors import APIError
from samplers.api.forms.as_taken import as_taken
from samplers.api.request import chat_body, with_usage
from samplers.api.responses.known import KnownResponses
from samplers.api.responses.request import response_body
from samplers.api.retries.fallback import bodies_of
from samplers.api.sending import send_chat
from samplers.api.transport.deadline import Deadline
from samplers.api.transport.transport import Transport
from samplers.wire.models import REASONING_SUFFIX, model_table


class Endpoint:
    """The endpoint of one client. `model` and `fallback`: see Client."""

    def __init__(self, transport: Transport, model: str | None, fallback: str | None = None):
        self.transport = transport
        self.known_responses = KnownResponses()
        self.model = model
        self._fallback = fallback
        if model is None and transport.at_openai:
            self.model = model_table()["default_model"]

        # By model: what was learnt about it, such as what the endpoint can do.
        self._kept: dict[str, dict] = {}

    def default_model(self, deadline: Deadline) -> str:
        """The model that answers, unless a call names another one."""
        if self.model is None:
            listed = self.models(deadline)
            if not listed:
                message = "the endpoint lists no model: name one with SAMPLERS_MODEL_NAME"
                raise APIError(200, message)
            self.model = listed[0]["id"]
        return self.model

    def abilities(self, deadline: Deadline, model: str | None = None) -> Abilities:
        """What it can do with `model`; None: with the one that answers. Found out once."""
        return recognise.abilities(self.calls(deadline, model))

    def models(self, deadline: Deadline) -> list[dict]:
        """What the endpoint lists (GET /models)."""
        response = self.transport.request("GET", "/models", deadline=deadline)
        return self.transport.read(response, models_of)

    def shutdown_dates(self, deadline: Deadline) -> dict[str, str]:
        """{model: when the endpoint shuts it down}; those without a date are left out."""
        dates = {model["id"]: model.get("shutdown_date") for model in self.models(deadline)}
        return {name: date for name, date in dates.items() if date and isinstance(date, str)}

    def body(self, messages, params: dict, deadline: Deadline) -> dict:
        """A chat request in the form that its model takes."""
        return self._taken(chat_body(messages, self._with_model(params, deadline)), deadline)

    def response_body(self, given, params: dict, deadline: Deadline) -> dict:
        """A request to Responses in the form that its model takes."""
        return self._taken(response_body(given, self._with_model(params, deadline)), deadline)

    def _with_model(self, params: dict, deadline: Deadline) -> dict:
        model = params.get("model") or self.default_model(deadline)
        if not isinstance(model, str):
            raise ValueError(f"model must be a model's name, a str, got {model!r:.80}")
        return {**params, "model": model}

    def _taken(self, body: dict, deadline: Deadline) -> dict:
        model = body["model"]
        ours = (
            model.endswith(REASONING_SUFFIX)
            and self.abilities(deadline, model).engine == "samplers"
        )
        return as_taken(body, ours, self.transport.at_openai)

    def bodies(self, make: Callable[[dict], dict], params: dict) -> list[dict]:
        """What `make` makes of `params`, and of the same for the fallback, if there is one."""
        return bodies_of(make, params, self._fallback)

    def stream_body(self, messages, params: dict, timeout: float | None) -> dict:
        """The same of a stream."""
        deadline = Deadline(timeout)
        body = self.body(messages, {**params, "stream": True}, deadline)
        return with_top_p(self.calls(deadline, body["model"]), body)

    def counted_stream_body(self, messages, params: dict, timeout: float | None) -> dict:
        """The same of a stream that tells its usage, where a budget or a limiter needs that."""
        body = self.stream_body(messages, params, timeout)
        is_counted = self.transport.budget is not None or self.transport.limiter is not None
        return with_usage(body) if is_counted else body

    def calls(self, deadline: Deadline, model: str | None = None) -> Calls:
        """What an adapter asks with; `model` None: the one that answers."""
        model = model or self.default_model(deadline)

        def send(body: dict, reader: Callable, headers=None, most_choices: int | None = None):
            return send_chat(self.transport, body, reader, deadline, headers, most_choices)

        def body(messages, params: dict) -> dict:
            return self.body(messages, {"model": model, **params}, deadline)

        return Calls(self.transport, model, deadline, body, send, self._kept.setdefault(model, {}))
