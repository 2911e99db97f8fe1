"""The content of OpenAI's messages as Anthropic's blocks."""

import re
from collections.abc import Collection

from samplers.api.dialects.anthropic.leftovers import say_rest
from samplers.api.dialects.checks import dict_at, list_at, one_of, text_at
from samplers.wire.secret import shown

IMAGES = ("image/jpeg", "image/png", "image/gif", "image/webp")
_DATA_URL = re.compile(r"data:([^;,]*)(?:;[^;,]*)*;base64,(.+)", re.IGNORECASE | re.DOTALL)


def blocks(content, place: str, kinds: Collection[str], lost: list[str]) -> list[dict]:
    """A message's `content` (a text, a list of parts, or None) as blocks.

    Anthropic refuses texts that are empty or blank, so there is no block for one. `kinds`: the
    types of parts that this role may have; ValueError for others.
    """
    if content is None:
        return []
    if isinstance(content, str):
        return text_block(content, place, lost)

    found = []
    for i, part in enumerate(list_at(content, place)):
        found += _block(dict_at(part, f"{place}[{i}]"), f"{place}[{i}]", kinds, lost)
    return found


def text_block(text: str, place: str, lost: list[str]) -> list[dict]:
    """A list with the text's block, without one for an empty or blank text."""
    if text.strip():
        return [{"type": "text", "text": text}]
    if text:
        lost.append(f"{place}: Anthropic takes no blank text; {text!r:.40} is left out.")
    return []


def _block(part: dict, place: str, kinds: Collection[str], lost: list[str]) -> list[dict]:
    kind = one_of(part.get("type"), kinds, f"{place}.type")
    say_rest(part, ("type", kind), place, lost, "Anthropic's block")
    if kind in ("text", "refusal"):
        if kind == "refusal":
            lost.append(f"{place}: Anthropic has no part for a refusal; it is sent as text.")
        return text_block(text_at(part.get(kind), f"{place}.{kind}"), place, lost)
    if kind == "image_url":
        return [_image(part, place, lost)]
    return [_document(part, place, lost)]


def _image(part: dict, place: str, lost: list[str]) -> dict:
    image = dict_at(part.get("image_url"), f"{place}.image_url")
    if image.get("detail") not in (None, "auto"):
        lost.append(f"{place}.image_url.detail: Anthropic has no level of detail; left out.")

    place = f"{place}.image_url.url"
    url = text_at(image.get("url"), place)
    if url.lower().startswith(("https://", "http://")):
        return {"type": "image", "source": {"type": "url", "url": url}}
    kind, data = _data_of(url, place)
    kind = "image/jpeg" if kind == "image/jpg" else kind
    one_of(kind, IMAGES, place)
    return {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}}


def _document(part: dict, place: str, lost: list[str]) -> dict:
    file = dict_at(part.get("file"), f"{place}.file")
    place = f"{place}.file.file_data"
    if file.get("file_id") is not None:
        raise ValueError(
            f"{place} must hold the file, got a file_id: Anthropic cannot read OpenAI's files"
        )
    kind, data = _data_of(text_at(file.get("file_data"), place), place)
    if kind != "application/pdf":
        raise ValueError(f"{place} must be application/pdf, got {shown(kind)}")

    source = {"type": "base64", "media_type": kind, "data": data}
    document = {"type": "document", "source": source}
    return document | ({"title": file["filename"]} if file.get("filename") else {})


def _data_of(url: str, place: str) -> tuple[str, str]:
    """(media type, base64 data) of a data URL."""
    match = _DATA_URL.fullmatch(url)
    if match is None:
        raise ValueError(
            f"{place} must be an address or data:TYPE;base64,DATA with data, got {url!r:.60}"
        )
    return match[1].lower(), match[2]
