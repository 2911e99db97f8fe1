"""The parts of a content: of a message, or of a call's output.

The two steps of a wrong type are OpenAI's: a type that no content has, and one that this content
has not (2026-08-31, gpt-5.6-terra, third-party).
"""

from collections.abc import Mapping

from samplers.local.dialects.responses.request.records import ANNOTATION, LOGPROB
from samplers.local.request.checks import Check, array, one_of, only_fields, required, string
from samplers.local.request.errors import (
    bad_request,
    missing,
    unknown,
    unsupported,
    wrong_type,
    wrong_value,
)
from samplers.local.request.images.data_url import image_bytes
from samplers.local.request.images.part import DETAILS

KINDS = (
    *("input_text", "input_image", "input_audio", "output_text", "refusal", "input_file"),
    *("computer_screenshot", "summary_text", "encrypted_content"),
)
CONTENT = "one of an array of objects or string"  # what a content should be, in OpenAI's words
BREAKPOINT = "prompt_cache_breakpoint"


def _breakpoint(name: str, value: dict) -> None:
    """Where a client wants the cache to begin: this one begins anywhere, so it changes nothing."""
    if value.get(BREAKPOINT) is not None:
        place = f"{name}.{BREAKPOINT}"
        given = only_fields(place, value[BREAKPOINT], "mode", "ttl")
        one_of("explicit")(f"{place}.mode", required(place, given, "mode"))
        if given.get("ttl") is not None:
            one_of("30m", "12h")(f"{place}.ttl", given["ttl"])


def _input_text(name: str, value: dict) -> dict:
    only_fields(name, value, "type", "text", BREAKPOINT)
    _breakpoint(name, value)
    text = string()(f"{name}.text", required(name, value, "text"))
    return {"type": "input_text", "text": text}


def _input_image(name: str, value: dict) -> dict:
    only_fields(name, value, "type", "image_url", "file_id", "detail", BREAKPOINT)
    _breakpoint(name, value)
    if value.get("file_id") is not None:
        raise unsupported(f"{name}.file_id", " Send the image in 'image_url', as a data URL.")
    detail = value.get("detail")
    if detail is not None:
        one_of(*DETAILS)(f"{name}.detail", detail)
    place = f"{name}.image_url"
    url = string()(place, required(name, value, "image_url"))
    image_bytes(place, url)
    return {"type": "input_image", "image_url": url, "detail": detail or "auto"}


def _output_text(name: str, value: dict) -> dict:
    only_fields(name, value, "type", "text", "annotations", "logprobs", "parsed")
    if value.get("parsed") is not None:  # the SDK's own, which it does not send
        raise unknown(f"{name}.parsed")
    text = string()(f"{name}.text", required(name, value, "text"))
    return {
        "type": "output_text",
        "text": text,
        "annotations": _list(ANNOTATION, f"{name}.annotations", value.get("annotations")),
        "logprobs": _list(LOGPROB, f"{name}.logprobs", value.get("logprobs")),
    }


def _list(check: Check, name: str, value) -> list:
    return [] if value is None else array(check, 0, of=" of objects")(name, value)


def _refusal(name: str, value: dict) -> dict:
    only_fields(name, value, "type", "refusal")
    refusal = string()(f"{name}.refusal", required(name, value, "refusal"))
    return {"type": "refusal", "refusal": refusal}


def _not_here(name: str, value: dict):
    message = f"Invalid content type. {value['type']} is not supported by this model."
    raise bad_request(message, f"{name}.type", "unsupported_value")


_OF_INPUT = {
    "input_text": _input_text,
    "input_image": _input_image,
    "input_file": _not_here,
    "scoped_content": _not_here,
    "input_audio": _not_here,
}
_OF_OUTPUT = {"output_text": _output_text, "refusal": _refusal}
_OF_RESULT = {"input_text": _input_text, "input_image": _input_image, "input_file": _not_here}


def _part(kinds: Mapping[str, Check]) -> Check:
    def check(name: str, value) -> dict:
        if not isinstance(value, dict):
            raise wrong_type(name, "an object", value)
        if "type" not in value:
            raise missing(f"{name}.type")
        kind = value["type"]
        if not isinstance(kind, str) or kind not in {*KINDS, *kinds}:
            raise wrong_value(f"{name}.type", kind if isinstance(kind, str) else "", KINDS)
        if kind not in kinds:
            raise wrong_value(name, kind, kinds)
        return kinds[kind](name, value)

    return check


def _content(kinds: Mapping[str, Check], of_text) -> Check:
    def check(name: str, value) -> list[dict]:
        if isinstance(value, str):
            return [of_text(name, value)]
        if not isinstance(value, list):
            raise wrong_type(name, CONTENT, value)
        return array(_part(kinds), 0)(name, value)

    return check


def _as_input(name: str, text: str) -> dict:
    return {"type": "input_text", "text": text}


def _as_output(name: str, text: str) -> dict:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


INPUT_CONTENT = _content(_OF_INPUT, _as_input)  # of a user's, a system's, a developer's message
OUTPUT_CONTENT = _content(_OF_OUTPUT, _as_output)  # of an assistant's
_RESULT = _content(_OF_RESULT, _as_input)


def result(name: str, value) -> str | list[dict]:
    """A call's output: a text, which stays one, or parts."""
    return value if isinstance(value, str) else _RESULT(name, value)
