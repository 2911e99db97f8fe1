"""An image_url part of a message, checked in form; what is in the file is seen when it is read."""

from dataclasses import dataclass

from samplers.local.request.checks import one_of, only_fields, required, string
from samplers.local.request.errors import bad_request
from samplers.local.request.images.data_url import image_bytes

MOST_IMAGES = 1500  # of a request, as OpenAI's guide has it
DETAILS = ("low", "high", "auto", "original")


@dataclass(frozen=True)
class ImagePart:
    """An image's file, its `detail`, and the `place` of its URL in the request."""

    place: str
    data: bytes
    detail: str


def image_part(name: str, value: dict, role: str) -> ImagePart:
    """The image of a part whose type is image_url. ApiError (400) unless a user sends it."""
    if role != "user":
        message, _, _ = name.rpartition(".")
        raise bad_request(
            f"Invalid '{message}'. Image URLs are only allowed for messages with role 'user', but "
            f"this message with role '{role}' contains an image URL.",
            message,
            "invalid_value",
        )

    only_fields(name, value, "type", "image_url", "prompt_cache_breakpoint")
    place = f"{name}.image_url"
    image = only_fields(place, required(name, value, "image_url"), "url", "detail")
    detail = image.get("detail")
    if detail is not None:
        one_of(*DETAILS)(f"{place}.detail", detail)
    url = string()(f"{place}.url", required(place, image, "url"))
    return ImagePart(f"{place}.url", image_bytes(f"{place}.url", url), detail or "auto")


def check_number(name: str, images: int) -> None:
    """ApiError (400) for more images than OpenAI takes in a request."""
    if images > MOST_IMAGES:
        message = f"Number of images ({images}) exceeds maximum of {MOST_IMAGES}"
        raise bad_request(message, name, "too_many_images")
