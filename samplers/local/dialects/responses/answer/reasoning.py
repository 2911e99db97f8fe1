"""The reasoning item of a simulated reasoning model. Nobody sees the thoughts themselves."""

from collections.abc import Iterator

from samplers.local.dialects.responses.answer import item_events
from samplers.local.dialects.responses.ids import new_id
from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.dialects.responses.request.fields import ENCRYPTED
from samplers.local.dialects.responses.sealed import seal


class Reasoning:
    """The events of the item, which is the first of the output. `tokens`: that were thought."""

    def __init__(self, asked: ResponseRequest):
        self.items: list[dict] = []
        self.tokens = 0
        self._has_summary = asked.summary is not None
        # The SDK's types (openai 3.57.0) say that every reasoning item has it. Only a client that
        # keeps the items itself can use it.
        self._is_sealed = ENCRYPTED in asked.include or not asked.store
        self._head = {"id": new_id("rs"), "type": "reasoning"}

    def open(self) -> Iterator[dict]:
        """Its beginning."""
        yield item_events.added(0, self._item("in_progress", []))

    def close(self, status: str) -> Iterator[dict]:
        """Its end: the thoughts were "completed", or "incomplete" if nothing is left to answer."""
        summary = [_part(summary_of(self.tokens))] if self._has_summary else []
        for part in summary:
            yield self._event("part.added", part=_part(""))
            yield self._event("text.delta", delta=part["text"])
            yield self._event("text.done", text=part["text"])
            yield self._event("part.done", part=part)
        sealed = {"encrypted_content": seal()} if self._is_sealed else {}
        self.items.append(self._item(status, summary) | sealed)
        yield item_events.done(0, self.items[0])

    def _item(self, status: str, summary: list[dict]) -> dict:
        return self._head | {"status": status, "summary": summary}

    def _event(self, kind: str, **fields) -> dict:
        place = {"item_id": self._head["id"], "output_index": 0, "summary_index": 0}
        return {"type": f"response.reasoning_summary_{kind}", **place, **fields}


def summary_of(tokens: int) -> str:
    """The one sentence of a summary. The thoughts of a model of this size are not worth another."""
    return f"This thinking is simulated, and its length in tokens is {tokens}."


def _part(text: str) -> dict:
    return {"type": "summary_text", "text": text}
