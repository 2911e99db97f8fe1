"""The request of POST /v1/moderations, checked."""

import base64
import binascii
import re
import unicodedata

from samplers.local.request.checks import array, only_fields, required, string
from samplers.local.request.errors import (
    bad_request,
    missing,
    no_such_model,
    unknown,
    wrong_body,
    wrong_type,
    wrong_value,
)

MODEL = "samplers-word-list"
FIELDS = ("input", "model")
# These are ours: OpenAI's are not known.
MOST_INPUTS = 256
MOST_LETTERS = 100_000  # of a text
MOST_IN_ALL = 1_000_000  # letters of all texts: some seconds of one processor
INPUT = "one of a string, an array of strings or an array of objects"
KINDS = ("text", "image_url")
_HTTP = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_DATA = re.compile(r"data:image/(?:gif|jpeg|png|webp);base64,(.+)", re.IGNORECASE | re.DOTALL)
BAD_URL = "expected an http(s) URL, or a base64 data URL of a PNG, JPEG, WEBP or GIF image"


def inputs(body) -> list[str | None]:
    """The text of each input; None: it has a picture alone, which nothing here looks at.

    An array of parts is one input. Of several texts it has each, and all joined, as a message joins
    them: words are looked for in both forms. ApiError (400) for the first wrong thing, (404) for
    another model than MODEL.
    """
    if not isinstance(body, dict):
        raise wrong_body(body)
    if body.get("input") is None:
        raise missing("input")
    for name in body:
        if name not in FIELDS:
            raise unknown(name, FIELDS)
    if body.get("model") is not None:
        _check_model(string()("model", body["model"]))

    value = body["input"]
    if isinstance(value, str):
        return [_text("input", value)]
    if not isinstance(value, list):
        raise wrong_type("input", INPUT, value)
    if value and isinstance(value[0], dict):
        return [_joined(array(_part, 1, MOST_INPUTS)("input", value))]
    texts = array(_text, 1, MOST_INPUTS)("input", value)
    _check_sum(texts)
    return texts


def _check_sum(texts: list[str]) -> None:
    letters = sum(map(_length, texts))
    if letters > MOST_IN_ALL:
        message = (
            f"Invalid 'input': too long. All texts together can have {MOST_IN_ALL} characters, "
            f"but these have {letters}. Send them in several requests."
        )
        raise bad_request(message, "input", "string_above_max_length")


def _length(text: str) -> int:
    """In the form in which words are looked for: there, one character can be 18."""
    return len(unicodedata.normalize("NFKC", text))


def _check_model(name: str) -> None:
    """Whoever names omni-moderation must not take the verdict of a word list for its own."""
    if name != MODEL:
        here = f"This endpoint has `{MODEL}`, a list of words: name that, or no model."
        raise no_such_model(name, here)


def _text(name: str, value) -> str:
    text = string(MOST_LETTERS)(name, value)
    if not text:
        # OpenAI's sentence from other paths; what it says on this one was not seen
        message = (
            f"Invalid '{name}': empty string. Expected a string with minimum length 1, but got an "
            "empty string instead."
        )
        raise bad_request(message, name, "empty_string")
    string(MOST_LETTERS)(name, unicodedata.normalize("NFKC", text))  # see _length
    return text


def _part(name: str, value) -> str | None:
    """A part's text; None for a picture."""
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    kind = required(name, value, "type")
    if kind == "text":
        only_fields(name, value, "type", "text")
        return _text(f"{name}.text", required(name, value, "text"))
    if kind != "image_url":
        raise wrong_value(f"{name}.type", str(kind)[:80], KINDS)

    only_fields(name, value, "type", "image_url")
    place = f"{name}.image_url"
    image = only_fields(place, required(name, value, "image_url"), "url")
    _check_url(f"{place}.url", string()(f"{place}.url", required(place, image, "url")))
    return None


def _check_url(name: str, url: str) -> None:
    data = _DATA.fullmatch(url)
    if not (_is_base64(data[1]) if data else _HTTP.fullmatch(url)):
        raise bad_request(f"Invalid '{name}': {BAD_URL}.", name, "invalid_value")


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _joined(parts: list[str | None]) -> str | None:
    images = parts.count(None)
    if images > 1:
        message = f"Number of images ({images}) exceeds maximum of 1"
        raise bad_request(message, "input", "too_many_images")
    texts = [part for part in parts if part is not None]
    if len(texts) < 2:
        return texts[0] if texts else None
    return "\n".join([*texts, _text("input", "".join(texts))])
