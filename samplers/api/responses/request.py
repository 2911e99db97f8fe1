"""What goes out to Responses: a text or items, and parameters."""

import json
from collections.abc import Mapping, Sequence

from samplers.api.request import encode
from samplers.api.responses.messages import as_items, text_format
from samplers.api.responses.response import Response
from samplers.wire.secret import shown


def response_body(given, params: Mapping) -> dict:
    """A request's body in plain JSON types. `params` are not changed; None is left out.

    Chat's messages become items; see `as_items`.
    """
    fields = {name: value for name, value in params.items() if value is not None}
    return json.loads(encode({"input": _checked(given), **fields}))


def with_previous(params: dict, previous: Response | str | None) -> dict:
    """`params` with the id of the response that the request goes on from."""
    if previous is None:
        return params
    if params.get("previous_response_id") is not None:
        raise ValueError("previous_response_id must be left out beside previous, which says it")
    return {**params, "previous_response_id": id_of_response("previous", previous)}


def with_format(params: dict, response_format: dict) -> dict:
    """`params` with the schema of a `response_format` in their `text`; for an answer at once."""
    if params.get("background"):
        raise ValueError("background must be left out of parse(): client.respond takes it")
    text = {} if params.get("text") is None else params["text"]
    if not isinstance(text, Mapping) or "format" in text:
        raise ValueError(f"text must be an object without a format in parse(), got {text!r:.80}")
    return {**params, "text": {**text, "format": text_format(response_format)}}


def id_of_response(name: str, value: Response | str) -> str:
    """A response's id; ValueError, with this name, for what has none."""
    found = value.id if isinstance(value, Response) else value
    if not isinstance(found, str) or not found:
        raise ValueError(f"{name} must be a Response with an id, or the id, got {shown(value)}")
    return found


def _checked(given) -> str | list[dict]:
    if isinstance(given, str):
        return given
    is_list = isinstance(given, Sequence) and not isinstance(given, bytes | bytearray)
    if not is_list or not all(isinstance(item, Mapping) for item in given):
        raise ValueError(f"input must be a str or a list of items, got {given!r:.200}")
    return as_items(given) if given else []
