"""The images of a request's body, and the tokens that they count.

A part is {"type": "image_url", "image_url": {"url", "detail"}} in Chat, and in Responses
{"type": "input_image", "image_url": URL, "detail"}, there in the output of a function call, too.
"""

from samplers.api.images import image_size
from samplers.wire.images import image_tokens
from samplers.wire.secret import shown

# Of an image whose model or size is not known: the budget of patches that many models have.
LIKELY_TOKENS = 1536
# What holds the parts of a message, or of an item of Responses.
HOLDERS = ("content", "output")


def images_of(messages) -> list[dict]:
    """{"url", "detail"} of each image part of messages or items."""
    images = [_image(part) for message in messages for _, part in parts_of(message)]
    return [image for image in images if image is not None]


def without_data(messages) -> list:
    """The messages or items with the URL of each image left out."""
    return [_without_data(message) for message in messages]


def parts_of(message) -> list[tuple[str, object]]:
    """(holder, part) of each part of a message or item, whichever of HOLDERS has it."""
    fields = message if isinstance(message, dict) else {}
    lists = [(name, fields[name]) for name in HOLDERS if isinstance(fields.get(name), list)]
    return [(name, part) for name, parts in lists for part in parts]


def priced_tokens(model: str, image: dict) -> int:
    """The tokens of an image. ValueError unless it is in the request and the model has a rule."""
    url = image.get("url")
    size = image_size(url) if isinstance(url, str) else None
    if size is None:
        raise ValueError(
            "an image must be in the request, as a data URL, in a paid call: else its price has no "
            f"bound, got {shown(url)}"
        )
    return image_tokens(model, *size, image.get("detail") or "auto").tokens


def likely_tokens(model, image: dict) -> int:
    """The same, or LIKELY_TOKENS where they are not known."""
    try:
        return priced_tokens(model, image)
    except ValueError:
        return LIKELY_TOKENS


def _without_data(message):
    emptied: dict[str, list] = {}
    for name, part in parts_of(message):
        emptied.setdefault(name, []).append(_emptied(part))
    return message | emptied if emptied else message


def _image(part) -> dict | None:
    """The image of a part that is one."""
    kind = part.get("type") if isinstance(part, dict) else None
    image = part.get("image_url") if kind in ("image_url", "input_image") else None
    if kind == "input_image" and isinstance(image, str):
        return {"url": image, "detail": part.get("detail")}
    return image if kind == "image_url" and isinstance(image, dict) else None


def _emptied(part):
    image = _image(part)
    if image is None:
        return part
    return part | {"image_url": "" if part["type"] == "input_image" else image | {"url": ""}}
