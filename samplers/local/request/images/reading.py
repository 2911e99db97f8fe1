"""The images of a request are read, and the model gets their text in the messages."""

from itertools import groupby

from samplers.local.engine.images.decode import BadImage
from samplers.local.engine.images.reader import ImageText, NotLoaded, NotRead
from samplers.local.engine.model import ServedModel
from samplers.local.request.errors import bad_request, overloaded, wrong_value
from samplers.local.request.images.part import DETAILS, ImagePart
from samplers.local.request.senses import OCR, READING, not_loaded, require


async def read_images(
    model: ServedModel, messages: list[dict]
) -> tuple[list[dict], tuple[ImageText, ...]]:
    """Checked messages with each image's text in its place, and what was read of each image.

    ApiError 400 for an image that cannot be read, 501 without OCR, 503 if many others wait.
    """
    images: list[ImageText] = []
    with_texts = []
    for message in messages:
        pieces = []
        for kind, parts in groupby(message.get("parts", ()), type):
            if kind is str:  # texts are joined as in a message without images
                pieces.append("".join(parts))
                continue
            for part in parts:
                images.append(await _read(model, part))
                pieces.append(_sentence(len(images), images[-1]))
        content = "\n".join(pieces) if pieces else message["content"]
        with_texts.append({"role": message["role"], "content": content})

    return with_texts, tuple(images)


async def _read(model: ServedModel, part: ImagePart) -> ImageText:
    place = part.place
    detail = part.detail
    if detail == "original" and not model.reasoning:
        place = place.removesuffix("url") + "detail"
        raise wrong_value(place, detail, [name for name in DETAILS if name != "original"])
    if detail == "auto":  # as of gpt-5.5, the same as original
        detail = "original" if model.reasoning else "high"

    require(READING, OCR, place)
    try:
        return await model.images.read(part.data, detail)
    except BadImage as error:
        raise bad_request(str(error), place, error.code) from None
    except NotLoaded as error:
        raise not_loaded(READING, str(error), place) from None
    except NotRead as error:
        raise overloaded(f"{error} Please try again later.") from None


def _sentence(number: int, image: ImageText) -> str:
    """What the model reads in the place of an image."""
    if not image.lines:
        return f"[image {number}: no text was found in it]"
    text = "\n".join(text for text, _ in image.lines)
    # of six wordings the one with which SmolLM2 most often answered from the text
    return f'[image {number}: "{text}" (text only, by OCR)]'
