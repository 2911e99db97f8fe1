"""A message's parts as Gemini's, and back: text, images, sound, files."""

from samplers.api.dialects.checks import dict_at, tell_rest, text_at
from samplers.wire.secret import shown

UPLOADED = "https://generativelanguage.googleapis.com/"  # a file of Gemini's Files API
SOUNDS = {"wav": "audio/wav", "mp3": "audio/mp3"}


def user_parts(content, place: str, lost: list[str]) -> list[dict]:
    """A user's `content`, a text or a list of parts, as Gemini's parts.

    An empty text is no part. ValueError for a part without a counterpart, such as an image at an
    address: Gemini wants its bytes.
    """
    if isinstance(content, str):
        return [{"text": content}] if content else []
    if not isinstance(content, list):
        raise ValueError(f"{place} must be a text or a list of parts, got {shown(content)}")

    parts = [user_part(part, f"{place}[{i}]", lost) for i, part in enumerate(content)]
    return [part for part in parts if part != {"text": ""}]


def user_part(part, place: str, lost: list[str]) -> dict:
    """One part of a user's message."""
    kind = dict_at(part, place).get("type")
    tell_rest(part, ("type", kind), place, "Gemini's parts have no such field.", lost)
    if kind == "text":
        return {"text": text_at(part.get("text"), f"{place}.text")}
    if kind == "image_url":
        return _image(dict_at(part.get("image_url"), f"{place}.image_url"), place, lost)
    if kind == "input_audio":
        sound = dict_at(part.get("input_audio"), f"{place}.input_audio")
        if sound.get("format") not in SOUNDS:
            here = f"{place}.input_audio.format"
            raise ValueError(f"{here} must be wav or mp3, got {shown(sound.get('format'))}")
        return _inline(SOUNDS[sound["format"]], sound.get("data"), f"{place}.input_audio.data")
    if kind == "file":
        file = dict_at(part.get("file"), f"{place}.file")
        if file.get("filename") is not None:
            lost.append(f"{place}.file.filename: Gemini's inlineData has no name.")
        return _from_data_url(file.get("file_data"), f"{place}.file.file_data")
    raise ValueError(
        f"{place}.type must be text, image_url, input_audio or file, got {shown(kind)}"
    )


def _image(image: dict, place: str, lost: list[str]) -> dict:
    if image.get("detail", "auto") != "auto":
        lost.append(f"{place}.image_url.detail: Gemini has mediaResolution instead; left out.")
    url = image.get("url")
    if isinstance(url, str) and url.startswith(UPLOADED):
        return {"fileData": {"fileUri": url}}
    return _from_data_url(url, f"{place}.image_url.url")


def _from_data_url(url, place: str) -> dict:
    head, comma, data = text_at(url, place).partition(",")
    kind = head[len("data:") :]
    if head[: len("data:")].lower() != "data:" or not comma or not kind.endswith(";base64"):
        raise ValueError(
            f"{place} must be a data URL with base64, since Gemini takes the bytes: "
            f"got {shown(url)}"
        )
    return _inline(kind.partition(";")[0].lower(), data, place)


def _inline(kind: str, data, place: str) -> dict:
    return {"inlineData": {"mimeType": kind, "data": text_at(data, place)}}


def openai_part(part, place: str, lost: list[str]) -> dict:
    """One of Gemini's parts of a user's turn as OpenAI's. ValueError for one without a counterpart.

    Text, and the bytes of an image, of sound, and of other files.
    """
    kinds = ("text", "inlineData", "fileData", "functionResponse")
    tell_rest(dict_at(part, place), kinds, place, "OpenAI's parts have no such field.", lost)
    if isinstance(part.get("text"), str):
        return {"type": "text", "text": part["text"]}
    if isinstance(part.get("fileData"), dict):
        return {"type": "image_url", "image_url": {"url": part["fileData"].get("fileUri")}}

    inline = part.get("inlineData")
    if not isinstance(inline, dict):
        raise ValueError(f"{place} must be text, inlineData or fileData, got {shown(part)}")
    kind = text_at(inline.get("mimeType"), f"{place}.inlineData.mimeType")
    data = text_at(inline.get("data"), f"{place}.inlineData.data")
    for name, sound in SOUNDS.items():
        if kind == sound:
            return {"type": "input_audio", "input_audio": {"data": data, "format": name}}

    url = f"data:{kind};base64,{data}"
    if kind.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": url}}
    return {"type": "file", "file": {"file_data": url}}
