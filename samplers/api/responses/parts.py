"""The content of Chat's messages as Responses have it: a text, or typed parts."""

from collections.abc import Mapping

# Parts that are of Responses already.
PARTS = ("refusal", "input_text", "output_text", "input_image", "input_file")


def content_of(role: str, message: dict) -> str | list[dict]:
    """A message's content; a refusal is a part of it here. ValueError for what has no place."""
    content = message.get("content")
    refusal = message.get("refusal")
    if content is None and role == "assistant":
        content = [] if refusal else ""  # the model had nothing to say
    if not refusal:
        return _converted(role, content)
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    return [*_converted(role, parts), {"type": "refusal", "refusal": refusal}]


def output_of(message: dict) -> str | list[dict]:
    """The content of a tool's message as the output of its call."""
    return _converted("tool", message.get("content"))


def _converted(role: str, content) -> str | list[dict]:
    if isinstance(content, str):
        return content
    if not isinstance(content, list | tuple):
        raise ValueError(f"messages must have content, a str or a list, got {content!r:.80}")
    return [_part(role, part) for part in content]


def _part(role: str, part) -> dict:
    kind = part.get("type") if isinstance(part, Mapping) else None
    if kind == "text":
        name = "output_text" if role == "assistant" else "input_text"
        return {**part, "type": name}
    if kind == "image_url":
        image = part.get("image_url")
        if not isinstance(image, Mapping) or "url" not in image:
            raise ValueError(f"messages must have image_url with a url, got {part!r:.80}")
        detail = {name: value for name, value in image.items() if name != "url" and value}
        return {**part, "type": "input_image", "image_url": image["url"], **detail}
    if kind in PARTS:
        return dict(part)
    raise ValueError(f"messages must be text or images for Responses, got a part {part!r:.80}")
