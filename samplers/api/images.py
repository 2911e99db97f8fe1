"""Images as parts of a message: made from a file, and their size in pixels."""

import base64
import binascii
from io import BytesIO
from pathlib import Path

from samplers.wire.secret import shown

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
DETAILS = ("low", "high", "auto", "original")
MOST_BYTES = 2 << 20  # of a file that is sent as it is; base64 makes a third more of it
LONGEST_SIDE = 2048  # pixels; OpenAI's models make a larger image so small, except at "original"
REDUCED_MODES = ("RGB", "RGBA", "L", "LA", "P")  # Pillow's; it would change other kinds' colours
ORIENTATION = 0x0112  # EXIF's number for it
ON_ITS_SIDE = (5, 6, 7, 8)


def image_part(source: str | Path | bytes, detail: str = "auto") -> dict:
    """A message's part with the image in it, as a data URL: `source` is a path, or a file's bytes.

        client.chat([{"role": "user", "content": [
            {"type": "text", "text": "What is written here?"}, image_part("receipt.png")]}])

    A file of at most 2 MB is sent as it is, and so is any file at detail "original". A larger one,
    such as a phone's photo, is made a JPEG of at most 2048 pixels a side first, as the local
    endpoint takes requests of up to 4 MB; what is transparent becomes white. `detail`: low, high,
    auto, or original for models that have it.

    ValueError for a file that is no PNG, JPEG, WEBP or GIF, and for a broken one that would have
    to be reduced; OSError for one that cannot be read.
    """
    if detail not in DETAILS:
        raise ValueError(f"detail must be one of {', '.join(DETAILS)}, got {shown(detail)}")
    if isinstance(source, str | Path):
        data = Path(source).read_bytes()
    elif isinstance(source, bytes | bytearray):
        data = bytes(source)
    else:
        raise ValueError(f"source must be a path or a file's bytes, got {shown(source)}")

    image = _opened(data)
    if image is None:
        raise ValueError(
            f"source must be an image in one of {', '.join(FORMATS)} (save a phone's HEIC as "
            f"JPEG), got {shown(source)}"
        )
    name = "jpeg" if image.format == "MPO" else image.format.lower()
    if len(data) > MOST_BYTES and detail != "original" and _can_be_reduced(image):
        try:
            data = _reduced(image)
            name = "jpeg"
        except Exception as problem:  # Pillow raises nearly anything at a broken file
            raise ValueError(f"source must be a whole image, got a broken one: {problem}") from None
    url = f"data:image/{name};base64,{base64.b64encode(data).decode()}"
    return {"type": "image_url", "image_url": {"url": url, "detail": detail}}


def image_size(url: str) -> tuple[int, int] | None:
    """Width and height in pixels, upright, of the image in a data URL; None if it has none."""
    head, _, data = url.partition(",")
    if not head.lower().startswith("data:"):
        return None
    try:
        image = _opened(base64.b64decode(data))
    except (binascii.Error, ValueError):
        return None
    if image is None:
        return None
    return image.size[::-1] if _orientation(image) in ON_ITS_SIDE else image.size


def _opened(data: bytes):
    """The image as Pillow opens it, which reads its header alone; None for no image."""
    from PIL import Image  # here: few requests have images

    try:
        return Image.open(BytesIO(data), formats=FORMATS)
    except Exception:  # Pillow raises nearly anything at a broken file
        return None


def _can_be_reduced(image) -> bool:
    is_moving = image.format != "MPO" and getattr(image, "is_animated", False)
    return image.mode in REDUCED_MODES and not is_moving


def _reduced(image) -> bytes:
    """The image as a JPEG: upright, no side over LONGEST_SIDE."""
    from PIL import Image, ImageOps

    size = (LONGEST_SIDE, LONGEST_SIDE)
    image.draft("RGB", size)  # a JPEG is decoded at about that size at once
    if _orientation(image) is not None:
        image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)

    image = image.convert("RGB")
    image.thumbnail(size)
    file = BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


def _orientation(image) -> int | None:
    try:
        return image.getexif().get(ORIENTATION)
    except Exception:  # broken EXIF: then nothing turns the image
        return None
