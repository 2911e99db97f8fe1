"""What the table of models says of a request, whichever API it goes to."""

from collections.abc import Callable
from dataclasses import dataclass

from samplers.checks import is_number
from samplers.wire.logprobs import MAX_TOP_LOGPROBS
from samplers.wire.models import (
    REASONING_SUFFIX,
    is_alive,
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


@dataclass(frozen=True)
class Asked:
    """A request's model with its row of the table, and the effort that it names (None: none).

    `written` says how the API writes an effort.
    """

    model: str
    row: dict
    effort: object
    written: Callable[[object], str]

    @property
    def needs_none(self) -> bool:
        """Whether it reasons, and the model takes sampling parameters only where it does not."""
        return self.row["sampling"] == "effort none" and self.reasons

    @property
    def reasons(self) -> bool:
        """Whether the model reasons for this request. False where that is not known."""
        effort = self.row["default_effort"] if self.effort is None else self.effort
        return effort not in (None, "none")

    def check_effort(self, efforts: list[str]) -> None:
        """ValueError unless the effort is one of the model's `efforts` ([]: it does not reason)."""
        if self.effort in efforts:
            return
        written = self.written(self.effort)
        if not efforts:
            name, _, _ = written.partition("=")
            other = self.that_can(lambda other: bool(other["efforts"]))
            raise ValueError(f"{self.model} takes no {name}; {other}")

        other = self.that_can(lambda other: self.effort in (other["efforts"] or ()))
        hint = "" if self.row["simulated"] else f"; {other}"
        raise ValueError(f"{self.model} takes no {written}, only {', '.join(efforts)}{hint}")

    def without_refused(self, body: dict, names: list[str]) -> dict:
        """The body without the defaults of these names. ValueError for other values of theirs."""
        taken = dict(body)
        for name in names:
            if name not in taken:
                continue
            value = taken.pop(name)
            if not is_default(name, value):
                raise ValueError(self.refusal(name, f"{name}={value!r:.80}"))
        return taken

    def refusal(self, name: str, came: str) -> str:
        """Why the model does not take `name`, and what does; `came`: as it was given."""
        if self.needs_none and name in SAMPLING:
            return self.only_with_none(name, came)
        other = self.that_can(lambda other: takes(other, name), name)
        return f"{self.model} takes no {name}; {other}"

    def only_with_none(self, name: str, came: str) -> str:
        """The sentence that the model takes `name` only where it does not reason."""
        effort = self.row["default_effort"] if self.effort is None else self.effort
        return (
            f"{self.model} takes {name} only with {self.written('none')}, "
            f"got {came} beside {self.written(effort)}"
        )

    def that_can(self, can: Callable[[dict], bool], name: str = "") -> str:
        """A living model of the same provider for which `can` of its row is true, as a clause.

        `name`: the parameter that is wanted.
        """
        if self.row["simulated"]:
            return f"{self.model.removesuffix(REASONING_SUFFIX)} does"

        table = model_table()
        found = [
            (key != table["default_model"], price_today(other)["input"], key)
            for key, other in table["models"].items()
            if other["provider"] == self.row["provider"]
            and price_today(other)
            and is_alive(other)
            and can(other)
        ]
        if not found:
            return f"no model of {self.row['provider']} that the table knows does"

        _, _, best = min(found)
        other = table["models"][best]
        clause = f"{best} does"
        if _when(other, name) == "effort none":
            clause += f" with {self.written('none')}"
        if other["shutdown_date"]:
            clause += f" (until {other['shutdown_date']})"
        return clause


def with_capped_logprobs(body: dict, row: dict) -> dict:
    """The body whose `top_logprobs` above the model's greatest is that."""
    top = body.get("top_logprobs")
    limit = most(row, "top_logprobs")
    if limit is None or not is_number(int, top) or top <= limit:
        return body
    if row["simulated"] and top > MAX_TOP_LOGPROBS:  # our endpoint's whole vocabulary
        return body
    return body | {"top_logprobs": limit}


def is_default(name: str, value) -> bool:
    """Whether a request with this value means the same as one without the parameter."""
    default = DEFAULTS.get(name)
    return default == value and isinstance(default, bool) == isinstance(value, bool)


def has_none(row: dict) -> bool:
    """Whether the model has the effort "none"."""
    return "none" in (row["efforts"] or (row["default_effort"],))


def takes(row: dict, name: str) -> bool:
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
