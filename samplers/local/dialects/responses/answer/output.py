"""The output items of a response, written as they are generated."""

from collections.abc import Iterator

from samplers.local.answer.generate.choice import Delta, End
from samplers.local.answer.generate.thinking import Thought
from samplers.local.answer.images import images_note
from samplers.local.dialects.responses.answer.calls import Calls
from samplers.local.dialects.responses.answer.draft import Draft
from samplers.local.dialects.responses.answer.message import Message
from samplers.local.dialects.responses.answer.reasoning import Reasoning
from samplers.local.request.job import Choice


class Output:
    """The events of a draft's items: its thoughts first, then one message or some calls.

    `status` is what the response will be: in_progress until its End has come.
    """

    def __init__(self, draft: Draft):
        self.status = "in_progress"
        self._job = draft.job
        self._reasoning = Reasoning(draft.asked) if draft.job.shows_thoughts else None
        self._answer: Message | Calls | None = None  # None: not begun

    @property
    def items(self) -> list[dict]:
        """Those that are done."""
        parts = [part for part in (self._reasoning, self._answer) if part is not None]
        return [item for part in parts for item in part.items]

    def open(self, choice: Choice) -> Iterator[dict]:
        """What can be said before anything is drawn."""
        if self._reasoning is not None:
            yield from self._reasoning.open()
        else:
            yield from self._begin(choice)

    def add(self, choice: Choice, event: Thought | Delta | End) -> Iterator[dict]:
        """What an event of the choice adds. Before anything but a Thought it is decided."""
        if isinstance(event, Thought):
            self._reasoning.tokens += event.token is not None
        elif isinstance(event, Delta):
            yield from self._begin(choice)
            yield from self._answer.add(event.text, event.tokens)
        else:
            self.status = "completed" if event.finish_reason == "stop" else "incomplete"
            if _is_all_thought(event):
                yield from self._reasoning.close(self.status)
            else:
                yield from self._begin(choice)
                yield from self._answer.close(self.status)

    def _begin(self, choice: Choice) -> Iterator[dict]:
        """The beginning of the answer itself, once."""
        if self._answer is not None:
            return
        if self._reasoning is not None:
            yield from self._reasoning.close("completed")
        index = len(self.items)
        self._answer = Calls(index) if choice.calls else Message(self._job, index)
        yield from self._answer.open()
        note = images_note(self._job, choice)
        if note:
            yield from self._answer.add(note, [])


def _is_all_thought(end: End) -> bool:
    """Whether the thoughts took all the tokens that there were."""
    return 0 < end.reasoning_tokens == end.completion_tokens
