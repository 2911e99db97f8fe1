"""The form in which a model takes a chat request, by the table of models.

The model's name decides, on any endpoint. A request of a model that the table does not know goes
out as it is.
"""

from samplers.wire.logprobs import MAX_TOP_LOGPROBS
from samplers.wire.models import (
    REASONING_SUFFIX,
    is_alive,
    model_row,
    model_table,
    most,
    price_today,
)

SAMPLING = (
    "temperature",
    "top_p",
    "logprobs",
    "top_logprobs",
    "frequency_penalty",
    "presence_penalty",
)
# What a request means that does not name the parameter. A model that refuses a parameter refuses
# these values too, so they are left out.
DEFAULTS = {
    "temperature": 1,
    "top_p": 1,
    "logprobs": False,
    "top_logprobs": 0,
    "frequency_penalty": 0,
    "presence_penalty": 0,
    "logit_bias": {},
    "stop": [],
    "n": 1,
}


def as_taken(body: dict, ours: bool = False, at_openai: bool = False) -> dict:
    """A chat request's body in the form that its model takes.

    - `max_tokens` becomes `max_completion_tokens` where only that is taken.
    - `reasoning_effort` is "none" where the model has it and the body names no effort: a short
      limit would be used up by reasoning, and most sampling parameters need it.
    - A refused parameter with its default value is left out, with another value it is an error.
    - `top_logprobs` above the model's greatest becomes that.

    `ours`: it goes to one of our own endpoints. `at_openai`: to OpenAI's own address; there it asks
    for the service tier whose price is known, since a project's settings may name a dearer one.

    ValueError, before anything is sent, for what the model does not take, which names a model that
    does, and at OpenAI for a model that is shut down.
    """
    if at_openai:
        check_alive(body["model"])
        body = {"service_tier": "default"} | body

    row = model_row(body["model"], ours)
    if row is None:
        return body

    body = _with_its_limit(body, row)
    body = _with_effort(body, row)
    body = _without_refused(body, row)
    _check_tools(body, row)
    return _within_caps(body, row)


def sent_with_none(model: str, ours: bool = False) -> bool:
    """Whether a call of the model that names no effort is sent with reasoning_effort "none"."""
    row = model_row(model, ours)
    return row is not None and _has_none(row)


def check_alive(model: str) -> None:
    """ValueError for a model that is shut down; it names the one that takes its place."""
    row = model_row(model)
    if row is not None and not is_alive(row):
        advice = f": use {heir(row)}" if heir(row) else ""
        raise ValueError(f"model {model} was shut down on {row['shutdown_date']}{advice}")


def heir(row: dict) -> str | None:
    """The living model that takes this one's place: its replacement, or the table's default."""
    for name in (row["replacement"], model_table()["default_model"]):
        other = model_row(name)
        if other is not None and other is not row and is_alive(other):
            return name
    return None


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
        return body | {"reasoning_effort": "none"} if _has_none(row) else body
    if efforts is None or effort in efforts:
        return body
    if not efforts and effort == "none":  # a model that does not reason
        return {name: value for name, value in body.items() if name != "reasoning_effort"}

    if not efforts:
        other = _that_can(body["model"], row, lambda other: bool(other["efforts"]))
        raise ValueError(f"{body['model']} takes no reasoning_effort; {other}")

    other = _that_can(body["model"], row, lambda other: effort in (other["efforts"] or ()))
    hint = "" if row["simulated"] else f"; {other}"
    raise ValueError(
        f"{body['model']} takes no reasoning_effort={effort!r:.80}, only {', '.join(efforts)}{hint}"
    )


def _without_refused(body: dict, row: dict) -> dict:
    """The body without the defaults of what is refused. ValueError for other values of those."""
    needs_none = row["sampling"] == "effort none" and _reasons(body, row)
    refused = list(row["refused"] or ())
    if needs_none or row["sampling"] == "never":
        refused += SAMPLING

    taken = dict(body)
    for name in refused:
        if name not in taken:
            continue
        value = taken.pop(name)
        if _is_default(name, value):
            continue
        if name in SAMPLING and needs_none:
            raise ValueError(_needs_none(body, row, name, f"{name}={value!r:.80}"))
        other = _that_can(body["model"], row, lambda other, name=name: _takes(other, name), name)
        raise ValueError(f"{body['model']} takes no {name}; {other}")
    return taken


def _check_tools(body: dict, row: dict) -> None:
    if not (body.get("tools") or body.get("functions")):
        return
    if row["tools"] == "never":
        other = _that_can(body["model"], row, lambda other: _takes(other, "tools"), "tools")
        raise ValueError(f"{body['model']} takes no tools in chat completions; {other}")
    if row["tools"] == "effort none" and _reasons(body, row):
        raise ValueError(_needs_none(body, row, "tools", "tools"))


def _within_caps(body: dict, row: dict) -> dict:
    n = body.get("n")
    limit = most(row, "n")
    if body.get("stream") and limit is not None and is_int(n) and n > limit:
        raise ValueError(
            f"n must be at most {limit} in a stream of {body['model']}, got {n}; "
            "chat() asks several times"
        )

    top = body.get("top_logprobs")
    limit = most(row, "top_logprobs")
    if limit is None or not is_int(top) or top <= limit:
        return body
    if row["simulated"] and top > MAX_TOP_LOGPROBS:  # our endpoint's whole vocabulary
        return body
    return body | {"top_logprobs": limit}


def is_int(value) -> bool:
    """Whether JSON's `value` is an integer; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_default(name: str, value) -> bool:
    default = DEFAULTS.get(name)
    return default == value and isinstance(default, bool) == isinstance(value, bool)


def _has_none(row: dict) -> bool:
    """Whether the model has the effort "none"."""
    return "none" in (row["efforts"] or (row["default_effort"],))


def _reasons(body: dict, row: dict) -> bool:
    """Whether the model reasons for this request. False where that is not known."""
    return body.get("reasoning_effort", row["default_effort"]) not in (None, "none")


def _takes(row: dict, name: str) -> bool:
    """Whether the model is known to take the parameter, if only with the effort "none"."""
    if row["refused"] is None or name in row["refused"]:
        return False
    return _when(row, name) in ("always", "effort none")


def _when(row: dict, name: str) -> str | None:
    """When the model takes a parameter that the table does not name among those it refuses.

    That list may be incomplete for a model that reasons.
    """
    if name == "tools":
        return row["tools"]
    if name in SAMPLING:
        return row["sampling"]
    return "always" if row["efforts"] == [] else None


def _needs_none(body: dict, row: dict, name: str, came: str) -> str:
    effort = body.get("reasoning_effort", row["default_effort"])
    return (
        f"{body['model']} takes {name} only with reasoning_effort='none', "
        f"got {came} beside reasoning_effort={effort!r:.80}"
    )


def _that_can(model: str, row: dict, can, name: str = "") -> str:
    """A living model of the same provider for which `can` of its row is true, as a clause.

    `name`: the parameter that is wanted.
    """
    if row["simulated"]:
        return f"{model.removesuffix(REASONING_SUFFIX)} does"

    table = model_table()
    found = [
        (key != table["default_model"], price_today(other)["input"], key)
        for key, other in table["models"].items()
        if other["provider"] == row["provider"]
        and price_today(other)
        and is_alive(other)
        and can(other)
    ]
    if not found:
        return f"no model of {row['provider']} that the table knows does"

    _, _, best = min(found)
    other = table["models"][best]
    clause = f"{best} does"
    if _when(other, name) == "effort none":
        clause += " with reasoning_effort='none'"
    if other["shutdown_date"]:
        clause += f" (until {other['shutdown_date']})"
    return clause
