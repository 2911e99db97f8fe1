"""The images of a chat request's body, and the tokens that they count."""

from samplers.api.images import image_size
from samplers.wire.images import image_tokens
from samplers.wire.secret import shown

# Of an image whose model or size is not known: the budget of patches that many models have.
LIKELY_TOKENS = 1536


def images_of(messages) -> list[dict]:
    """What stands in the `image_url` of each image part."""
    return [
        part["image_url"] for message in messages for part in _parts(message) if _is_image(part)
    ]


def without_data(messages) -> list:
    """The messages with the URL of each image left out."""
    return [
        message | {"content": [_emptied(part) for part in parts]}
        if (parts := _parts(message))
        else message
        for message in messages
    ]


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


def _parts(message) -> list:
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, list) else []


def _is_image(part) -> bool:
    is_part = isinstance(part, dict) and part.get("type") == "image_url"
    return is_part and isinstance(part.get("image_url"), dict)


def _emptied(part):
    return part | {"image_url": part["image_url"] | {"url": ""}} if _is_image(part) else part
