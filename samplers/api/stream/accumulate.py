"""The chunks of a stream joined into the Completion that the same request would have given whole."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from samplers.api.results import Completion
from samplers.api.stream.chunk import Chunk, ToolCallDelta


def accumulate(chunks: Iterable[Chunk]) -> "Accumulated":
    """Passes chunks on and joins them: ``for chunk in (s := accumulate(client.stream(…))): …``,
    then ``s.completion``.

    ``accumulate(client.stream(…)).read()`` reads to the end and gives the completion at once.
    """
    return Accumulated(chunks)


class Accumulated:
    """An iterator of the chunks it was given, that keeps what has come: `completion`, and when.

    `times`: for every chunk that added to the answer, in seconds after the request was made. A
    chunk is a token as a rule; half a character waits for its other half, so two tokens may come as
    one.
    """

    def __init__(self, chunks: Iterable[Chunk]):
        self._chunks = iter(chunks)
        self._first: dict = {}  # the first chunk's JSON: id, model, created …
        self._usage: dict | None = None
        self._choices: dict[int, _Choice] = {}
        self.times: list[float] = []

    def __iter__(self) -> Iterator[Chunk]:
        return self

    def __next__(self) -> Chunk:
        chunk = next(self._chunks)
        self._first = self._first or chunk.raw
        self._usage = chunk.raw.get("usage") or self._usage
        if chunk.raw.get("choices"):
            self._choices.setdefault(chunk.index, _Choice()).add(chunk)
        if chunk.says_something and chunk.at is not None:
            self.times.append(chunk.at)
        return chunk

    def read(self) -> Completion:
        """Reads the stream to its end. Raises StreamBroken as the stream does; `completion` is
        there even then.
        """
        for _ in self:
            pass
        return self.completion

    def close(self) -> None:
        """Closes the stream: the endpoint stops."""
        if hasattr(self._chunks, "close"):
            self._chunks.close()

    @property
    def completion(self) -> Completion:
        """What has come so far, as a Completion; its finish_reason and usage are None till they
        came.
        """
        choices = [choice.whole(index) for index, choice in sorted(self._choices.items())] or [
            _Choice().whole(0)
        ]
        whole = self._first | {
            "object": "chat.completion",
            "choices": choices,
            "usage": self._usage,
        }
        return Completion.from_wire(whole)

    @property
    def time_to_first_token(self) -> float | None:
        """Seconds from the request to the first chunk that says something; None before it."""
        return self.times[0] if self.times else None

    @property
    def time_between_tokens(self) -> list[float]:
        """Seconds between one chunk that says something and the next."""
        return [after - before for before, after in pairwise(self.times)]


class _Choice:
    """One of the n answers while it comes."""

    def __init__(self):
        self.message: dict = {"role": "assistant"}
        self.pieces: dict[str, list[str]] = {"content": [], "refusal": []}
        self.calls: dict[int, dict] = {}
        self.logprobs: dict[str, list] = {}
        self.finish_reason = None

    def add(self, chunk: Chunk) -> None:
        (choice,) = chunk.raw["choices"]
        self.message["role"] = chunk.role or self.message["role"]
        self.pieces["content"].append(chunk.text)
        self.pieces["refusal"].append(chunk.refusal)
        for call in chunk.tool_calls:
            self._add_call(call)
        for kind in ("content", "refusal"):
            if entries := (choice.get("logprobs") or {}).get(kind):
                self.logprobs.setdefault(kind, []).extend(entries)
        self.finish_reason = chunk.finish_reason or self.finish_reason

    def _add_call(self, piece: ToolCallDelta) -> None:
        empty = {"id": None, "type": "function", "function": {"name": "", "arguments": []}}
        call = self.calls.setdefault(piece.index, empty)
        call["id"] = call["id"] or piece.id
        # some servers repeat it in every piece
        call["function"]["name"] = call["function"]["name"] or piece.name or ""
        call["function"]["arguments"].append(piece.arguments)

    def whole(self, index: int) -> dict:
        message = self.message | {
            kind: "".join(pieces) or None for kind, pieces in self.pieces.items()
        }
        calls = [
            call
            | {"function": call["function"] | {"arguments": "".join(call["function"]["arguments"])}}
            for _, call in sorted(self.calls.items())
        ]
        if calls:
            message["tool_calls"] = calls
        logprobs = {"content": None, "refusal": None} | self.logprobs if self.logprobs else None
        return {
            "index": index,
            "message": message,
            "logprobs": logprobs,
            "finish_reason": self.finish_reason,
        }
