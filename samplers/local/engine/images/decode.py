"""From an image's file to its pixels, in the size in which it is read. Pillow does the work."""

import warnings
from io import BytesIO

from samplers.wire.images import SQUARE, high_size, low_size

DETAILS = ("low", "high", "original")
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
# Of the decoded image, so that a small file cannot fill the memory; a photo has 12 to 50 million.
MOST_PIXELS = 50_000_000
# Pixels that are read at any detail, as many as 1920x1080 has: OCR of so many takes 0.8 GB.
MOST_READ = 1920 * 1080
INVALID = (
    "The image data you provided does not represent a valid image. Please check your input and try "
    "again."
)
UNSUPPORTED = (
    "You uploaded an unsupported image. Please make sure your image has of one the following "
    "formats: ['png', 'jpeg', 'gif', 'webp']."
)
MOVING = f"{UNSUPPORTED} An image with several frames is not supported."


class BadImage(Exception):
    """An image that cannot be read, now or later. `code` is OpenAI's name for what is wrong."""

    def __init__(self, message: str, code: str):
        super().__init__(message)
        self.code = code


def decode(data: bytes):
    """The whole image, upright, as Pillow's RGB. BadImage for one that is not OpenAI's to take.

    The format is what the content is, whatever the data URL says.
    """
    from PIL import Image, UnidentifiedImageError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's of large images: MOST_PIXELS is our own bound
        try:
            image = Image.open(BytesIO(data), formats=FORMATS)
            _check(image)
            return _rgb(_upright(image))  # which decodes all; opening reads the header alone
        except UnidentifiedImageError:
            raise BadImage(UNSUPPORTED, "invalid_image_format") from None
        except Image.DecompressionBombError:
            raise _too_large() from None
        except BadImage:
            raise
        except Exception:  # Pillow's decoders raise nearly anything at a broken file
            raise BadImage(INVALID, "image_parse_error") from None


def _check(image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise _too_large()
    # MPO: a phone's JPEG that carries a second picture, such as a map of depths
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise BadImage(MOVING, "invalid_image_format")


def _too_large() -> BadImage:
    message = f"The image is too large: this endpoint reads images of at most {MOST_PIXELS} pixels."
    return BadImage(message, "image_too_large")


def _upright(image):
    """Turned as its EXIF says. EXIF that is broken does not make the image so."""
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image


def _rgb(image):
    from PIL import Image, ImageChops

    if image.mode == "CMYK" and "adobe" not in image.info:
        image = ImageChops.invert(image)  # Pillow takes all for inverted, as Adobe's are
    if image.mode.startswith("I"):  # 16 bits of grey, which Pillow would cut off at 255
        image = image.point(lambda value: value / 257).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")

    image = image.convert("RGBA")
    paper = Image.new("RGBA", image.size, _paper(image))
    return Image.alpha_composite(paper, image).convert("RGB")


def _paper(image) -> str:
    """What stands out against the visible pixels of an RGBA image: white, or black for light."""
    from PIL import ImageStat

    alpha = image.getchannel("A")
    if not alpha.getbbox():
        return "white"
    return "black" if ImageStat.Stat(image.convert("L"), alpha).mean[0] > 127 else "white"


def read_size(width: int, height: int, detail: str) -> tuple[int, int]:
    """The size in which an image of `width` times `height` pixels is read; it is never enlarged.

    low: no side over 512 pixels. high: inside 2048x2048, and the shorter side at most 768, as
    OpenAI's models with the tile rule see it. original: no side over 2048. Each has at most
    MOST_READ pixels.
    """
    if detail == "low":
        return low_size(width, height)
    if detail == "high":
        return high_size(width, height)
    scale = min(1, SQUARE / max(width, height), (MOST_READ / (width * height)) ** 0.5)
    return max(1, int(width * scale)), max(1, int(height * scale))
