"""What can go wrong between a client and an endpoint. Each message ends with what to do next; none
holds a key.
"""

import json
import math


class EndpointError(Exception):
    """What all errors of `samplers.api` are, but for ValueError on a wrong argument.

    `transcript`: one that ended a loop of `run_tools` carries the messages so far.
    """

    transcript: tuple[dict, ...] = ()


class APIError(EndpointError):
    """The endpoint answered, and the answer is an error (or, with status 200, not an answer that
    can be read).

    `status` is HTTP's; `type`, `param` and `code` are those of OpenAI's error body, None where the
    endpoint gave none; `request_id` is what a provider's support asks for; `retry_after` is in
    seconds.
    """

    def __init__(
        self, status, message, type=None, param=None, code=None, request_id=None, retry_after=None
    ):
        self.status, self.message, self.type, self.param, self.code = (
            status,
            message,
            type,
            param,
            code,
        )
        self.request_id, self.retry_after = request_id, retry_after
        where = "".join(
            f", {name} {value}"
            for name, value in (("code", code), ("param", param))
            if value is not None
        )
        request = f" [request {request_id}]" if request_id else ""
        end = "" if message.endswith((".", "!", "?")) else "."
        super().__init__(f"HTTP {status}{where}: {message}{end}{self.next_step()}{request}")

    def next_step(self) -> str:
        """What to do now, as a sentence with a space before it; empty where the message says all."""
        if self.code == "model_not_found":
            return " client.models() lists the models that there are."
        if self.status == 404 and self.code != "unsupported":
            return " Is the address right? It usually ends in /v1."
        return " The fault is the endpoint's: try again in a moment." if self.status >= 500 else ""


class AuthenticationError(APIError):
    """401: no key, or one that the endpoint does not take."""

    def next_step(self) -> str:
        return (
            " Check the key: SAMPLERS_API_KEY for an address of yours, OPENAI_API_KEY for OpenAI."
        )


class RateLimitError(APIError):
    """429: too many requests or tokens, or an empty account (code insufficient_quota: waiting does
    not help).
    """

    def next_step(self) -> str:
        if self.code == "insufficient_quota":
            return " Waiting does not help: the account has no credit left."
        return (
            f" Wait {self.retry_after:g} s, then try again."
            if self.retry_after
            else " Wait, then try again."
        )


class ConnectionFailed(EndpointError):
    """No answer came: the endpoint cannot be reached, was silent or hung up. `sent`: it may have
    got the request.
    """

    def __init__(self, message: str, sent: bool = False):
        self.sent = sent
        super().__init__(message)


class StreamBroken(EndpointError):
    """A stream that ended before its [DONE], or with an error event. What had arrived is kept:
    `text` and `chunks`.

    `completion` is the same joined, with its tool calls; `error` is the error event's body, or
    None.
    """

    def __init__(self, message: str, chunks=(), error: dict | None = None):
        self.chunks, self.error = tuple(chunks), error
        self.text = "".join(c.text for c in self.chunks if c.index == 0)
        super().__init__(
            f"{message} {len(self.text)} characters had arrived: see .text, .chunks and .completion."
        )

    @property
    def completion(self):
        """What had arrived as a Completion; its finish_reason is None unless it had come."""
        # here: it needs the results, which need no errors
        from samplers.api.stream.accumulate import accumulate

        return accumulate(self.chunks).read()


class BudgetExceeded(EndpointError):
    """A call that was not sent because it could cost more than is left of the budget (USD)."""

    def __init__(self, bound: float, left: float, limit: float):
        self.bound, self.left, self.limit = bound, left, limit
        super().__init__(
            f"not sent: the call could cost {usd(bound, 4)}, and {usd(left, 4)} is left of the budget of {usd(limit)}. "
            "Give it a smaller max_completion_tokens or n, or raise SAMPLERS_BUDGET_USD and connect again."
        )


def usd(amount: float, digits: int = 2) -> str:
    """An amount of money with so many digits after the point, or with more where those would all be
    zeros.
    """
    small = 0 < amount < 10**-digits
    return f"${amount:.{1 - math.floor(math.log10(amount)) if small else digits}f}"


def lacking(status: int) -> APIError:
    """The error of an endpoint that has none of the local one's extensions."""
    lack = (
        "this endpoint has no /tokenize; tokenize and after= need the local one: connect('local')"
    )
    return APIError(status, lack, code="unsupported")


def error_from(status: int, content: bytes, headers, scrub=str) -> APIError:
    """The APIError of a response with OpenAI's error body, or another server's. `scrub` takes the
    key out of a text.
    """
    try:
        body = json.loads(content)
    except ValueError:
        body = content.decode("utf-8", errors="replace").strip()[:500]
    if isinstance(body, dict):
        body = body.get("error", body)  # older vLLM sends the inner object alone
    if not isinstance(body, dict):
        body = {"message": str(body) if body else "no message"}
    kind = {401: AuthenticationError, 429: RateLimitError}.get(status, APIError)
    message = body.get("message") or body.get("detail") or "no message"
    fields = {name: _text(body.get(name), scrub) for name in ("type", "param", "code")}
    return kind(
        status,
        _text(message, scrub),
        **fields,
        request_id=_text(headers.get("x-request-id"), scrub),
        retry_after=_seconds(headers.get("retry-after")),
    )


def _text(value, scrub) -> str | None:
    return None if value is None else scrub(str(value))


def _seconds(value: str | None) -> float | None:
    """Retry-After in seconds; its other form, a date, is rare from an API and is left out."""
    return float(value) if value and value.replace(".", "", 1).isdecimal() else None
