"""A small client for any OpenAI-compatible endpoint: one method for each question."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from samplers.api.abilities import Abilities
from samplers.api.adapters import recognise, teacher
from samplers.api.adapters.calls import Calls
from samplers.api.adapters.chat import chat, with_top_p
from samplers.api.deviations import models_of
from samplers.api.errors import APIError
from samplers.api.forms import as_taken
from samplers.api.next_token import EndpointModel, check_top
from samplers.api.pricing.budget import Budget
from samplers.api.request import (
    as_messages,
    chat_body,
    check_call_name,
    text_or_ids,
    token_ids,
    with_usage,
)
from samplers.api.results import Completion, Tokens
from samplers.api.score import Score
from samplers.api.sending import send_chat, stream_arrivals, stream_chunks
from samplers.api.stream.chunk import Chunk
from samplers.api.stream.events import Arrival
from samplers.api.structured.answer import Answer, read_answer, response_format
from samplers.api.transport.auth import Key
from samplers.api.transport.deadline import Deadline
from samplers.api.transport.transport import Transport
from samplers.distribution import Distribution
from samplers.wire.logprobs import MAX_TOP_LOGPROBS
from samplers.wire.models import REASONING_SUFFIX, model_table


class Client:
    """Talks to the endpoint at `base_url`, which usually ends in /v1. Threads may share it.

    Close it, or use `with`. `api_key`: None for an endpoint that needs none. `model`: the model to
    use. None: the first one that the endpoint lists (OpenAI: the default of `model_table()`).
    `budget`: at OpenAI's own address every call is priced before it is sent and counted against it.
    None: the one budget of this process (SAMPLERS_BUDGET_USD); a fork has its own.
    A model that `model_table()` knows gets each call in the form that it takes: see `as_taken`.

    `timeout` of a call: the seconds that the whole call may take, 600 if it is None, and then
    ConnectionFailed. Of a stream: the seconds of silence after which it is given up.

    `transport`: httpx's, for tests. `hint`: called when nothing answers, for a sentence on why.
    `on_close`: called by close(). `connect` and `start_local` pass these two for an endpoint that
    they started.

    A wrong argument raises ValueError; everything else that can go wrong, an EndpointError.
    """

    # so that the repr works even if the constructor raises: a traceback may print it
    base_url = "(no address)"
    _model = None

    def __init__(
        self,
        base_url: str,
        api_key: str | Key | None = None,
        model: str | None = None,
        *,
        budget: Budget | None = None,
        transport=None,
        hint: Callable[[], str] | None = None,
        on_close: Callable[[], None] | None = None,
    ):
        api_key = Key(api_key)  # first: a traceback may print this frame's locals
        api_key.check()
        self._model = model
        self._transport = Transport(base_url, api_key, budget, transport, hint)
        self._on_close = on_close
        self.base_url = self._transport.base_url
        if model is None and self._transport.at_openai:
            self._model = model_table()["default_model"]

        # By model: what was learnt about it, such as what the endpoint can do.
        self._kept: dict[str, dict] = {}

    @property
    def budget(self) -> Budget | None:
        return self._transport.budget

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
        return self._default_model(Deadline())

    @property
    def abilities(self) -> Abilities:
        """What the endpoint can do with `model`. Found out once, in at most a minute.

        OpenAI is never asked: there the dated table of models says it.
        """
        return recognise.abilities(self._calls(Deadline(60)))

    def models(self, *, timeout: float | None = None) -> list[str]:
        """The names of the endpoint's models (GET /models)."""
        return [model["id"] for model in self._models(Deadline(timeout))]

    def shutdown_dates(self, *, timeout: float | None = None) -> dict[str, str]:
        """{model: when the endpoint shuts it down, YYYY-MM-DD}; those without a date are left out.

        OpenAI announces its dates in GET /models; most other endpoints announce none.
        """
        dates = {m["id"]: m.get("shutdown_date") for m in self._models(Deadline(timeout))}
        return {name: date for name, date in dates.items() if date and isinstance(date, str)}

    def chat(self, messages, *, timeout: float | None = None, **params) -> Completion:
        """The whole answer to `messages`: a list of {"role", "content"}, or a str (the user's).

        `params` are those of the API (temperature=0.7, max_tokens=50, top_k=40 for vLLM …); those
        that are None are left out. What the engine is known to refuse (top_p = 0, a large n) is
        asked for in another form that means the same, or in several requests (`adapters.chat`).
        """
        if params.get("stream"):
            raise ValueError("stream must be left out of chat(): client.stream(…) streams")
        deadline = Deadline(timeout)
        body = self._body(messages, params, deadline)
        return chat(self._calls(deadline, body["model"]), body)

    def stream(self, messages, *, timeout: float | None = None, **params) -> Iterator[Chunk]:
        """The answer as an iterator of Chunk, while it is generated.

        The request is sent when the first chunk is asked for; closing the iterator stops the
        endpoint. `accumulate` joins the chunks. On a paid endpoint the request also asks for usage
        (stream_options), so that the real cost is known; the chunk that has it has no text.

        `timeout`: StreamBroken after so many seconds without a line. A comment's line counts: with
        one, a busy endpoint says that it is still there. Before the first, ConnectionFailed.
        """
        body = self._stream_body(messages, params, timeout)
        if self.budget is not None:
            body = with_usage(body)
        return stream_chunks(self._transport, body, timeout)

    def stream_bytes(
        self, messages, *, timeout: float | None = None, **params
    ) -> Iterator[Arrival]:
        """The same stream as the network brings it: (seconds, bytes), cut anywhere.

        ``read_chunks`` makes the chunks of stream() from it. On a paid endpoint the most that the
        call could cost stays held, because the usage is not read.
        """
        body = self._stream_body(messages, params, timeout)
        return stream_arrivals(self._transport, body, timeout)

    def parse(self, messages, model: type, **params) -> Answer:
        """The answer as an object of `model`, a pydantic model or a dataclass.

        Uses strict Structured Outputs. Returns Parsed(value), Refusal(text), Truncated(text,
        partial) or Invalid(text, reason): see `read_answer`. ValueError if the model has no strict
        schema.
        """
        completion = self.chat(messages, response_format=response_format(model), **params)
        return read_answer(completion, model)

    def tokenize(self, text, *, timeout: float | None = None) -> Tokens:
        """`text` as the model's tokens: a str as it is, or messages in the model's template.

        OpenAI's API has no such call. The local endpoint, llama.cpp's server and vLLM have one;
        elsewhere it is an APIError.
        """
        content = text if isinstance(text, str) else as_messages(text)
        calls = self._calls(Deadline(timeout))
        known = recognise.abilities(calls)
        return recognise.adapter_of(known.engine).tokenize(calls, content, known)

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
        calls = replace(self._calls(Deadline(timeout)), replaces=replaces)
        known = recognise.abilities(calls)
        adapter = recognise.adapter_of(known.engine)
        return adapter.next_token(calls, messages, top, after, known)

    def distributions(
        self, messages, answer: str | Sequence[int], *, timeout: float | None = None
    ) -> tuple[Distribution, ...]:
        """The distribution before each token of a given `answer` to `messages`: teacher forcing.

        The answer is a text or token ids, 1 to 64 tokens. Each distribution is of the whole
        vocabulary. The local endpoint reads the answer in one call, llama.cpp's server and vLLM
        (started with --max-logprobs -1) in one call for each token. Elsewhere it is an APIError.
        """
        answer = text_or_ids("answer", answer)
        calls = self._calls(Deadline(timeout))
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
        return teacher.score(self._calls(Deadline(timeout)), text, messages)

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
        return f"<Client of {self.base_url}, model {self._model or 'not asked for yet'}>"

    def _default_model(self, deadline: Deadline) -> str:
        if self._model is None:
            listed = self._models(deadline)
            if not listed:
                message = "the endpoint lists no model: name one with SAMPLERS_MODEL_NAME"
                raise APIError(200, message)
            self._model = listed[0]["id"]
        return self._model

    def _models(self, deadline: Deadline) -> list[dict]:
        response = self._transport.request("GET", "/models", deadline=deadline)
        return self._transport.read(response, models_of)

    def _body(self, messages, params: dict, deadline: Deadline) -> dict:
        model = params.get("model") or self._default_model(deadline)
        if not isinstance(model, str):
            raise ValueError(f"model must be a model's name, a str, got {model!r:.80}")
        body = chat_body(messages, {**params, "model": model})
        ours = (
            model.endswith(REASONING_SUFFIX)
            and recognise.abilities(self._calls(deadline, model)).engine == "samplers"
        )
        return as_taken(body, ours, self._transport.at_openai)

    def _stream_body(self, messages, params: dict, timeout: float | None) -> dict:
        deadline = Deadline(timeout)
        body = self._body(messages, {**params, "stream": True}, deadline)
        return with_top_p(self._calls(deadline, body["model"]), body)

    def _calls(self, deadline: Deadline, model: str | None = None) -> Calls:
        """What an adapter asks with; `model` None: the one that answers."""
        model = model or self._default_model(deadline)

        def send(body: dict, reader: Callable, headers=None, most_choices: int | None = None):
            return send_chat(self._transport, body, reader, deadline, headers, most_choices)

        def body(messages, params: dict) -> dict:
            return self._body(messages, {"model": model, **params}, deadline)

        return Calls(self._transport, model, deadline, body, send, self._kept.setdefault(model, {}))
