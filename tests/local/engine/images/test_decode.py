"""Image files of every kind that a learner has: each decoded whole, upright, black on white."""

import random
from contextlib import suppress

import numpy as np
import pytest
from example_images import file_of, written
from PIL import Image

from samplers.local.engine.images import decode as module
from samplers.local.engine.images.decode import BadImage, decode, read_size

UPRIGHT = np.asarray(written())
# EXIF's orientation -> what undoes the turn, so that the file's pixels lie as a camera leaves them
TURNED = {
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}


def far(image) -> float:
    """How far an image is from the upright copy, of 255."""
    assert image.mode == "RGB"
    return np.abs(np.asarray(image).astype(int) - UPRIGHT).mean()


def code_of(data: bytes) -> str:
    with pytest.raises(BadImage) as caught:
        decode(data)
    return caught.value.code


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_openais_four_formats(kind):
    assert far(decode(file_of(written(), kind))) < 4


@pytest.mark.parametrize("orientation", TURNED)
def test_it_is_turned_as_its_exif_says(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = written().transpose(TURNED[orientation])
    decoded = decode(file_of(image, "JPEG", exif=exif, quality=95))
    assert decoded.size == (300, 60)
    assert far(decoded) < 4


def test_broken_exif_turns_nothing():
    assert far(decode(file_of(written(), "JPEG", exif=b"Exif\x00\x00broken"))) < 4


def test_cmyk_with_and_without_adobes_marker():
    """Adobe's are inverted and have its marker, which Pillow writes; others are neither."""
    adobe = file_of(written().convert("CMYK"), "JPEG", quality=95)
    start = adobe.index(b"\xff\xee")
    length = 2 + int.from_bytes(adobe[start + 2 : start + 4], "big")
    assert b"Adobe" in adobe[start : start + length]
    inverted = Image.eval(written().convert("CMYK"), lambda value: 255 - value)
    other = file_of(inverted, "JPEG", quality=95)
    other = other[:start] + other[start + length :]

    assert far(decode(adobe)) < 4
    assert far(decode(other)) < 4


@pytest.mark.parametrize("ink", ["black", "white"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_text_on_nothing_stands_out(ink, kind):
    image = written(mode="RGBA", ink=ink, paper=(0, 0, 0, 0))
    pixels = np.asarray(decode(file_of(image, kind)).convert("L")).astype(int)
    text = np.abs(pixels - (255 if ink == "white" else 0)) < 60
    assert 0.02 < text.mean() < 0.3
    assert np.ptp(pixels) > 200


def test_nothing_at_all_is_white():
    image = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert np.asarray(decode(file_of(image))).min() == 255


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_modes_of_png(mode):
    assert far(decode(file_of(written().convert(mode)))) < 4


def test_a_palette_with_a_transparent_colour():
    image = written(mode="P", ink=1, paper=0)
    image.putpalette([255, 255, 255, 0, 0, 0])
    assert far(decode(file_of(image, transparency=0))) < 8  # drawn without shades


def test_sixteen_bits_of_grey():
    grey = np.asarray(written().convert("L")).astype(np.uint16) * 257
    assert far(decode(file_of(Image.fromarray(grey)))) < 4
    assert np.asarray(decode(file_of(Image.fromarray(grey // 2)))).max() in (127, 128)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_moving_image_is_refused(kind):
    more = [written("TWO")]
    data = file_of(written("ONE"), kind, save_all=True, append_images=more)
    assert code_of(data) == "invalid_image_format"


def test_a_phones_jpeg_with_a_second_picture_is_none():
    data = file_of(written(), "MPO", save_all=True, append_images=[written("DEPTH")])
    assert far(decode(data)) < 4


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_truncated_file_is_refused(kind):
    noise = np.random.default_rng(1).integers(0, 255, (90, 90, 3), np.uint8)
    data = file_of(Image.fromarray(noise), kind)
    for cut in (data[:-128], data[: len(data) // 2], data[:40]):
        assert code_of(cut) == "image_parse_error" or cut == data[:40]


def test_a_truncated_file_is_refused_although_it_is_to_be_turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    noise = np.random.default_rng(1).integers(0, 255, (90, 90, 3), np.uint8)
    data = file_of(Image.fromarray(noise), "JPEG", exif=exif)
    assert decode(data).size == (90, 90)
    assert code_of(data[:-128]) == "image_parse_error"


@pytest.mark.parametrize(
    "data", [b"x", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_image_of_the_four(data):
    assert code_of(data) in ("invalid_image_format", "image_parse_error")


def test_other_formats_are_refused():
    for kind in ("BMP", "TIFF"):
        assert code_of(file_of(written(), kind)) == "invalid_image_format"


def test_a_small_file_of_many_pixels_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(module, "_rgb", None)  # never reached
    for side in (7_100, 13_400):
        data = file_of(Image.new("1", (side, side)))
        assert len(data) < 100_000
        assert code_of(data) == "image_too_large"


def test_broken_bytes_are_no_other_error():
    """A byte changed at each of many places."""
    rng = random.Random(3)
    for kind in ("PNG", "JPEG", "WEBP", "GIF"):
        data = file_of(written("A"), kind)
        for _ in range(60):
            broken = bytearray(data)
            broken[rng.randrange(len(data))] = rng.randrange(256)
            with suppress(BadImage):
                decode(bytes(broken))


@pytest.mark.parametrize(
    ("size", "detail", "read"),
    [
        ((1920, 1080), "low", (512, 288)),
        ((1920, 1080), "high", (1365, 768)),
        ((1920, 1080), "original", (1920, 1080)),
        ((2048, 4096), "high", (768, 1536)),  # OpenAI's own example
        ((300, 60), "low", (300, 60)),
        ((300, 60), "high", (300, 60)),
        ((1, 40_000), "high", (1, 2048)),
        ((40_000, 1), "original", (2048, 1)),
    ],
)
def test_how_large_it_is_read(size, detail, read):
    assert read_size(*size, detail) == read


def test_no_image_is_read_larger_than_a_screen():
    width, height = read_size(7_000, 7_000, "original")
    assert width == height
    assert 0.99 * module.MOST_READ < width * height <= module.MOST_READ
