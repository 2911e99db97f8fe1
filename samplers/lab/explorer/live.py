"""The explorer over a live model: a prompt that is typed, and an answer that grows by hand."""

import secrets
from collections.abc import Mapping
from functools import partial
from threading import RLock
from typing import NamedTuple

import numpy as np

from samplers.api import APIError
from samplers.checks import is_number, shown
from samplers.lab.explorer.controls import Control
from samplers.lab.explorer.latest import Latest
from samplers.lab.explorer.widget import Explorer
from samplers.lab.plots.labels import readable, shorten
from samplers.wire.tokens import as_text

HEADING = 80  # columns of the prompt and the answer over the printed form


class Token(NamedTuple):
    """One token of the answer."""

    id: int
    name: str  # as the pictures label it
    bytes: bytes


class Question(NamedTuple):
    """What the model is asked about: the prompt, and the answer so far."""

    prompt: str
    answer: tuple[Token, ...]


class LiveExplorer(Explorer):
    """What `explore(client, prompt)` returns: an Explorer whose distribution follows the text.

    `prompt.value` is the text of the last message; `append(id)` and `back()` change the answer.
    Where code does this, the new distribution is there on return. Where a person does it in the
    browser, the model is asked in another thread, and only the newest answer is shown: the local
    endpoint stops the older request. The penalties count the answer's tokens, not the prompt's.
    Further values: `dist`, `text` (the answer so far), `ids` (of its tokens).
    """

    _is_live = True

    def __init__(self, client, messages: list[dict], top: int, engine: str, settings: Mapping):
        self.client = client
        self._earlier = messages[:-1]
        self._top = top
        self._latest = Latest()
        self._name = secrets.token_hex(16)  # of our requests: a newer one replaces the older one
        self._lock = RLock()  # held while what is shown changes
        self._shown = Question(messages[-1]["content"], ())
        self._wanted = self._shown
        dist = self._ask(self._shown)
        super().__init__(dist, self._rows_of(dist), engine, settings)
        self.widget.on_msg(self._on_message)
        self.prompt = Control(self._shown.prompt, self._accept_prompt)

    @property
    def text(self) -> str:
        """The answer so far."""
        return as_text(b"".join(token.bytes for token in self._shown.answer))

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of its tokens."""
        return tuple(token.id for token in self._shown.answer)

    @property
    def alt(self) -> str:
        """The picture's alternative text: the prompt and the answer, then as an Explorer's."""
        return f"Prompt: {self._shown.prompt} Answer: {self.text or 'nothing yet'}. {super().alt}"

    def _heading(self) -> str:
        prompt = shorten(readable(self._shown.prompt), HEADING // 2)
        return f"{prompt} → {shorten(readable(self.text), HEADING // 2)}"

    def append(self, token_id: int) -> None:
        """Append a token of the present distribution to the answer, by its id, and ask the model.

        ValueError for an id that the distribution does not list.
        """
        self._now(self._appended(self._shown, self._place_of(token_id)))

    def back(self) -> None:
        """Take the answer's last token back. Without one nothing happens."""
        if self._shown.answer:
            self._now(self._shown._replace(answer=self._shown.answer[:-1]))

    def _place_of(self, token_id) -> int:
        self._check_ids()
        place = _place(self.dist.ids, token_id) if is_number(int, token_id) else None
        if place is None:
            raise ValueError(f"id must be of a token in the distribution, got {shown(token_id)}")
        return place

    def _check_ids(self) -> None:
        if self.dist.ids is None:
            raise ValueError("this endpoint reports no token ids: no token can be appended")

    def _appended(self, question: Question, place: int) -> Question:
        self._check_ids()
        token = Token(self.dist.ids[place], self._names.names[place], self.dist.bytes[place])
        return question._replace(answer=(*question.answer, token))

    def _accept_prompt(self, prompt) -> str:
        """A prompt from code."""
        if not isinstance(prompt, str):
            raise ValueError(f"prompt must be a text, got {shown(prompt)}")
        if prompt != self._shown.prompt:
            self._now(Question(prompt, ()))
        return prompt

    def _ask(self, question: Question):
        """The model's distribution there."""
        messages = [*self._earlier, {"role": "user", "content": question.prompt}]
        after = [token.id for token in question.answer]
        while True:
            try:
                return self.client.next_token(messages, "all", after, replaces=self._name)
            except APIError as error:
                # an older request can come late, and replace this one
                if error.code != "replaced" or question is not self._wanted:
                    raise

    def _now(self, question: Question) -> None:
        """Ask and show, in the caller's thread; an error goes to the caller."""
        with self._lock:
            self._wanted = question
        try:
            dist = self._ask(question)
            with self._lock:
                self._show(question, dist)
        except Exception:
            self._wanted = self._shown
            raise

    def _soon(self, question: Question) -> None:
        """Ask and show in another thread; an error is shown in words."""
        self._wanted = question
        self._latest.submit(partial(self._ask_and_show, question))

    def _ask_and_show(self, question: Question) -> None:
        if question is not self._wanted:
            return
        try:
            dist = self._ask(question)
            with self._lock:
                if question is self._wanted:
                    self._show(question, dist)
        except Exception as error:
            with self._lock:
                if question is self._wanted:
                    self._wanted = self._shown
                    self.widget.error = str(error)

    def _change(self, settings: dict) -> None:
        with self._lock:
            super()._change(settings)

    def _draw(self) -> None:
        with self._lock:
            super()._draw()

    def _show(self, question: Question, dist) -> None:
        """Make this the distribution that is shown.

        ValueError, and nothing changes, for a bias on a token that an endpoint's short list lacks.
        """
        earlier, dist_then = self._shown, self.dist
        self._shown = question
        self._take(dist, self._rows_of(dist))
        try:
            self.state = self._state_of(self._settings)
        except ValueError:
            self._shown = earlier
            self._take(dist_then, self._rows_of(dist_then))
            raise
        self.drawn = None
        with self.widget.hold_sync():
            for name, value in self._shared().items():
                setattr(self.widget, name, value)
            self.widget.drawn = None
            self.widget.error = ""
        self.prompt.value = question.prompt

    def _rows_of(self, dist) -> int:
        """How many tokens have a row: of an endpoint's short list all."""
        return max(self._top, len(dist)) if dist.unseen else self._top

    def _shared(self) -> dict:
        counts = self.state.counts
        ids = np.flatnonzero(counts)
        return super()._shared() | {
            "prompt": self._shown.prompt,
            "answer": [token.name for token in self._shown.answer],
            "counts": np.stack([ids, counts[ids]], axis=-1).tolist(),
            "note": self._note(),
        }

    def _note(self) -> str:
        if not self.dist.unseen:
            return ""
        return (
            f"This endpoint lists {len(self.dist)} tokens. All others together have a probability "
            f"of {self.dist.unseen:.3f}: it is not shown, and no slider can reach them."
        )

    def _counts(self, settings: Mapping) -> np.ndarray:
        """The penalties count the answer's tokens."""
        counts = super()._counts(settings)
        for token in self._shown.answer:
            place = _place(self.dist.ids, token.id)
            if place is not None:
                counts[place] += 1
        return counts

    def _on_message(self, widget, message, buffers) -> None:
        """A person typed a prompt, chose a token, or took one back."""
        with self._lock:
            try:
                question = self._wanted_after(message)
            except (ValueError, KeyError, IndexError, TypeError) as error:
                self.widget.error = str(error)
                return
            if question != self._wanted:
                self._soon(question)

    def _wanted_after(self, message: dict) -> Question:
        action = message.get("do")
        if action == "prompt" and message["text"] != self._wanted.prompt:
            return Question(str(message["text"]), ())
        if action == "append":
            place = message["id"]
            # the list may have changed since it was clicked
            if self._names.names[place] == message["name"]:
                return self._appended(self._wanted, place)
        if action == "back":
            return self._wanted._replace(answer=self._wanted.answer[:-1])
        return self._wanted


def _place(ids: tuple[int, ...] | None, token_id: int) -> int | None:
    """Where a token is in a distribution; None if it is not listed."""
    if ids is None:
        return None
    if 0 <= token_id < len(ids) and ids[token_id] == token_id:  # a whole vocabulary, in order
        return int(token_id)
    return ids.index(token_id) if token_id in ids else None
