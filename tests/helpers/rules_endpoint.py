"""A fake OpenAI that judges each chat request as OpenAI's models did in the autumn of 2026.

The rules and the bodies of its errors are from probes of the live API by others: gpt-5.6-terra on
2026-08-30, gpt-6-luna and gpt-4.1-mini on 2026-09-24, gpt-6.2-sol in November, and from OpenAI's
deployment checklist. They are written down here, not read from our table of models.
"""

import json

import httpx
from fake_endpoint import delta, event, sse

OPENAI = "https://api.openai.com/v1"
EFFORTS = {
    "gpt-6-luna": ("none", "low", "medium", "high", "xhigh"),
    "gpt-6.2-sol": ("low", "medium", "high", "xhigh"),
    "gpt-5.6-terra": ("none", "low", "medium", "high", "xhigh"),
    "gpt-4.1-mini": (),  # it does not reason
}
KNOWN = {
    *("model", "messages", "stream", "stream_options", "n", "seed", "user", "store", "metadata"),
    *("temperature", "top_p", "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs"),
    *("max_tokens", "max_completion_tokens", "stop", "logit_bias", "prediction", "tools"),
    *("tool_choice", "parallel_tool_calls", "response_format", "reasoning_effort", "verbosity"),
    *("service_tier", "safety_identifier", "prompt_cache_key", "prompt_cache_options"),
}
AT_EFFORT_NONE = ("top_p", "logprobs", "frequency_penalty", "presence_penalty")
NEVER = ("stop", "logit_bias", "prediction")


def judge(body: dict) -> dict | None:
    """OpenAI's error for a chat request, None if it is answered. In OpenAI's order of checks."""
    model = body.get("model")
    if model not in EFFORTS:
        return _error(f"The model '{model}' does not exist", "model", "model_not_found")
    if not body.get("messages"):
        return _error(
            "Missing required parameter: 'messages'.", "messages", "missing_required_parameter"
        )
    for name in body:
        if name not in KNOWN:
            return _error(f"Unknown parameter: '{name}'.", name, "unknown_parameter")

    reasons = bool(EFFORTS[model])
    return _bounds(body, reasons) or (_capability(body, model) if reasons else _plain(body))


def _bounds(body: dict, reasons: bool) -> dict | None:
    most_choices = 8 if reasons else 128
    most_shown = 5 if reasons else 20
    n = body.get("n", 1)
    if n > most_choices:
        return _error(
            "Invalid 'n': integer above maximum value. "
            f"Expected a value <= {most_choices}, but got {n} instead.",
            "n",
            "integer_above_max_value",
        )
    limit = body.get("max_completion_tokens", 1)
    if limit < 1:
        return _error(
            "Invalid 'max_completion_tokens': integer below minimum value. "
            f"Expected a value >= 1, but got {limit} instead.",
            "max_completion_tokens",
            "integer_below_min_value",
        )
    if "top_logprobs" in body and not body.get("logprobs"):
        return _error(
            "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
            "top_logprobs",
            None,
        )
    if body.get("top_logprobs", 0) > most_shown:
        return _error(
            f"Invalid value for 'top_logprobs': must be less than or equal to {most_shown}.",
            "top_logprobs",
            None,
        )
    return None


def _plain(body: dict) -> dict | None:
    if "reasoning_effort" in body:
        return _unsupported("reasoning_effort")
    return None


def _capability(body: dict, model: str) -> dict | None:
    effort = body.get("reasoning_effort", "medium")
    if effort not in EFFORTS[model]:
        *first, last = EFFORTS[model]
        values = ", ".join(f"'{value}'" for value in first)
        return _error(
            f"Unsupported value: 'reasoning_effort' does not support '{effort}' with this model. "
            f"Supported values are: {values}, and '{last}'.",
            "reasoning_effort",
            "unsupported_value",
        )

    if "max_tokens" in body:
        return _unsupported("max_tokens", " Use 'max_completion_tokens' instead.")
    for name in NEVER:
        if name in body:
            return _unsupported(name)
    if effort == "none":
        return None

    t = body.get("temperature", 1)
    if t != 1:
        return _error(
            f"Unsupported value: 'temperature' does not support {t} with this model. "
            "Only the default (1) value is supported.",
            "temperature",
            "unsupported_value",
        )
    for name in AT_EFFORT_NONE:
        if name in body:
            return _unsupported(name)
    if body.get("tools"):
        return _error(
            f"Function tools with reasoning_effort are not supported for {model} in "
            "/v1/chat/completions. To use function tools, use /v1/responses or set "
            "reasoning_effort to 'none'.",
            "reasoning_effort",
            None,
        )
    return None


def _unsupported(name: str, more: str = "") -> dict:
    message = f"Unsupported parameter: '{name}' is not supported with this model.{more}"
    return _error(message, name, "unsupported_parameter")


def _error(message: str, param: str, code: str | None) -> dict:
    return {"message": message, "type": "invalid_request_error", "param": param, "code": code}


class RulesEndpoint:
    """Answers the requests that satisfy the rules. Keeps their bodies, and the errors of others.

    Choice i's text is the seed that it is drawn with, as far as the request has one.
    """

    def __init__(self, *texts: str):
        self.bodies: list[dict] = []
        self.errors: list[dict] = []
        self._texts = iter(texts)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/chat/completions"):
            return httpx.Response(404, json={"error": {"message": "no such path"}})

        body = json.loads(request.content)
        self.bodies.append(body)
        error = judge(body)
        if error is not None:
            self.errors.append(error)
            return httpx.Response(400, json={"error": error})
        return self._stream(body) if body.get("stream") else self._answer(body)

    def _answer(self, body: dict) -> httpx.Response:
        n = body.get("n", 1)
        answer = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "model": body["model"],
            "choices": [self._choice(body, i) for i in range(n)],
            "usage": _usage(n),
        }
        return httpx.Response(200, json=answer)

    def _choice(self, body: dict, i: int) -> dict:
        text = next(self._texts, str(body.get("seed", 0) + i))
        logprobs = None
        if body.get("logprobs"):
            k = body.get("top_logprobs", 0)
            top = [{"token": c, "logprob": -1.0 - j, "bytes": [ord(c)]} for j, c in _letters(k)]
            first = {"token": "a", "logprob": -1.0, "bytes": [97], "top_logprobs": top}
            length = body.get("max_completion_tokens", body.get("max_tokens", 1))
            logprobs = {"content": [first] * length}
        message = {"role": "assistant", "content": text}
        return {"index": i, "message": message, "finish_reason": "stop", "logprobs": logprobs}

    def _stream(self, body: dict) -> httpx.Response:
        usage = {"choices": [], "usage": _usage(1)}
        events = [event(delta("hi")), event(delta("", delta={}, finish_reason="stop"))]
        return sse(*events, event(usage), event("[DONE]"))


def _letters(k: int) -> list[tuple[int, str]]:
    return list(enumerate("abcdefghijklmnopqrst"[:k]))


def _usage(n: int) -> dict:
    return {
        "prompt_tokens": 10,
        "completion_tokens": 5 * n,
        "total_tokens": 10 + 5 * n,
        "prompt_tokens_details": {"cached_tokens": 2, "cache_write_tokens": 3},
        "completion_tokens_details": {"reasoning_tokens": n},
    }
