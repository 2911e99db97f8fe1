"""Small images with text in them, as files and as parts of a message."""

import base64
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

TEXT = "HELLO 4711"


def written(text: str = TEXT, mode: str = "RGB", ink="black", paper="white") -> Image.Image:
    """A text of one line; "" leaves the image empty."""
    image = Image.new(mode, (300, 60), paper)
    ImageDraw.Draw(image).text((12, 8), text, fill=ink, font=ImageFont.load_default(36))
    return image


def file_of(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    """The bytes of an image's file."""
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def part_of(data: bytes, detail: str | None = None, head: str = "data:image/png;base64") -> dict:
    """A message's part with this file."""
    url = f"{head},{base64.b64encode(data).decode()}"
    fields = {"url": url} if detail is None else {"url": url, "detail": detail}
    return {"type": "image_url", "image_url": fields}


def user(*parts: dict | str) -> list[dict]:
    """A conversation of one message: texts and parts."""
    texts = [{"type": "text", "text": part} if isinstance(part, str) else part for part in parts]
    return [{"role": "user", "content": texts}]
