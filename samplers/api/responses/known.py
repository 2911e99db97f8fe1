"""What a client knows of the responses that it has seen: what a later one inherits, in tokens."""

from collections import OrderedDict

from samplers.api.pricing.bound import ANSWER_OVERHEAD, MESSAGE_OVERHEAD, entries_of
from samplers.api.responses.response import Response
from samplers.api.transport.deadline import Deadline
from samplers.api.transport.transport import Transport

MOST = 10_000  # responses that are known; the oldest is forgotten first, and counted when needed
# Items that stand for tokens which only the endpoint knows.
REFERENCES = ("item_reference", "reasoning")
# What a request is counted by. Source: openai 3.57.0, InputTokenCountParams.
COUNTED = (
    "model",
    "input",
    "instructions",
    "previous_response_id",
    "conversation",
    "reasoning",
    "text",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "truncation",
)


class KnownResponses:
    """By id, the tokens of each response and, while it is made in the background, its model.

    Threads may share it.
    """

    def __init__(self):
        self._tokens: OrderedDict[str, int] = OrderedDict()
        self.waiting: dict[str, str] = {}

    def see(self, response: Response) -> None:
        """Remembers what a response that goes on from this one inherits at most.

        That is what it read and what it put out, with what stands around each of its items.
        """
        usage = response.usage
        if response.id is None or usage is None:
            return
        around = MESSAGE_OVERHEAD * len(response.items) + ANSWER_OVERHEAD
        self._tokens[response.id] = usage.prompt_tokens + usage.completion_tokens + around
        if len(self._tokens) > MOST:
            self._tokens.popitem(last=False)

    def inherited(self, transport: Transport, body: dict, deadline: Deadline) -> int:
        """The most tokens of a request's prompt that its body does not show.

        Those of a `previous` that this client has seen are known. Any other, and items that refer
        to what the endpoint keeps, are counted before a paid call, by POST /responses/input_tokens:
        OpenAI bills nothing for it (third-party: an answer in its forum,
        community.openai.com/t/1380071; its guide on counting tokens says "estimate costs before
        making API calls"; both read on 2026-11-30). APIError where that cannot be counted.
        """
        previous = body.get("previous_response_id")
        known = self._tokens.get(previous, 0) if isinstance(previous, str) else 0
        refers = "conversation" in body or any(
            entry.get("type") in REFERENCES for entry in entries_of(body)
        )
        is_known = previous is None or known > 0
        if transport.budget is None or (is_known and not refers):
            return known
        return _counted(transport, body, deadline)


def _counted(transport: Transport, body: dict, deadline: Deadline) -> int:
    """The tokens of the whole prompt, by the endpoint's own count."""
    fields = {name: body[name] for name in COUNTED if name in body}
    path = "/responses/input_tokens"
    response = transport.request("POST", path, fields, deadline=deadline)
    return transport.read(response, lambda answer: int(answer["input_tokens"])) + ANSWER_OVERHEAD
