"""What several dialects check in OpenAI's request, and how they say what they cannot carry."""

import copy
import json
from collections.abc import Collection

from samplers.wire.secret import shown

# What a request means that does not name the parameter: leaving these out loses nothing.
DEFAULTS = {
    "frequency_penalty": 0,
    "logit_bias": {},
    "logprobs": False,
    "modalities": ["text"],
    "n": 1,
    "parallel_tool_calls": True,
    "presence_penalty": 0,
    "service_tier": "auto",
    "store": False,
    "top_logprobs": 0,
}


def is_default(name: str, value) -> bool:
    """Whether a parameter with this value says no more than its absence."""
    return value is None or (name in DEFAULTS and value == DEFAULTS[name])


def given(body: dict) -> dict:
    """A copy of the request with what says something: neither null nor a default."""
    return {
        name: copy.deepcopy(value) for name, value in body.items() if not is_default(name, value)
    }


def dict_at(value, place: str) -> dict:
    """`value` if it is an object; else a ValueError that names the place."""
    if not isinstance(value, dict):
        raise ValueError(f"{place} must be an object, got {shown(value)}")
    return value


def list_at(value, place: str) -> list:
    """`value` if it is an array; else a ValueError that names the place."""
    if not isinstance(value, list):
        raise ValueError(f"{place} must be an array, got {shown(value)}")
    return value


def text_at(value, place: str) -> str:
    """`value` if it is a text; else a ValueError that names the place."""
    if not isinstance(value, str):
        raise ValueError(f"{place} must be a text, got {shown(value)}")
    return value


def one_of(value, names: Collection[str], place: str) -> str:
    """`value` if it is one of the names; else a ValueError that names the place."""
    if not isinstance(value, str) or value not in names:
        raise ValueError(f"{place} must be one of {', '.join(names)}, got {shown(value)}")
    return value


def tell_rest(data: dict, known: Collection[str], place: str, why: str, lost: list[str]) -> None:
    """Names in `lost` each member that is not `known` and says something.

    `place`: where `data` stands, "" for the whole body.
    """
    for name, value in data.items():
        if name not in known and value not in (None, "", [], {}):
            lost.append(f"{place}.{name}: {why}" if place else f"{name}: {why}")


def made_id(place: str, taken: set[str]) -> str:
    """An id for the call at `place`, which is none of the `taken`: the same place, the same id."""
    numbers = "".join(char if char.isdecimal() else " " for char in place).split()
    made = "_".join(["call", *numbers])
    while made in taken:
        made += "_"
    return made


def arguments_at(value, place: str) -> dict:
    """A call's arguments as an object. An empty text, which some servers send, is {}.

    ValueError for anything else that is no JSON object.
    """
    text = as_text(value) if isinstance(value, dict) else text_at(value, place)
    arguments = json_object(text) if text.strip() else {}
    if arguments is None:
        raise ValueError(f"{place} must be a JSON object as text, got {shown(value)}")
    return arguments


def json_object(text: str) -> dict | None:
    """The JSON object that `text` is; None for all other texts."""
    try:
        value = json.loads(text, object_pairs_hook=_once_each)
        json.dumps(value, allow_nan=False)  # NaN is not JSON, and 1e999 would become Infinity
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def as_text(value) -> str:
    """A JSON value as text, as a chat.completion has a call's arguments."""
    return json.dumps(value, ensure_ascii=False)


def _once_each(pairs: list[tuple[str, object]]) -> dict:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key comes twice")
    return members
