"""A stream's events joined into the Response that the same request gives without streaming."""

from collections import defaultdict

from samplers.api.deviations import dict_of, dicts_of, well_formed
from samplers.api.responses.event import ENDS, ResponseEvent
from samplers.api.responses.response import Response
from samplers.api.stream.accumulate import joiner_of


class JoinedEvents:
    """The events of one response, joined. The last one has the whole, and that counts.

    Before it came, and where a server leaves its output empty, the items are put together from
    their own events.
    """

    def __init__(self):
        self._response: dict = {}
        self._items: dict[int | str, _Item] = {}  # by output_index, or item_id where none is told
        self._places: dict[str, int] = {}  # the output_index of an item_id

    def add(self, event: ResponseEvent) -> None:
        response = dict_of(event.raw.get("response"))
        is_end = event.type in ENDS
        if response.get("status") is None and (response or is_end):
            response = response | {"status": ENDS.get(event.type, "in_progress")}
        self._response = self._response | response

        key = self._key(event)
        if key is None and event.text:
            key = ""  # some text of a message that is not told
        if key is not None:
            self._items.setdefault(key, _Item()).add(event)

    def _key(self, event: ResponseEvent) -> int | str | None:
        """The output_index of the event's item, where any event has told it."""
        index, item_id = event.output_index, event.item_id
        if index is None:
            return self._places.get(item_id, item_id)
        if item_id is not None:
            self._places.setdefault(item_id, index)
            if item_id in self._items and index not in self._items:
                self._items[index] = self._items.pop(item_id)
        return index

    def result(self) -> Response:
        """What has come so far; its status is "in_progress" until the last event."""
        output = dicts_of(self._response.get("output")) or self._output()
        return Response.from_wire({"status": "in_progress"} | self._response | {"output": output})

    def _output(self) -> list[dict]:
        """The items by their output_index; those without one in the order in which they came."""
        known = sorted(key for key in self._items if isinstance(key, int))
        others = [key for key in self._items if not isinstance(key, int)]
        raws = [self._items[key].to_wire() for key in known + others]
        return [raw for raw in raws if raw]  # an event that is not known may have said nothing


class _Item:
    """One item while it arrives."""

    def __init__(self):
        self._raw: dict = {}
        self._pieces: dict[str, list[str]] = defaultdict(list)  # by kind
        self._logprobs: list[dict] = []

    def add(self, event: ResponseEvent) -> None:
        if event.item is not None:
            self._raw = event.raw["item"]
        if event.type == "response.output_item.done" and _says_something(self._raw):  # it is whole
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


def _says_something(raw: dict) -> bool:
    """Whether an item that is done has what its deltas said; some servers leave that out."""
    return any(raw.get(name) for name in ("content", "arguments", "summary"))


@joiner_of.register
def _of_a_response(event: ResponseEvent) -> JoinedEvents:
    return JoinedEvents()
