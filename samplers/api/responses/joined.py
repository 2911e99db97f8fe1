"""A stream's events joined into the Response that the same request gives without streaming."""

from collections import defaultdict

from samplers.api.deviations import dict_of, dicts_of, well_formed
from samplers.api.responses.event import ResponseEvent
from samplers.api.responses.response import Response
from samplers.api.stream.accumulate import joiner_of

# A stream's last event, and the status of its response.
ENDS = {
    "response.completed": "completed",
    "response.incomplete": "incomplete",
    "response.failed": "failed",
}


class JoinedEvents:
    """The events of one response, joined. The last one has the whole, and that counts.

    Before it came, and where a server leaves its output empty, the items are put together from
    their own events.
    """

    def __init__(self):
        self._response: dict = {}
        self._items: dict[object, _Item] = {}  # by output_index or item_id, in their order

    def add(self, event: ResponseEvent) -> None:
        response = dict_of(event.raw.get("response"))
        if event.type in ENDS:
            response = {"status": ENDS[event.type]} | response
        self._response = self._response | response

        key = event.item_id if event.output_index is None else event.output_index
        if key is not None:
            self._items.setdefault(key, _Item()).add(event)

    def result(self) -> Response:
        """What has come so far; its status is "in_progress" until the last event."""
        output = dicts_of(self._response.get("output"))
        if not output:
            output = [item.to_wire() for item in self._items.values()]
        return Response.from_wire({"status": "in_progress"} | self._response | {"output": output})


class _Item:
    """One item while it arrives."""

    def __init__(self):
        self._raw: dict = {}
        self._pieces: dict[str, list[str]] = defaultdict(list)  # by kind
        self._logprobs: list[dict] = []

    def add(self, event: ResponseEvent) -> None:
        if event.item is not None:
            self._raw = event.raw["item"]
        if event.type == "response.output_item.done":  # it is whole
            self._pieces.clear()

        for kind in ("text", "refusal", "arguments", "summary"):
            if piece := getattr(event, kind):
                self._pieces[kind].append(piece)
        if event.text:
            self._logprobs += dicts_of(event.raw.get("logprobs"))

    def to_wire(self) -> dict:
        """The item in the JSON of an unstreamed response."""
        texts = {kind: well_formed("".join(pieces)) for kind, pieces in self._pieces.items()}
        if "arguments" in texts:
            return {"type": "function_call"} | self._raw | {"arguments": texts["arguments"]}
        if "summary" in texts:
            summary = [{"type": "summary_text", "text": texts["summary"]}]
            return {"type": "reasoning"} | self._raw | {"summary": summary}

        parts = []
        if "text" in texts:
            part = {"type": "output_text", "text": texts["text"], "annotations": []}
            parts.append(part | {"logprobs": self._logprobs})
        if "refusal" in texts:
            parts.append({"type": "refusal", "refusal": texts["refusal"]})
        if not parts:
            return self._raw
        return {"type": "message", "role": "assistant"} | self._raw | {"content": parts}


@joiner_of.register
def _of_a_response(event: ResponseEvent) -> JoinedEvents:
    return JoinedEvents()
