"""The form in which a model takes a request to Responses."""

from samplers.api.forms.rules import SAMPLING, Asked, has_none, with_capped_logprobs
from samplers.checks import is_number

LEAST_OUTPUT = 16  # max_output_tokens; OpenAI refuses less ("integer_below_min_value", 2026-08-30)
LOGPROBS = "message.output_text.logprobs"  # what `include` says for logprobs

# Chat's parameters, and what says the same to Responses. Source: OpenAI's guide "Migrate to the
# Responses API" (2026) and the parameters of its SDK, openai 3.57.0.
MOVED = {
    "messages": "input, the first argument of client.respond",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "reasoning_effort": "reasoning={'effort': …}",
    "verbosity": "text={'verbosity': …}",
    "response_format": "text={'format': …}",
    "logprobs": f"include=['{LOGPROBS}'], and top_logprobs beside it",
    "functions": "tools",
    "function_call": "tool_choice",
}
# Those that have no counterpart there, and what to do.
GONE = {
    "n": "call respond() several times, or ask client.chat",
    "stop": "cut the text yourself, or ask client.chat",
    "seed": "a draw cannot be repeated; client.chat takes one",
    "logit_bias": "ask client.chat",
    "prediction": "ask client.chat",
    "audio": "ask client.chat",
    "modalities": "ask client.chat",
}


def check_names(body: dict) -> None:
    """ValueError for a parameter of Chat's that Responses do not have, on any endpoint."""
    for name in body:
        if name in MOVED:
            raise ValueError(f"{name} is of Chat Completions: Responses take {MOVED[name]}")
        if name in GONE:
            raise ValueError(f"{name} must be left out: Responses have none; {GONE[name]}")


def response_as_taken(body: dict, row: dict | None, at_openai: bool) -> dict:
    """A Responses request's body in the form that the model of the table's `row` takes.

    - `reasoning` has the effort "none" where the model has it and the body names no effort.
    - Sampling parameters, and logprobs in `include`, are refused while the model reasons.
    - `top_logprobs` above the model's greatest becomes that.

    Functions are taken at any effort. `row` None: the model is not known, and at another endpoint
    than OpenAI's the body goes out as it is.
    """
    if row is not None or at_openai:
        _check_limit(body)
    if row is None:
        return body

    body = _with_effort(body, row)
    asked = _asked(body, row)
    if asked.needs_none or row["sampling"] == "never":
        body = asked.without_refused(body, list(SAMPLING))
        include = body.get("include")
        if isinstance(include, list) and LOGPROBS in include:
            raise ValueError(asked.refusal("logprobs", f"include=['{LOGPROBS}']"))
    return with_capped_logprobs(body, row)


def _check_limit(body: dict) -> None:
    limit = body.get("max_output_tokens")
    if is_number(int, limit) and limit < LEAST_OUTPUT:
        raise ValueError(f"max_output_tokens must be at least {LEAST_OUTPUT}, got {limit}")


def _asked(body: dict, row: dict) -> Asked:
    reasoning = body.get("reasoning")
    effort = reasoning.get("effort") if isinstance(reasoning, dict) else None
    return Asked(body["model"], row, effort, _written)


def _written(effort) -> str:
    return f"reasoning={{'effort': {effort!r:.80}}}"


def _with_effort(body: dict, row: dict) -> dict:
    reasoning = {} if body.get("reasoning") is None else body["reasoning"]
    if not isinstance(reasoning, dict):
        return body  # the endpoint says what it must be

    asked = _asked(body, row)
    efforts = row["efforts"]
    if asked.effort is None:
        return body | {"reasoning": reasoning | {"effort": "none"}} if has_none(row) else body
    if efforts == [] and asked.effort == "none":  # a model that does not reason
        return {name: value for name, value in body.items() if name != "reasoning"}
    if efforts is not None:
        # the table has those of Chat, where there is no "max"
        asked.check_effort([*efforts, "max"] if efforts else [])
    return body
