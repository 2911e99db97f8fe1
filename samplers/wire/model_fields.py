"""The fields of the table of models, and the check of a user's own table."""

import datetime
import re

from samplers.checks import is_number, shown

WHEN = ("always", "effort none", "never")
LONG_CONTEXT = {"above", "input", "output"}
DETAILS = ("low", "high", "original")  # of a picture, beside "auto"

# {what a value must be: whether it is}
KINDS = {
    "a text": lambda value: isinstance(value, str),
    "a list of texts": lambda value: _is_list_of(value, str),
    "a list of objects": lambda value: _is_list_of(value, dict),
    "an object": lambda value: isinstance(value, dict),
    "true or false": lambda value: isinstance(value, bool),
    "an integer >= 0": lambda value: is_number(int, value) and value >= 0,
    "an integer >= 1": lambda value: is_number(int, value) and value >= 1,
    "a number >= 0": lambda value: is_number(float, value) and value >= 0,
    "a date, YYYY-MM-DD": lambda value: is_date(value),
    "'always', 'effort none' or 'never'": lambda value: value in WHEN,
    "a rule for images, as in models.json": lambda value: _is_image_rule(value),
    "{'above', 'input', 'output'}, numbers >= 0": lambda value: _is_long_context(value),
}
# {object: {field: its kind}}, in a row's order
FIELDS = {
    "table": {"models": "an object", "default_model": "a text"},
    "row": {
        "provider": "a text",
        "simulated": "true or false",
        "context": "an integer >= 1",
        "max_input": "an integer >= 1",
        "max_output": "an integer >= 1",
        "encoding": "a text",
        "shutdown_date": "a date, YYYY-MM-DD",
        "replacement": "a text",
        "efforts": "a list of texts",
        "default_effort": "a text",
        "sampling": "'always', 'effort none' or 'never'",
        "tools": "'always', 'effort none' or 'never'",
        "refused": "a list of texts",
        "top_logprobs": "an integer >= 0",
        "n": "an integer >= 1",
        "image": "a rule for images, as in models.json",
        "prices": "a list of objects",
        "document": "an object",
        "note": "a text",
        "source": "a text",
        "date": "a date, YYYY-MM-DD",
    },
    "price": {
        "from": "a date, YYYY-MM-DD",
        "currency": "a text",
        "input": "a number >= 0",
        "cached_input": "a number >= 0",
        "cache_write": "a number >= 0",
        "output": "a number >= 0",
        "batch_input": "a number >= 0",
        "batch_cached_input": "a number >= 0",
        "batch_cache_write": "a number >= 0",
        "batch_output": "a number >= 0",
        "long_context": "{'above', 'input', 'output'}, numbers >= 0",
    },
}


def check_table(table, place: str) -> None:
    """ValueError for a table with an unknown field or a wrong value; `place`: whose table it is."""
    _check_object(table, "table", place)
    for name, row in (table.get("models") or {}).items():
        _check_object(row, "row", f"{place}, model {name!r}")
        for price in row.get("prices") or ():
            where = f"{place}, prices of {name!r}"
            _check_object(price, "price", where)
            if price.get("input") is None or price.get("output") is None:
                raise ValueError(f"{where} must have input and output, got {shown(price)}")


def _check_object(value, kind: str, place: str) -> None:
    """ValueError unless `value` is an object of this kind; a field may be null."""
    if not isinstance(value, dict):
        raise ValueError(f"{place} must be an object, got {shown(value)}")

    fields = FIELDS[kind]
    for name, item in value.items():
        if name not in fields:
            raise ValueError(f"{place} has no field {name!r}; it may have {', '.join(fields)}")
        if item is not None and not KINDS[fields[name]](item):
            raise ValueError(f"{place}: {name} must be {fields[name]} or null, got {shown(item)}")


def _is_list_of(value, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def is_date(value) -> bool:
    """Is it the text of a day, YYYY-MM-DD?"""
    # Python's parser takes other forms of ISO 8601, too, which do not sort as text
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_long_context(value) -> bool:
    is_whole = isinstance(value, dict) and set(value) == LONG_CONTEXT
    return is_whole and all(is_number(float, item) and item >= 0 for item in value.values())


def _is_image_rule(value) -> bool:
    """A tile's base and tokens; or the limits of some details, and a multiplier where it has one.

    A limit of None is no limit.
    """
    if not isinstance(value, dict):
        return False
    if value.get("rule") == "tile":
        return all(_is_positive(value.get(name)) for name in ("base", "tile"))

    details = [value[name] for name in DETAILS if name in value]
    return (
        value.get("rule") == "patch"
        and value.get("auto", "high") in DETAILS
        and is_number(float, value.get("multiplier", 1))
        and value.get("multiplier", 1) > 0
        and bool(details)
        and all(_is_limits(detail) for detail in details)
    )


def _is_limits(value) -> bool:
    is_whole = isinstance(value, dict) and set(value) == {"patches", "pixels"}
    return is_whole and all(item is None or _is_positive(item) for item in value.values())


def _is_positive(value) -> bool:
    return is_number(int, value) and value >= 1
