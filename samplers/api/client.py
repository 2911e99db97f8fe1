"""A small client for any OpenAI-compatible endpoint: one method a question."""

from collections.abc import Callable, Iterator, Sequence

from samplers.api.errors import APIError, lacking
from samplers.api.next_token import (
    EndpointModel,
    check_top,
    first_entries,
    full_distribution,
    question,
    top_distribution,
)
from samplers.api.pricing.budget import Budget
from samplers.api.request import as_messages, as_seconds, chat_body, token_ids
from samplers.api.results import Completion, Tokens
from samplers.api.stream.chunk import Chunk
from samplers.api.stream.events import Arrival
from samplers.api.stream.reader import read_chunks
from samplers.api.structured.answer import Answer, read_answer, response_format
from samplers.api.transport.auth import Key
from samplers.api.transport.transport import Wire
from samplers.distribution import Distribution
from samplers.wire.logprobs import MAX_TOP_LOGPROBS


class Client:
    """Talks to the endpoint at `base_url` (it usually ends in /v1). Threads may share it; close it
    or use `with`.

    `model`: whom to ask; None takes the endpoint's first (OpenAI: gpt-4o-mini). At OpenAI's own
    address every call is priced before it is sent and held against `budget` (None: the process's
    one, SAMPLERS_BUDGET_USD). `transport`: httpx's, for tests. A wrong argument raises ValueError;
    what happens on the way, an EndpointError.
    """

    # so that the repr of a client that was refused its arguments works
    base_url, _model = "(no address)", None

    def __init__(
        self, base_url: str, api_key=None, model: str | None = None, *, budget=None, transport=None
    ):
        api_key = Key(api_key)  # first: a traceback may print this frame's locals
        api_key.check()
        self._model = model
        self._wire = Wire(base_url, api_key, budget, transport)
        self.base_url = self._wire.base_url
        if model is None and self._wire.at_openai:
            self._model = "gpt-4o-mini"
        self._vocabularies: dict[str, Distribution] = {}  # by model: a full one, for its tokens
        # by model: of its vocabulary, None if the endpoint tells none
        self._sizes: dict[str, int | None] = {}
        # connect() sets these for an endpoint that it started: what closing ends, and why nothing
        # answers
        self._endpoint_close: Callable[[], None] | None = None
        self._hint: Callable[[], str] | None = None

    @property
    def budget(self) -> Budget | None:
        return self._wire.budget

    @property
    def auth(self) -> Key:
        """Signs requests of your own, ``httpx.get(f"{client.base_url}/models", auth=client.auth)``;
        hides the key.

        For OpenAI's SDK: ``OpenAI(base_url=client.base_url, api_key="-",
        http_client=httpx.Client(auth=client.auth))``.
        """
        return self._wire.auth

    @property
    def model(self) -> str:
        """The model that is asked unless a call names another."""
        if self._model is None:
            there = self.models()
            if not there:
                raise APIError(
                    200, "the endpoint lists no model: name one with SAMPLERS_MODEL_NAME"
                )
            self._model = there[0]
        return self._model

    def models(self) -> list[str]:
        """The names of the endpoint's models (GET /models)."""
        response = self._wire.request("GET", "/models", hint=self._hint)
        return self._wire.read(response, lambda answer: [model["id"] for model in answer["data"]])

    def chat(self, messages, *, timeout: float | None = None, **params) -> Completion:
        """One answer to `messages` (a list of {"role", "content"}, or a str: one user message),
        whole.

        `params` go on the wire as they are (temperature=0.7, max_tokens=50, top_k=40 for vLLM …);
        None is left out. `timeout`: seconds to wait for the answer (600), then ConnectionFailed.
        """
        if params.get("stream"):
            raise ValueError("stream must be left out of chat(): client.stream(…) streams")
        wait = None if timeout is None else as_seconds("timeout", timeout)
        return self._ask(self._body(messages, params), Completion.from_wire, timeout=wait)

    def stream(self, messages, **params) -> Iterator[Chunk]:
        """The answer as an iterator of Chunk, as it is made. Closing the iterator stops the
        endpoint.

        The request is sent when the first chunk is asked for. On a paid endpoint usage is asked for
        too (stream_options), so that the bill is real; its chunk has no text. `accumulate` joins
        the chunks.
        """
        body = self._body(messages, {**params, "stream": True})
        if self.budget is not None:
            body["stream_options"] = {"include_usage": True} | body.get("stream_options", {})
        return self._chunks(body)

    def stream_bytes(self, messages, **params) -> Iterator[Arrival]:
        """The same stream as the network brings it: (at, data), seconds and bytes, cut anywhere.

        ``read_chunks`` makes the chunks of stream() from it. On a paid endpoint all that the call
        could cost stays held, because nobody reads the bill.
        """
        return self._bytes(self._body(messages, {**params, "stream": True}))

    def parse(self, messages, model: type, **params) -> Answer:
        """The answer as an object of `model`, a pydantic model or a dataclass: Structured Outputs,
        strict.

        Gives Parsed(value), Refusal(text), Truncated(text, partial) or Invalid(text, reason): see
        `read_answer`. ValueError if the model has no strict schema.
        """
        return read_answer(
            self.chat(messages, response_format=response_format(model), **params), model
        )

    def tokenize(self, text) -> Tokens:
        """`text` (a str as it is, or a list of messages in the model's template) as the model's
        tokens.

        OpenAI's API has no such call: the local endpoint answers it. Elsewhere an APIError says so.
        """
        body = {
            "model": self.model,
            **({"input": text} if isinstance(text, str) else {"messages": as_messages(text)}),
        }
        try:
            response = self._wire.request("POST", "/tokenize", body, hint=self._hint)
        except APIError as error:
            if error.status not in (404, 405, 501) or error.code == "model_not_found":
                raise
            status = error.status
        else:
            return self._wire.read(response, Tokens.from_wire)
        raise lacking(status)

    def next_token(
        self, prompt, top: int | str = MAX_TOP_LOGPROBS, after: Sequence[int] = ()
    ) -> Distribution:
        """The model's next-token distribution after `prompt` (a str: one user message, or
        messages).

        `top`: an int >= 1 (OpenAI gives 20 at most), in rank order and with the rest of the mass in
        `unseen`; or "all": the whole vocabulary in token-id order from the local endpoint, and from
        one that cannot, such as OpenAI's or vLLM's, its top 20. `after`: ids that the answer
        already begins with; only the local endpoint takes them.
        """
        check_top(top)
        after, model = token_ids("after", after), self.model
        size = self._vocabulary_size(model) if top == "all" or after else None
        if after and size is None:
            raise lacking(404)
        ask, headers = question(top, after, size)
        whole = top == "all" and size is not None

        def reader(answer: dict) -> Distribution:
            if whole:
                return full_distribution(first_entries(answer), size, self._vocabularies.get(model))
            return top_distribution(first_entries(answer), self._sizes.get(model))

        distribution = self._ask(self._body(prompt, ask), reader, headers)
        if whole:
            self._vocabularies.setdefault(model, distribution)
        return distribution

    def _vocabulary_size(self, model: str) -> int | None:
        """V, or None where the endpoint does not tell it: then it is not ours and has none of our
        extensions.
        """
        if model not in self._sizes:
            try:
                self._sizes[model] = self.tokenize("a").vocabulary_size
            except APIError as error:
                if error.code != "unsupported":
                    raise
                self._sizes[model] = None
        return self._sizes[model]

    def as_model(self, messages) -> EndpointModel:
        """The endpoint as a model for `samplers.generate`: token ids -> logits; .prompt,
        .vocabulary, .stop_tokens.
        """
        return EndpointModel(self, as_messages(messages))

    def close(self) -> None:
        """Closes the connections, and the endpoint if `start_local` started it for this client."""
        self._wire.close()
        if self._endpoint_close:
            self._endpoint_close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client of {self.base_url}, model {self._model or 'not asked for yet'}>"

    def _body(self, messages, params: dict) -> dict:
        return chat_body(messages, {"model": params.get("model") or self.model, **params})

    def _ask(self, body: dict, reader, headers=None, timeout=None):
        with self._wire.paid(body) as settle:
            path = "/chat/completions"
            response = self._wire.request(
                "POST", path, body, headers, hint=self._hint, timeout=timeout
            )
            if self.budget is not None:
                settle(self._wire.read(response, Completion.from_wire).usage)
            return self._wire.read(response, reader)

    def _chunks(self, body: dict) -> Iterator[Chunk]:
        with self._wire.paid(body) as settle, self._wire.arrivals(body, self._hint) as arrivals:
            usage = None
            for chunk in read_chunks(arrivals, self._wire.scrub):
                usage = chunk.usage or usage
                yield chunk
            settle(usage)  # the last one; a stream that broke, or was closed, stays held

    def _bytes(self, body: dict) -> Iterator[Arrival]:
        with self._wire.paid(body), self._wire.arrivals(body, self._hint) as arrivals:
            yield from self._wire.unbroken(arrivals)
