"""A conversation with tools by Chat Completions."""

from samplers.api.request import as_messages
from samplers.api.results import Completion


class ChatTurns:
    """Asks round after round, and keeps the transcript: messages, the input first.

    Each round sends all of it again. `definitions` are the tools', and `params` go with every
    request. `ResponseTurns` is the same by Responses: what differs between the two APIs stands in
    these two.
    """

    least_tokens = 1  # that an answer may be limited to

    def __init__(self, client, messages, definitions: list[dict], params: dict):
        self._client = client
        self._params = {**params, "tools": definitions}
        self.transcript = as_messages(messages)

    def ask(self, max_tokens: int, seconds: float) -> Completion:
        """The model's answer to what was not answered yet."""
        return self._client.chat(
            self.transcript, max_completion_tokens=max_tokens, timeout=seconds, **self._params
        )

    def add(self, completion: Completion, results) -> None:
        """The answer and the results of its calls become a part of the transcript."""
        self.transcript += [completion.message, *(result.message for result in results)]

    def choose_freely(self) -> None:
        """A tool_choice that forces a call is for the first round only."""
        if self._params.get("tool_choice") not in (None, "auto", "none"):
            self._params["tool_choice"] = "auto"
