"""A small client for any OpenAI-compatible endpoint: one method for each question."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from samplers.api.abilities import Abilities
from samplers.api.adapters import recognise, teacher
from samplers.api.adapters.chat import chat
from samplers.api.endpoint import Endpoint
from samplers.api.limits.limiter import Limiter, check_limiter
from samplers.api.next_token import EndpointModel, check_top
from samplers.api.pricing.budget import Budget
from samplers.api.request import as_messages, check_call_name, text_or_ids, token_ids
from samplers.api.responses.client import ResponsesClient
from samplers.api.responses.request import with_format
from samplers.api.results import Completion, Tokens
from samplers.api.retries.attempt import Attempt
from samplers.api.retries.fallback import check_fallback, or_fallback, stream_or_fallback
from samplers.api.retries.retries import Retries
from samplers.api.safety.moderation import Moderation, moderate
from samplers.api.score import Score
from samplers.api.sending import stream_arrivals, stream_chunks
from samplers.api.stream.chunk import Chunk
from samplers.api.stream.events import Arrival
from samplers.api.structured.answer import Answer, read_answer, response_format
from samplers.api.transport.auth import Key
from samplers.api.transport.deadline import Deadline
from samplers.api.transport.transport import Transport
from samplers.checks import one_of
from samplers.distribution import Distribution
from samplers.wire.logprobs import MAX_TOP_LOGPROBS


class Client(ResponsesClient):
    """Talks to the endpoint at `base_url`, which usually ends in /v1. Threads may share it.

    Close it, or use `with`. `api_key`: None for an endpoint that needs none. `model`: the model to
    use. None: the first one that the endpoint lists (OpenAI: the default of `model_table()`).
    `budget`: at OpenAI's own address every call is priced before it is sent and counted against it.
    None: the one budget of this process (SAMPLERS_BUDGET_USD); a fork has its own.
    A model that `model_table()` knows gets each call in the form that it takes: see `as_taken`.

    `timeout` of a call: the seconds that the whole call may take, 600 if it is None, and then
    APITimeoutError. Of a stream: the seconds of silence after which it is given up.

    A call that fails is tried again where that can help, `max_retries` times (0: never): after no
    answer, 408, 409, 429 (unless the account is empty), and 500 or more. It waits as long as the
    endpoint asks for, or else by chance (`full_jitter`). A longer wait than 120 s, or than what is
    left of `timeout`, raises the error at once. A chat that was repeated may be billed twice, and
    counts twice in the budget. A stream that has begun is not repeated. See `attempts`.

    `fallback`: another model, which is asked where the first one stays down, by chat, respond,
    parse and the streams; the answer's `model` says who answered. It must take the same requests.
    `limiter` holds calls back.

    `transport`, httpx's, and `sleep` are for tests. `hint`, called when nothing answers, says why.
    `on_close`: called by close(). `connect` and `start_local` pass these two.

    A wrong argument raises ValueError; everything else that can go wrong, an EndpointError.
    """

    # so that the repr works even if the constructor raises: a traceback may print it
    base_url = "(no address)"
    _endpoint = None

    def __init__(
        self,
        base_url: str,
        api_key: str | Key | None = None,
        model: str | None = None,
        *,
        budget: Budget | None = None,
        max_retries: int = 2,
        fallback: str | None = None,
        limiter: Limiter | None = None,
        transport=None,
        sleep: Callable[[float], object] = time.sleep,
        hint: Callable[[], str] | None = None,
        on_close: Callable[[], None] | None = None,
    ):
        api_key = Key(api_key)  # first: a traceback may print this frame's locals
        api_key.check()
        check_fallback(fallback)
        check_limiter(limiter)
        retries = Retries(max_retries, sleep)
        self._transport = Transport(base_url, api_key, budget, transport, hint, retries, limiter)
        self._endpoint = Endpoint(self._transport, model, fallback)
        self._on_close = on_close
        self.base_url = self._transport.base_url

    @property
    def budget(self) -> Budget | None:
        return self._transport.budget

    @property
    def endpoint(self) -> Endpoint:
        """What it asks with, for the functions that take a client."""
        return self._endpoint

    @property
    def attempts(self) -> list[Attempt]:
        """The last 1,000 requests, retries too; each prints as a line."""
        return list(self._transport.retries.attempts)

    @property
    def auth(self) -> Key:
        """Signs requests of your own: ``httpx.get(f"{client.base_url}/models", auth=client.auth)``.

        It does not show the key. For OpenAI's SDK: ``OpenAI(base_url=client.base_url,
        api_key="-", http_client=httpx.Client(auth=client.auth))``.
        """
        return self._transport.auth

    @property
    def model(self) -> str:
        """The model that answers, unless a call names another one."""
        return self._endpoint.default_model(Deadline())

    @property
    def abilities(self) -> Abilities:
        """What the endpoint can do with `model`. Found out once, in at most a minute.

        OpenAI is never asked: there the dated table of models says it.
        """
        return self._endpoint.abilities(Deadline(60))

    def models(self, *, timeout: float | None = None) -> list[str]:
        """The names of the endpoint's models (GET /models)."""
        return [model["id"] for model in self._endpoint.models(Deadline(timeout))]

    def shutdown_dates(self, *, timeout: float | None = None) -> dict[str, str]:
        """{model: when the endpoint shuts it down, YYYY-MM-DD}; those without a date are left out.

        OpenAI announces its dates in GET /models; most other endpoints announce none.
        """
        return self._endpoint.shutdown_dates(Deadline(timeout))

    def chat(self, messages, *, timeout: float | None = None, **params) -> Completion:
        """The whole answer to `messages`: a list of {"role", "content"}, or a str (the user's).

        `params` are those of the API (temperature=0.7, max_tokens=50, top_k=40 for vLLM …); those
        that are None are left out. What the engine is known to refuse (top_p = 0, a large n) is
        asked for in another form that means the same, or in several requests (`adapters.chat`).
        """
        if params.get("stream"):
            raise ValueError("stream must be left out of chat(): client.stream(…) streams")
        deadline = Deadline(timeout)

        def make(params: dict) -> dict:
            return self._endpoint.body(messages, params, deadline)

        def ask(body: dict) -> Completion:
            return chat(self._endpoint.calls(deadline, body["model"]), body)

        return or_fallback(ask, self._endpoint.bodies(make, params), deadline)

    def stream(self, messages, *, timeout: float | None = None, **params) -> Iterator[Chunk]:
        """The answer as an iterator of Chunk, while it is generated.

        The request is sent when the first chunk is asked for; closing the iterator stops the
        endpoint. `accumulate` joins the chunks. On a paid endpoint, and with a limiter, the request
        also asks for usage (stream_options): what it really cost. That chunk has no text.

        `timeout`: StreamBroken after so many seconds without a line. A comment's line counts: with
        one, a busy endpoint says that it is still there. Before the first, ConnectionFailed.
        """

        def make(params: dict) -> dict:
            return self._endpoint.counted_stream_body(messages, params, timeout)

        def ask(body: dict) -> Iterator[Chunk]:
            return stream_chunks(self._transport, body, timeout)

        return stream_or_fallback(ask, self._endpoint.bodies(make, params))

    def stream_bytes(
        self, messages, *, timeout: float | None = None, **params
    ) -> Iterator[Arrival]:
        """The same stream as the network brings it: (seconds, bytes), cut anywhere.

        ``read_chunks`` makes the chunks of stream() from it. On a paid endpoint the most that the
        call could cost stays held, because the usage is not read.
        """
        body = self._endpoint.stream_body(messages, params, timeout)
        return stream_arrivals(self._transport, body, timeout)

    def parse(self, messages, model: type, *, api: str = "chat", **params) -> Answer:
        """The answer as an object of `model`, a pydantic model or a dataclass.

        Uses strict Structured Outputs. Returns Parsed(value), Refusal(text), Truncated(text,
        partial) or Invalid(text, reason): see `read_answer`. ValueError if the model has no strict
        schema. `api`: "chat", or "responses", whose `params` are then those of `respond`.
        """
        one_of(api, "api", ("chat", "responses"))
        format = response_format(model)
        if api == "chat":
            return read_answer(self.chat(messages, response_format=format, **params), model)
        return read_answer(self.respond(messages, **with_format(params, format)), model)

    def tokenize(self, text, *, timeout: float | None = None) -> Tokens:
        """`text` as the model's tokens: a str as it is, or messages in the model's template.

        OpenAI's API has no such call. The local endpoint, llama.cpp's server and vLLM have one;
        elsewhere it is an APIError.
        """
        content = text if isinstance(text, str) else as_messages(text)
        return recognise.tokenize(self._endpoint.calls(Deadline(timeout)), content)

    def next_token(
        self,
        prompt,
        top: int | str = MAX_TOP_LOGPROBS,
        after: Sequence[int] = (),
        *,
        timeout: float | None = None,
        replaces: str | None = None,
    ) -> Distribution:
        """The model's next-token distribution after `prompt` (a str: the user's, or messages).

        `top`: an int >= 1 for that many tokens in rank order, or for as many as the endpoint gives
        (OpenAI 5 or 20, vLLM 20), with the remaining mass in `unseen`. "all" for the whole
        vocabulary in token-id order, where `abilities.top_logprobs` is None; elsewhere for the most
        that it gives. `after`: token ids with which the answer already begins, where
        `abilities.continues`. The local endpoint's "all" has the model's raw logits, too.

        `replaces`: a name of your own that is hard to guess. At the local endpoint an "all" ends
        the call of that name that is still running, in another thread, with APIError 409: who types
        wants the last answer only. Elsewhere it changes nothing.
        """
        check_top(top)
        after = token_ids("after", after)
        if replaces is not None:
            check_call_name("replaces", replaces)
        messages = as_messages(prompt)
        calls = replace(self._endpoint.calls(Deadline(timeout)), replaces=replaces)
        return recognise.next_token(calls, messages, top, after)

    def distributions(
        self, messages, answer: str | Sequence[int], *, timeout: float | None = None
    ) -> tuple[Distribution, ...]:
        """The distribution before each token of a given `answer` to `messages`: teacher forcing.

        The answer is a text or token ids, 1 to 64 tokens. Each distribution is of the whole
        vocabulary. The local endpoint reads the answer in one call, llama.cpp's server and vLLM
        (started with --max-logprobs -1) in one call for each token. Elsewhere it is an APIError.
        """
        answer = text_or_ids("answer", answer)
        calls = self._endpoint.calls(Deadline(timeout))
        return teacher.distributions(calls, as_messages(messages), answer)

    def score(
        self, text: str | Sequence[int], messages=None, *, timeout: float | None = None
    ) -> Score:
        """The log-probability of each token of `text`, and how unsure the model was before it.

        `text` is a str or token ids: a text as it is, or with `messages` an answer to them. The
        local endpoint and vLLM can do it (`abilities.scores`); elsewhere it is an APIError.
        """
        text = text_or_ids("text", text)
        messages = None if messages is None else as_messages(messages)
        return teacher.score(self._endpoint.calls(Deadline(timeout)), text, messages)

    def moderate(
        self, inputs, *, model: str | None = None, timeout: float | None = None
    ) -> tuple[Moderation, ...]:
        """Whether texts are harmful: one verdict for each. At OpenAI it costs nothing.

        `inputs`: a str, a list of them, or a list of parts, which are one input together. `model`
        None: the endpoint's own. A missing verdict is an APIError, never "not flagged".
        """
        return moderate(self._transport, inputs, model, Deadline(timeout))

    def as_model(self, messages) -> EndpointModel:
        """The endpoint as a model for `samplers.generate`: a function from token ids to logits.

        It has .prompt, .vocabulary and .stop_tokens. With the local endpoint's raw logits a
        repetition_penalty is exact; log-probabilities, which others show, take none.
        """
        return EndpointModel(self, as_messages(messages))

    def close(self) -> None:
        """Closes the connections, and the endpoint if `start_local` started it for this client."""
        self._transport.close()
        if self._on_close:
            self._on_close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def __repr__(self) -> str:
        model = self._endpoint and self._endpoint.model
        return f"<Client of {self.base_url}, model {model or 'not asked for yet'}>"
