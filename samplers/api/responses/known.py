"""What a client knows of the responses that it has seen: what a later one inherits, in tokens."""

from collections import OrderedDict

from samplers.api.deviations import count_of, dict_of
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
    """By id, the tokens of each response, the model that was asked, and if it forgot old thoughts.

    Of those that are made in the background the model alone, until their usage is known. Threads
    may share it.
    """

    def __init__(self):
        self._known: OrderedDict[str, tuple[int, str | None, bool]] = OrderedDict()
        self._waiting: dict[str, str] = {}

    def see(self, response: Response, body: dict | None = None) -> None:
        """Remembers what a response that goes on from this one inherits at most.

        That is what it read and what it put out, with what stands around each of its items.
        `body`: what asked for it; None where this client has looked it up.
        """
        usage = response.usage
        if response.id is None or usage is None or not response.is_finished:
            return  # some servers send a usage of zeros at first
        if response.id in self._known:
            return  # a finished one stays as it is
        asked = response.raw if body is None else body
        model = body["model"] if body else self._waiting.get(response.id) or response.model
        around = MESSAGE_OVERHEAD * len(response.items) + ANSWER_OVERHEAD
        tokens = usage.prompt_tokens + usage.completion_tokens + around
        self._known[response.id] = tokens, model, _context(asked) == "current_turn"
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def wait(self, response_id: str, model: str) -> None:
        """The response is made by `model` in the background: its usage comes later."""
        self._waiting[response_id] = model

    def end(self, response_id: str) -> str | None:
        """The model of a response that was waited for, once; None if it was not."""
        return self._waiting.pop(response_id, None)

    def inherited(self, transport: Transport, body: dict, deadline: Deadline) -> int:
        """The most tokens of a request's prompt that its body does not show.

        Those of a `previous` that this client has seen are known, where the same model reads it
        again: another may cut a text into more tokens, or with another context of `reasoning` read
        thoughts that the one before did not. Any other, and items that refer to what the endpoint
        keeps, are counted before a paid call, by POST /responses/input_tokens: OpenAI bills nothing
        for it (third-party: an answer in its forum, community.openai.com/t/1380071; its guide on
        counting tokens says "estimate costs before making API calls"; both read on 2026-11-30).
        APIError where that cannot be counted.
        """
        previous = body.get("previous_response_id")
        seen = self._known.get(previous) if isinstance(previous, str) else None
        known, model, forgot = seen or (0, None, False)
        refers = "conversation" in body or any(
            entry.get("type") in REFERENCES for entry in entries_of(body)
        )
        context = _context(body)
        reads_less = context == "current_turn" or (context is None and not forgot)
        is_known = previous is None or (known > 0 and model == body["model"] and reads_less)
        if transport.budget is None or (is_known and not refers):
            return known
        return _counted(transport, body, deadline)


def _context(asked: dict):
    """Which thoughts are read: of the "current_turn", of "all_turns", …; None: not said."""
    return dict_of(asked.get("reasoning")).get("context")


def _counted(transport: Transport, body: dict, deadline: Deadline) -> int:
    """The tokens of the whole prompt, by the endpoint's own count."""
    fields = {name: body[name] for name in COUNTED if name in body}
    path = "/responses/input_tokens"
    response = transport.request("POST", path, fields, deadline=deadline)
    return transport.read(response, _count) + ANSWER_OVERHEAD


def _count(answer: dict) -> int:
    tokens = count_of(answer["input_tokens"])
    if tokens is None:
        raise TypeError(f"input_tokens must be a count, got {answer['input_tokens']!r:.80}")
    return tokens
