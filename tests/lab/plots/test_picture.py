"""A picture as a value: what a notebook shows, what can be saved, and what it leaves alone."""

import json
import subprocess
import sys
from html.parser import HTMLParser

import matplotlib as mpl

from samplers.lab import Picture, plot_distribution


def test_a_notebook_shows_an_image_with_alternative_text(five):
    picture = plot_distribution(five)
    assert isinstance(picture, Picture)
    data, metadata = picture._repr_mimebundle_()
    assert set(data) == {"image/png", "text/html", "text/plain"}
    assert metadata["image/png"]["alt"] == picture.alt
    json.dumps(data)


def test_the_html_is_the_image_with_its_alternative_text():
    """JupyterLab shows this form, since it gives an image/png no alternative text."""
    page = HTMLParser()
    tags = []
    page.handle_starttag = lambda *tag: tags.append(tag)
    picture = Picture(b"png", 'Bars of "<b>" & 好', "Bars", width=640)
    page.feed(picture._repr_mimebundle_()[0]["text/html"])
    ((tag, attributes),) = tags
    assert tag == "img"
    assert dict(attributes) == {
        "alt": picture.alt,
        "width": "640",
        "src": "data:image/png;base64,cG5n",
    }


def test_a_picture_can_be_saved(tmp_path, five):
    picture = plot_distribution(five)
    assert picture.save(tmp_path / "a.png").read_bytes() == picture.png


def test_the_same_numbers_give_the_same_bytes(five):
    assert plot_distribution(five).png == plot_distribution(five).png


def test_the_learners_own_matplotlib_settings_stay(five):
    before = dict(mpl.rcParams)
    plot_distribution(five)
    assert dict(mpl.rcParams) == before


def test_pyplot_is_never_loaded():
    code = "import sys, samplers.lab; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
