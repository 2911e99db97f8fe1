"""What can go wrong between a client and an endpoint.

Every message ends with what to do next, and none shows a key. Two errors live beside the code that
raises them: StreamBroken in stream/reader.py, BudgetExceeded in pricing/budget.py.
"""

import re

LONGEST = 2_000  # characters of an endpoint's message in an error's text: some repeat the prompt
# What an error says that misses an object, and not the path.
NAMES_AN_OBJECT = re.compile(r"no such|with id|\bmodel\b", re.IGNORECASE)


class EndpointError(Exception):
    """The base of all errors of `samplers.api`, except that a wrong argument is a ValueError.

    `should_retry`: whether trying again can help, where that is known: an endpoint's header
    x-should-retry may say it. `transcript`: the messages so far, if the error ended a loop of
    `run_tools`.
    """

    should_retry: bool | None = None
    transcript: tuple[dict, ...] = ()

    def __reduce__(self):
        """For pickle, with which another process sends it back, and for copy."""
        return _again, (type(self), self.args), self.__dict__


def _again(kind: type[EndpointError], args: tuple) -> EndpointError:
    """An error without its attributes: the constructors make the message of other arguments."""
    return kind.__new__(kind, *args)


class APIError(EndpointError):
    """The endpoint answered with an error, or (status 200) with something that cannot be read.

    `status` is HTTP's. `type`, `param` and `code` are those of OpenAI's error body, None where the
    endpoint sent none. `request_id` is what a provider's support asks for. `retry_after`: the
    seconds that the endpoint asks to wait, None if it does not. `base_url`: the address that was
    asked, "" where it does not matter.
    """

    def __init__(
        self,
        status: int,
        message: str,
        type: str | None = None,
        param: str | None = None,
        code: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        should_retry: bool | None = None,
        base_url: str = "",
    ):
        self.status = status
        self.message = message
        self.type = type
        self.param = param
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after
        self.should_retry = should_retry
        self.base_url = base_url
        super().__init__(self._text())

    def next_step(self) -> str:
        """What to do now, as a sentence. Empty where the endpoint's message is enough."""
        if self.code == "model_not_found":
            return "client.models() lists the endpoint's models."
        if 300 <= self.status < 400:
            return "It redirects: use the address that it redirects to, often https:// for http://."
        return ""

    @property
    def place(self) -> str:
        """Where the error stands: HTTP's status, the code and the param, as far as they are set."""
        text = f"HTTP {self.status}"
        if self.code is not None:
            text += f", code {self.code}"
        if self.param is not None:
            text += f", param {self.param}"
        return text

    def _text(self) -> str:
        said = self.message
        if len(said) > LONGEST:
            said = f"{said[:LONGEST]}…"
        stop = "" if said.endswith((".", "!", "?", "…")) else "."
        request = f"[request {self.request_id}]" if self.request_id else ""
        parts = [f"{self.place}: {said}{stop}", self.next_step(), request]
        return " ".join(part for part in parts if part)


class BadRequestError(APIError):
    """400: something in the request is wrong."""


class ContextLengthError(BadRequestError):
    """The prompt, or prompt and answer together, are longer than the model's context."""

    def next_step(self) -> str:
        return "Shorten the messages (fit() drops the oldest), or ask for a shorter answer."


class AuthenticationError(APIError):
    """401: no key, or one that the endpoint does not accept."""

    def next_step(self) -> str:
        return (
            "Check the key: SAMPLERS_API_KEY for an address of your own, OPENAI_API_KEY for OpenAI."
        )


class PermissionDeniedError(APIError):
    """403: the key is right, but not allowed to do this: a country, a project, a model."""

    def next_step(self) -> str:
        return super().next_step() or "Does the account, or its country, allow this?"


class NotFoundError(APIError):
    """404: no such path, model or object."""

    def next_step(self) -> str:
        if self.param == "model":
            return "client.models() lists the endpoint's models."
        if self.base_url and not self.base_url.endswith("/v1"):
            return "Is the address right? It usually ends in /v1."
        if self.code is None and not NAMES_AN_OBJECT.search(self.message):
            return "Does this endpoint have this path?"
        return super().next_step()


