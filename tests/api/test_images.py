"""An image as a part of a message: made from a file, sent, priced."""

from base64 import b64decode
from decimal import Decimal
from io import BytesIO

import pytest
from example_images import file_of, part_of, user, written
from PIL import Image

from samplers.api import image_part, images
from samplers.api.images import image_size
from samplers.api.limits.tokens import tokens_of
from samplers.api.pricing.bound import upper_bound
from samplers.api.pricing.images import LIKELY_TOKENS

SCREEN = image_part(file_of(Image.new("1", (1920, 1080))), "high")
MINI = {"model": "gpt-4o-mini", "max_tokens": 1}


def bound_of(part: dict, **fields) -> Decimal:
    return upper_bound(MINI | {"messages": user("a", part)} | fields)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_from_a_path_and_from_bytes(kind, tmp_path):
    """The name says nothing: the content does."""
    data = file_of(written(), kind)
    path = tmp_path / "image.txt"
    path.write_bytes(data)
    part = image_part(path, "low")
    assert part == image_part(str(path), "low") == image_part(data, "low")
    assert part == part_of(data, "low", f"data:image/{kind.lower()};base64")


def test_a_phones_jpeg_is_a_jpeg():
    data = file_of(written(), "MPO", save_all=True, append_images=[written("DEPTH")])
    assert image_part(data)["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert image_part(data)["image_url"]["detail"] == "auto"


def image_of(part: dict) -> Image.Image:
    """The image of a part, which must be a JPEG."""
    head, _, data = part["image_url"]["url"].partition(",")
    assert head == "data:image/jpeg;base64"
    return Image.open(BytesIO(b64decode(data)))


def test_a_phones_photo_is_reduced():
    """It stands upright afterwards. 2 MB go as they are; what follows a JPEG's end is no matter."""
    exif = Image.Exif()
    exif[0x0112] = 6  # the file's left is the photo's top
    photo = Image.new("RGB", (3000, 2400), "white")
    photo.paste("black", (0, 0, 1500, 2400))
    data = file_of(photo, "JPEG", exif=exif).ljust(2 << 20, b"x")
    assert image_of(image_part(data)).size == (3000, 2400)

    image = image_of(image_part(data + b"x"))
    assert image.size == (1638, 2048)
    assert image.getpixel((800, 1000)) < (20, 20, 20)
    assert image.getpixel((800, 1050)) > (235, 235, 235)
    assert not image.getexif()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "L"])
def test_a_large_screenshot_is_reduced(mode, monkeypatch):
    """What is transparent becomes white: here all but the letters, where the mode can have it."""
    monkeypatch.setattr(images, "MOST_BYTES", 0)
    can_be_clear = mode in ("RGBA", "LA")
    screen = written(mode="RGBA", paper=(0, 0, 0, 0)) if can_be_clear else written()
    image = image_of(image_part(file_of(screen.convert(mode)), "high"))
    assert image.size == (300, 60)
    assert image.getpixel((0, 0)) > (250, 250, 250)


def test_what_is_sent_as_it_is(monkeypatch):
    """At detail "original"; and what would lose its frames or its colours."""
    monkeypatch.setattr(images, "MOST_BYTES", 0)
    moving = file_of(written("ONE"), "GIF", save_all=True, append_images=[written("TWO")])
    of_16_bits = file_of(Image.new("I;16", (9, 9)))
    for data, detail in ((file_of(written()), "original"), (moving, "high"), (of_16_bits, "high")):
        url = image_part(data, detail)["image_url"]["url"]
        assert b64decode(url.partition(",")[2]) == data


def test_a_large_file_that_is_broken(monkeypatch):
    monkeypatch.setattr(images, "MOST_BYTES", 0)
    with pytest.raises(ValueError, match="source must be a whole image, got a broken one"):
        image_part(file_of(written(), "JPEG")[:-300])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((b"no image",), "source must be an image in one of PNG, JPEG, WEBP, GIF"),
        ((file_of(written(), "BMP"),), "source must be an image"),
        ((None,), "source must be a path or a file's bytes, got None"),
        ((file_of(written()), "huge"), "detail must be one of low, high, auto, original, got 'hug"),
        ((file_of(written()), None), "detail must be one of"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        image_part(*arguments)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        image_part(tmp_path / "none.png")


def test_the_size_is_that_after_turning():
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = image_part(file_of(written(), "JPEG", exif=exif))
    assert image_size(turned["image_url"]["url"]) == (60, 300)
    assert image_size(SCREEN["image_url"]["url"]) == (1920, 1080)
    broken = image_part(file_of(written(), "JPEG", exif=b"Exif\x00\x00broken"))
    assert image_size(broken["image_url"]["url"]) == (300, 60)
    for url in ("", "data:", "data:image/png;base64,xyz", "https://a.b/c.png"):
        assert image_size(url) is None


def test_a_budget_holds_its_tokens_and_not_its_bytes():
    """36,835 tokens of 1920x1080 on gpt-4o-mini, at 0.15 USD a million, and some for the text."""
    tokens = bound_of(SCREEN) / Decimal("0.15") * 1_000_000
    assert 36_835 < tokens < 36_835 + 300
    low = image_part(file_of(written()), "low")
    assert 2_833 < bound_of(low) / Decimal("0.15") * 1_000_000 < 2_833 + 300


@pytest.mark.parametrize(
    ("part", "fields", "message"),
    [
        (part_of(b"x"), {}, "an image must be in the request, as a data URL, in a paid call"),
        ({"type": "image_url", "image_url": {"url": "https://a.b/c.png"}}, {}, "its price has no"),
        ({"type": "image_url", "image_url": {}}, {}, "its price has no bound, got None"),
        (SCREEN, {"model": "gpt-5.6-sol"}, "detail must be one whose tokens are known"),
    ],
)
def test_an_image_without_a_price_is_refused(part, fields, message):
    with pytest.raises(ValueError, match=message):
        bound_of(part, **fields)


def test_a_limiter_counts_its_tokens_too():
    text = {"model": "gpt-4o", "messages": user("a", {"type": "text", "text": ""}), "max_tokens": 1}
    image = text | {"messages": user("a", SCREEN)}
    assert 1_105 < tokens_of(image) - tokens_of(text) < 1_105 + 100
    assert tokens_of(image | {"model": "gpt-4x"}) - tokens_of(image) == LIKELY_TOKENS - 1_105
