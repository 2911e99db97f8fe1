"""Function calls, each an item of its own, as their text comes."""

from collections.abc import Iterator

from samplers.local.answer.call_stream import CallStream
from samplers.local.answer.generate.generation import Token
from samplers.local.answer.generate.given_up import is_whole
from samplers.local.dialects.responses.answer import item_events
from samplers.local.dialects.responses.ids import new_id


class Calls:
    """The events of calls, the first of which is at `index` of the output.

    `items` has those that are closed. A call opens with its name: of an answer that was cut before
    that, nothing is left.
    """

    def __init__(self, index: int):
        self.items: list[dict] = []
        self._first = index
        self._stream = CallStream()
        self._id: str | None = None  # of the call that is open

    def open(self) -> Iterator[dict]:
        """Nothing: the first call opens with its name."""
        yield from ()

    def add(self, text: str, tokens: list[Token]) -> Iterator[dict]:
        """More text. Only text has logprobs, calls do not, as in Chat."""
        for part in self._stream.feed(text):
            if "id" in part:
                yield from self.close("completed")
                self._id = new_id("fc")
                yield item_events.added(self._index, self._item("in_progress"))
            else:
                yield self._event("delta", delta=part["function"]["arguments"])

    def close(self, status: str) -> Iterator[dict]:
        """The end of the call that is open, if one is.

        It is "completed" if it is whole, else it has the answer's `status`.
        """
        if self._id is None:
            return
        item = self._item("incomplete")
        arguments = item["arguments"]
        item["status"] = "completed" if is_whole(arguments) else status
        yield self._event("done", arguments=arguments)
        yield item_events.done(self._index, item)
        self._id = None
        self.items.append(item)

    @property
    def _index(self) -> int:
        """That of the open call."""
        return self._first + len(self.items)

    def _item(self, status: str) -> dict:
        call = self._stream.calls[len(self.items)]
        return {
            "id": self._id,
            "type": "function_call",
            "status": status,
            "call_id": call["id"],
            "name": call["function"]["name"],
            "arguments": call["function"]["arguments"],
        }

    def _event(self, kind: str, **fields) -> dict:
        place = {"item_id": self._id, "output_index": self._index}
        return {"type": f"response.function_call_arguments.{kind}", **place, **fields}
