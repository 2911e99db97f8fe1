"""A message item, as its text comes."""

from collections.abc import Iterator

from samplers.local.answer.generate.generation import Token
from samplers.local.dialects.responses.answer import item_events
from samplers.local.dialects.responses.answer.logprobs import entries, without_bytes
from samplers.local.dialects.responses.ids import new_id
from samplers.local.request.job import Job


class Message:
    """The events of a message at `index` of the output; an empty one has all but the deltas.

    Once it is closed, `items` has it.
    """

    def __init__(self, job: Job, index: int):
        self.items: list[dict] = []
        self._vocabulary = job.model.engine.vocabulary
        self._has_logprobs = job.request.top_logprobs is not None
        self._index = index
        self._head = {"id": new_id("msg"), "type": "message"}
        self._place = {"item_id": self._head["id"], "output_index": index, "content_index": 0}
        self._texts: list[str] = []
        self._logprobs: list[dict] = []

    def open(self) -> Iterator[dict]:
        """Its beginning."""
        yield item_events.added(self._index, self._item("in_progress", []))
        yield self._event("content_part.added", part=_part("", []))

    def add(self, text: str, tokens: list[Token]) -> Iterator[dict]:
        """More text, and the tokens that it completes."""
        logprobs = entries(self._vocabulary, tokens) if self._has_logprobs else []
        self._texts.append(text)
        self._logprobs += logprobs
        if text or logprobs:
            shown = without_bytes(logprobs)
            yield self._event("output_text.delta", delta=text, logprobs=shown)

    def close(self, status: str) -> Iterator[dict]:
        """Its end: it is "completed" or "incomplete"."""
        part = _part("".join(self._texts), self._logprobs)
        shown = without_bytes(self._logprobs)
        self.items.append(self._item(status, [part]))
        yield self._event("output_text.done", text=part["text"], logprobs=shown)
        yield self._event("content_part.done", part=part)
        yield item_events.done(self._index, self.items[0])

    def _item(self, status: str, content: list[dict]) -> dict:
        return self._head | {"status": status, "role": "assistant", "content": content}

    def _event(self, kind: str, **fields) -> dict:
        return {"type": f"response.{kind}", **self._place, **fields}


def _part(text: str, logprobs: list[dict]) -> dict:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": logprobs}
