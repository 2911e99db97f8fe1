"""What every picture must be: a sharp PNG with a title and alternative text."""

import io

from PIL import Image

from samplers.lab import Picture


def check_picture(picture: Picture) -> None:
    """The PNG has two pixels per CSS pixel; the text has the numbers, the title has none."""
    with Image.open(io.BytesIO(picture.png)) as image:
        assert image.width == 2 * picture.width
    assert picture.alt.startswith(picture.title)
    assert any(c.isdigit() for c in picture.alt)
    assert not any(c.isdigit() for c in picture.title)
