"""A request in the form in which its model takes it, by the table of models.

The model's name decides, on any endpoint. A request of a model that the table does not know goes
out as it is.
"""

from samplers.api.forms.chat import chat_as_taken
from samplers.api.forms.responses import check_names, response_as_taken
from samplers.api.forms.rules import has_none
from samplers.wire.models import is_alive, model_row, model_table


def as_taken(body: dict, ours: bool = False, at_openai: bool = False) -> dict:
    """A request's body in the form that its model takes.

    Of Chat Completions (see `chat_as_taken`), or with `input` of Responses (`response_as_taken`).
    In both, the effort is "none" where the model has it and the body names none: a short limit
    would be used up by reasoning, and most sampling parameters need it. A refused parameter with
    its default value is left out, with another value it is an error.

    `ours`: it goes to one of our own endpoints. `at_openai`: to OpenAI's own address; there it asks
    for the service tier whose price is known, since a project's settings may name a dearer one.

    ValueError, before anything is sent, for what the model does not take, which names a model that
    does, and at OpenAI for a model that is shut down; for Responses also for a parameter of Chat's.
    """
    if at_openai:
        check_alive(body["model"])
        body = {"service_tier": "default"} | body

    row = model_row(body["model"], ours)
    if "input" in body:
        check_names(body)
        return response_as_taken(body, row, at_openai)
    return body if row is None else chat_as_taken(body, row)


def sent_with_none(model: str, ours: bool = False) -> bool:
    """Whether a call of the model that names no effort is sent with the effort "none"."""
    row = model_row(model, ours)
    return row is not None and has_none(row)


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