class RequestTimeoutError(APIError):
    """408: the server did not get the whole request in time."""

    def next_step(self) -> str:
        return "Try again; if it stays so, look at the connection, or send less."


class ConflictError(APIError):
    """409: another request has changed or locked the same thing, or has taken this one's place."""


class UnprocessableEntityError(APIError):
    """422: the request's form is right, and what it says is not."""


class RateLimitError(APIError):
    """429: too many requests or tokens in too short a time."""

    def next_step(self) -> str:
        return f"{self._wait()} A Limiter keeps a client under the limits."

    def _wait(self) -> str:
        wait = f"Wait {self.retry_after:.10g} s" if self.retry_after else "Wait"
        return f"{wait}, then try again."


class SlowDownError(RateLimitError):
    """429 with the code slow_down: within the limits, but the traffic rises too fast."""

    def next_step(self) -> str:
        return f"{self._wait()} Begin with few requests at once, and slowly ask for more."


class QuotaError(RateLimitError):
    """No credit left, or a limit on spending is reached: 429, at some providers 402.

    Waiting does not help, so it is never tried again.
    """

    def next_step(self) -> str:
        return (
            "Waiting does not help: add credit, or raise the limit on spending, at the provider. "
            "connect('local') costs nothing."
        )


class InternalServerError(APIError):
    """500 and above: the endpoint, or what stands before it, is broken or overloaded."""

    def next_step(self) -> str:
        if self.status == 501 or self.should_retry is False:  # it stays so
            return super().next_step()
        return "The fault is the endpoint's: try again in a moment."


_BY_STATUS = {
    400: BadRequestError,
    401: AuthenticationError,
    402: QuotaError,
    403: PermissionDeniedError,
    404: NotFoundError,
    408: RequestTimeoutError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}
# A kind's code, or at some endpoints its type. Of the quota's kinds the first is the older code,
# and the type of all. Sources: OpenAI's page of error codes; llama.cpp's tools/server.
_BY_CODE = {
    "insufficient_quota": QuotaError,
    "credit_balance_exhausted": QuotaError,
    "organization_spend_limit_exceeded": QuotaError,
    "project_spend_limit_exceeded": QuotaError,
    "organization_usage_limit_exceeded": QuotaError,
    "billing_hard_limit_reached": QuotaError,
    "slow_down": SlowDownError,
    "context_length_exceeded": ContextLengthError,
    "exceed_context_size_error": ContextLengthError,
}


def error_class(status: int, type: str | None, code: str | None, message: str) -> type[APIError]:
    """The class of an error with HTTP's `status` and these fields of its body.

    Some servers send an error with the status 200 and HTTP's status as its code: the code counts.
    """
    kind = _BY_CODE.get(code) or _BY_CODE.get(type)
    if kind is not None:
        return kind

    if status < 400 and code is not None and len(code) == 3 and code.isdecimal():
        status = int(code)
    if status == 400 and "maximum context length" in message:  # vLLM has no code for it
        return ContextLengthError
    if 500 <= status < 600:
        return InternalServerError
    return _BY_STATUS.get(status, APIError)


class ConnectionFailed(EndpointError):
    """No answer came: the endpoint cannot be reached, stayed silent or closed the connection.

    `sent`: whether the endpoint may have received the request.
    """

    def __init__(self, message: str, sent: bool = False):
        self.sent = sent
        super().__init__(message)


class APITimeoutError(ConnectionFailed):
    """No answer came in the time that the call has, or no connection in a few seconds."""


# what to do where an endpoint tells no tokens, or not all of them
NEXT_STEP = (
    "tokenize, after= and as_model work at the local one, connect('local'), at llama.cpp's server "
    "and at vLLM (all tokens: started with --max-logprobs -1)"
)


def unsupported(status: int) -> APIError:
    """The error of an endpoint that has no tokenizer that we know how to ask."""
    return APIError(status, f"this endpoint has no /tokenize; {NEXT_STEP}", code="unsupported")
