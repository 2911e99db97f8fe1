"""The dated table of models: what each costs, how long it lives, and which requests it takes.

models.json says what its fields mean. A user's own file, SAMPLERS_MODEL_TABLE=….json, adds models
or corrects single fields: {"models": {"gpt-7": {"provider": "openai", "efforts": ["none", "low"]}}}
"""

import datetime
import json
import os
import re
from functools import cache
from importlib.resources import files

from samplers.wire.model_fields import FIELDS, check_table
from samplers.wire.secret import shown

VARIABLE = "SAMPLERS_MODEL_TABLE"
# What our endpoint adds to its model's name for the simulated profile of a reasoning model.
REASONING_SUFFIX = "-reasoning"
SNAPSHOT = re.compile(r"-([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4})$")  # gpt-4o-2024-08-06, gpt-4-0613
PROFILE = "smollm2-135m-instruct" + REASONING_SUFFIX


def today() -> datetime.date:
    """The day that prices and shutdowns are compared with. Tests replace it."""
    return datetime.date.today()


def model_table() -> dict:
    """The whole of models.json, with the user's file (SAMPLERS_MODEL_TABLE) merged over it.

    Do not change it: it is read once. Every row has every field; None: not known. ValueError for a
    user's file that is missing, is no JSON, or has a field that the table does not have.
    """
    path = os.environ.get(VARIABLE, "").strip()
    if not path:
        return _shipped()

    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise ValueError(_no_json(path, getattr(error, "strerror", None) or error)) from None
    return _merged(path, (status.st_mtime_ns, status.st_size))


def model_row(name: str, ours: bool = False) -> dict | None:
    """The model's row, by its name or an alias; None for a model that is not known.

    `ours`: it is one of our own endpoint, where each name that ends in REASONING_SUFFIX is the
    profile of a reasoning model.
    """
    if not isinstance(name, str):
        return None
    table = model_table()
    models = table["models"]
    if ours and name.endswith(REASONING_SUFFIX):
        return models.get(name) or models[PROFILE]
    return models.get(name) or models.get(table["aliases"].get(name))


def most(row: dict, name: str) -> int | None:
    """The greatest `name` ("n" or "top_logprobs") of a model: None without a limit that we know.

    Where it is not known, the lowest that was measured on a model of the same provider.
    """
    if row[name] is not None:
        return row[name]
    return model_table()["lowest_measured"].get(row["provider"], {}).get(name)


def encoding_of(name: str) -> str | None:
    """How the model's tokens are made, such as "o200k_base"; None if that is not known.

    A snapshot and a fine-tuned model have the encoding of the model that they come from.
    """
    row = model_row(name)
    if row is not None and row["encoding"]:
        return row["encoding"]

    for beginning, encoding in model_table()["encodings"].items():
        if f"{_without_tuning(name)}-".startswith(beginning):
            return encoding
    return None


def undated(name: str) -> str:
    """The name without a snapshot's date and without what fine-tuning adds.

    gpt-4o-mini for ft:gpt-4o-mini-2024-07-18:org::id. A snapshot can have a price of its own.
    """
    return SNAPSHOT.sub("", _without_tuning(name))


def price_on(row: dict, day: str) -> dict | None:
    """The price that applies on a day (YYYY-MM-DD), by its `from`; None if none is known."""
    begun = [price for price in _by_date(row) if (price["from"] or "") <= day]
    return begun[-1] if begun else None


def price_today(row: dict) -> dict | None:
    """The price that applies today; the first that is known if the clock is behind all of them."""
    prices = _by_date(row)
    return price_on(row, str(today())) or (prices[0] if prices else None)


def days_left(row: dict) -> int | None:
    """The days until the model is shut down, 0 or less if it is; None if no date is known."""
    if row["shutdown_date"] is None:
        return None
    return (datetime.date.fromisoformat(row["shutdown_date"]) - today()).days


def is_alive(row: dict) -> bool:
    """Whether the model is not shut down yet."""
    left = days_left(row)
    return left is None or left > 0


def _by_date(row: dict) -> list[dict]:
    return sorted(row["prices"] or (), key=lambda price: price["from"] or "")


def _without_tuning(name: str) -> str:
    return name.split(":")[1] if name.startswith("ft:") else name


@cache
def _shipped() -> dict:
    text = files("samplers.wire").joinpath("models.json").read_text(encoding="utf-8")
    return _complete(json.loads(text))


@cache
def _merged(path: str, version: tuple[int, int]) -> dict:
    """The table with the user's file over it. `version`: when that was written last, its size."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            own = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(_no_json(path, error)) from None

    check_table(own, f"{VARIABLE} ({path})")
    shipped = _shipped()
    models = dict(shipped["models"])
    for name, fields in (own.get("models") or {}).items():
        models[name] = models.get(name, {}) | fields
        if not models[name].get("provider"):
            raise ValueError(f"{VARIABLE} ({path}): model {name!r} must have a provider")

    default = own.get("default_model") or shipped["default_model"]
    if default not in models:
        raise ValueError(f"{VARIABLE} ({path}): default_model must be a model of the table")
    return _complete(shipped | {"models": models, "default_model": default})


def _no_json(path: str, problem) -> str:
    return f"{VARIABLE} must name a JSON file, got {shown(path)} ({problem})"


def _complete(table: dict) -> dict:
    """The table with every field in every row, None where nothing is known."""
    row_fields = dict.fromkeys(FIELDS["row"])
    price_fields = dict.fromkeys(FIELDS["price"])
    models = {}
    for name, row in table["models"].items():
        prices = row.get("prices")
        if prices is not None:
            prices = [price_fields | price for price in prices]
        models[name] = row_fields | row | {"prices": prices}
    return table | {"models": models}
