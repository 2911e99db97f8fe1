"""The form in which a model takes a chat request."""

from samplers.api.forms.rules import (
    SAMPLING,
    Asked,
    has_none,
    takes,
    with_capped_logprobs,
)
from samplers.checks import is_number
from samplers.wire.models import most


def chat_as_taken(body: dict, row: dict) -> dict:
    """A chat request's body in the form that the model of the table's `row` takes.

    - `max_tokens` becomes `max_completion_tokens` where only that is taken.
    - `reasoning_effort` is "none" where the model has it and the body names no effort.
    - A refused parameter with its default value is left out, with another value it is an error.
    - `top_logprobs` above the model's greatest becomes that.
    """
    body = _with_its_limit(body, row)
    body = _with_effort(body, row)
    asked = _asked(body, row)
    refused = list(row["refused"] or ())
    if asked.needs_none or row["sampling"] == "never":
        refused += SAMPLING

    body = asked.without_refused(body, refused)
    _check_tools(body, asked)
    _check_choices(body, row)
    return with_capped_logprobs(body, row)


def _asked(body: dict, row: dict) -> Asked:
    return Asked(body["model"], row, body.get("reasoning_effort"), _written)


def _written(effort) -> str:
    return f"reasoning_effort={effort!r:.80}"


def _with_its_limit(body: dict, row: dict) -> dict:
    if "max_tokens" not in body or "max_tokens" not in (row["refused"] or ()):
        return body
    if "max_completion_tokens" in body:
        raise ValueError(
            "max_tokens must be left out beside max_completion_tokens: "
            f"{body['model']} takes only the second"
        )
    names = {"max_tokens": "max_completion_tokens"}
    return {names.get(name, name): value for name, value in body.items()}


def _with_effort(body: dict, row: dict) -> dict:
    effort = body.get("reasoning_effort")
    efforts = row["efforts"]
    if effort is None:
        return body | {"reasoning_effort": "none"} if has_none(row) else body
    if efforts == [] and effort == "none":  # a model that does not reason
        return {name: value for name, value in body.items() if name != "reasoning_effort"}
    if efforts is not None:
        _asked(body, row).check_effort(efforts)
    return body


def _check_tools(body: dict, asked: Asked) -> None:
    if not (body.get("tools") or body.get("functions")):
        return
    if asked.row["tools"] == "never":
        other = asked.that_can(lambda other: takes(other, "tools"), "tools")
        raise ValueError(f"{asked.model} takes no tools in chat completions; {other}")
    if asked.row["tools"] == "effort none" and asked.reasons:
        raise ValueError(asked.only_with_none("tools", "tools"))


def _check_choices(body: dict, row: dict) -> None:
    n = body.get("n")
    limit = most(row, "n")
    if body.get("stream") and limit is not None and is_number(int, n) and n > limit:
        raise ValueError(
            f"n must be at most {limit} in a stream of {body['model']}, got {n}; "
            "chat() asks several times"
        )
