"""A stream's chunks joined into the Completion that the same request gives without streaming."""

from collections import deque
from collections.abc import Iterable, Iterator
from functools import singledispatch
from itertools import pairwise

from samplers.api.deviations import dict_of, dicts_of, well_formed
from samplers.api.errors import EndpointError
from samplers.api.results import Completion
from samplers.api.stream.chunk import Chunk, ToolCallDelta
from samplers.api.stream.pieces import CallPlaces


def accumulate(chunks: Iterable) -> "Accumulated":
    """Passes a stream's chunks on and joins them; of Responses, its events.

    ``for chunk in (joined := accumulate(client.stream(…))): …``, then ``joined.completion``; or
    ``accumulate(client.stream(…)).read()``, which reads to the end and returns the completion.
    With client.respond_stream(…) the completion is a Response.
    """
    return Accumulated(chunks)


class Accumulated:
    """An iterator over chunks that keeps what has come: `completion`, and the time of each chunk.

    `times`: for every chunk that added to the answer, seconds after the request was made. A chunk
    usually is one token; but half a character waits for its other half, so it can be two.
    """

    def __init__(self, chunks: Iterable):
        self._chunks = iter(chunks)
        self._joined = None  # what joins chunks of the first one's kind
        self.times: list[float] = []

    def __iter__(self) -> Iterator:
        return self

    def __next__(self):
        try:
            chunk = next(self._chunks)
        except EndpointError as failure:
            # a stream that breaks before anything came says itself what it would have been
            joiner = getattr(failure, "joiner", None)
            if self._joined is None and joiner is not None:
                self._joined = joiner()
            raise

        if self._joined is None:
            self._joined = joiner_of(chunk)
        self._joined.add(chunk)
        if chunk.says_something and chunk.at is not None:
            self.times.append(chunk.at)

        return chunk

    def read(self):
        """Reads the stream to its end. Raises what the stream raises; `completion` stays usable."""
        deque(self, maxlen=0)  # no loop: a traceback may print this frame's locals
        return self.completion

    def close(self) -> None:
        """Closes the stream, which stops the endpoint."""
        if hasattr(self._chunks, "close"):
            self._chunks.close()

    @property
    def completion(self):
        """What has come so far: a Completion, whose finish_reason and usage are None until they
        come; of Responses a Response, whose status says whether it is the whole.
        """
        return (self._joined or JoinedChunks()).result()

    @property
    def time_to_first_token(self) -> float | None:
        """Seconds from the request to the first chunk that says something; None before that."""
        return self.times[0] if self.times else None

    @property
    def time_between_tokens(self) -> list[float]:
        """Seconds between one chunk that says something and the next."""
        return [after - before for before, after in pairwise(self.times)]


@singledispatch
def joiner_of(chunk):
    """A new object that joins chunks of this one's kind, by `add` and `result`."""
    raise ValueError(f"chunks must be those of client.stream(…), got {chunk!r:.200}")


class JoinedChunks:
    """The chunks of a chat, joined."""

    def __init__(self):
        self._first: dict = {}  # the first chunk's JSON: id, model, created …
        self._usage: dict | None = None
        self._choices: dict[int, _Choice] = {}  # by index

    def add(self, chunk: Chunk) -> None:
        self._first = self._first or chunk.raw
        if chunk.usage is not None:
            self._usage = chunk.raw.get("usage")
        if dicts_of(chunk.raw.get("choices")) or chunk.says_something:
            self._choices.setdefault(chunk.index, _Choice()).add(chunk)

    def result(self) -> Completion:
        """What has come so far."""
        choices = [choice.to_wire(index) for index, choice in sorted(self._choices.items())]
        answer = self._first | {
            "object": "chat.completion",
            "choices": choices or [_Choice().to_wire(0)],
            "usage": self._usage,
        }
        return Completion.from_wire(answer)


@joiner_of.register
def _of_a_chat(chunk: Chunk) -> JoinedChunks:
    return JoinedChunks()


class _Choice:
    """One of the n answers while it arrives."""

    def __init__(self):
        self.role = "assistant"
        self.texts: dict[str, list[str]] = {"content": [], "refusal": []}
        self.calls: dict[int, _Call] = {}  # by place
        self.places = CallPlaces()
        self.logprobs: dict[str, list] = {}  # entries by kind: content, refusal
        self.finish_reason: str | None = None

    def add(self, chunk: Chunk) -> None:
        self.role = chunk.role or self.role
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.texts["content"].append(chunk.text)
        self.texts["refusal"].append(chunk.refusal)

        for delta in chunk.tool_calls:
            self.calls.setdefault(self.places.place(delta), _Call()).add(delta)

        for choice in dicts_of(chunk.raw.get("choices")):
            logprobs = dict_of(choice.get("logprobs"))
            for kind in ("content", "refusal"):
                if entries := dicts_of(logprobs.get(kind)):
                    self.logprobs.setdefault(kind, []).extend(entries)

    def to_wire(self, index: int) -> dict:
        """The choice in the JSON of an unstreamed answer."""
        message = {
            "role": self.role,
            "content": well_formed("".join(self.texts["content"])) or None,
            "refusal": well_formed("".join(self.texts["refusal"])) or None,
        }
        if self.calls:
            message["tool_calls"] = [call.to_wire() for _, call in sorted(self.calls.items())]

        logprobs = None
        if self.logprobs:
            logprobs = {"content": None, "refusal": None} | self.logprobs

        return {
            "index": index,
            "message": message,
            "logprobs": logprobs,
            "finish_reason": self.finish_reason,
        }


class _Call:
    """A tool call while it arrives: its id and name at first, then its arguments bit by bit."""

    def __init__(self):
        self.id: str | None = None
        self.name = ""
        self.arguments: list[str] = []

    def add(self, delta: ToolCallDelta) -> None:
        self.id = self.id or delta.id
        self.name = self.name or delta.name or ""  # some servers repeat it in every delta
        self.arguments.append(delta.arguments)

    def to_wire(self) -> dict:
        function = {"name": self.name, "arguments": well_formed("".join(self.arguments))}
        return {"id": self.id, "type": "function", "function": function}
