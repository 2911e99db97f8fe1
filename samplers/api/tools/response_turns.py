"""A conversation with tools by Responses: see `ChatTurns`, which is the same by Chat."""

from samplers.api.forms.responses import LEAST_OUTPUT
from samplers.api.responses.items import ReasoningItem
from samplers.api.responses.messages import as_items, flat
from samplers.api.responses.response import Response
from samplers.api.tools.turns import ChatTurns

# What would go wrong from round to round, and what to do instead.
REFUSED = {
    "background": "each answer is waited for",
    "conversation": "the loop keeps the transcript",
    "input": "the messages are the input",
    "previous_response_id": "previous= says it",
}


class ResponseTurns(ChatTurns):
    """Asks round after round, and keeps the transcript: items, the input first.

    Where the endpoint keeps responses (`abilities.stores`), unless `store` is False, a round sends
    the new items alone, and the one before as `previous`. Elsewhere each sends all items again;
    then reasoning without its encrypted content, which nobody could read, is left out.
    """

    least_tokens = LEAST_OUTPUT

    def __init__(self, client, messages, definitions: list[dict], params: dict):
        for name, instead in REFUSED.items():
            if params.get(name):
                raise ValueError(f"{name} must be left out of run_tools(): {instead}")
        self._client = client
        self._params = dict(params)
        self._params["tools"] = [flat(definition) for definition in definitions]
        if isinstance(params.get("tool_choice"), dict):
            self._params["tool_choice"] = flat(params["tool_choice"])
        self._first = self._params.pop("previous", None)
        self._previous = self._first
        self._chains = params.get("store") is not False and client.abilities.stores is True
        self.transcript = as_items(messages)
        self._next = list(self.transcript)

    def ask(self, max_tokens: int, seconds: float) -> Response:
        """The model's answer to what was not answered yet."""
        return self._client.respond(
            self._next,
            previous=self._previous,
            max_output_tokens=max_tokens,
            timeout=seconds,
            **self._params,
        )

    def add(self, response: Response, results) -> None:
        """The answer and the results of its calls become a part of the transcript."""
        answered = [
            item.raw
            for item in response.items
            if self._chains or not isinstance(item, ReasoningItem) or item.encrypted
        ]
        outputs = [
            {"type": "function_call_output", "call_id": result.call.id, "output": result.content}
            for result in results
        ]
        self.transcript += answered + outputs
        if self._chains and response.id:
            self._previous = response
            self._next = outputs
        else:
            self._previous = self._first
            self._next = list(self.transcript)
