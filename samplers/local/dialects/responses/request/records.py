"""Checks of the objects inside items: only the fields that a kind has, in OpenAI's sentences."""

from collections.abc import Mapping

from samplers.local.request.checks import Check, array, integer, only_fields, string
from samplers.local.request.errors import missing, wrong_type, wrong_value


def number(name: str, value) -> float:
    """A number, whatever its size."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_type(name, "a decimal", value)
    return value


def record(fields: Mapping[str, Check]) -> Check:
    """An object that has all of these fields, and no others."""

    def check(name: str, value) -> dict:
        only_fields(name, value, *fields)
        for field in fields:
            if field not in value:
                raise missing(f"{name}.{field}")
        return {
            field: check_it(f"{name}.{field}", value[field]) for field, check_it in fields.items()
        }

    return check


def tagged(kinds: Mapping[str, Mapping[str, Check]]) -> Check:
    """An object whose "type" says which fields it has."""

    def check(name: str, value) -> dict:
        if not isinstance(value, dict):
            raise wrong_type(name, "an object", value)
        if "type" not in value:
            raise missing(f"{name}.type")
        kind = value["type"]
        if not isinstance(kind, str) or kind not in kinds:
            raise wrong_value(f"{name}.type", kind if isinstance(kind, str) else "", kinds)
        return record({"type": string(), **kinds[kind]})(name, value)

    return check


_TOKEN = {"token": string(), "bytes": array(integer(0, 255), 0), "logprob": number}
LOGPROB = record({**_TOKEN, "top_logprobs": array(record(_TOKEN), 0)})
ANNOTATION = tagged(
    {
        "file_citation": {"file_id": string(), "filename": string(), "index": integer()},
        "url_citation": {
            "end_index": integer(),
            "start_index": integer(),
            "title": string(),
            "url": string(),
        },
        "container_file_citation": {
            "container_id": string(),
            "end_index": integer(),
            "file_id": string(),
            "filename": string(),
            "start_index": integer(),
        },
        "file_path": {"file_id": string(), "index": integer()},
    }
)
SUMMARY = tagged({"summary_text": {"text": string()}})
THOUGHT = tagged({"reasoning_text": {"text": string()}})
