"""A coloured text as HTML: nothing of a model's becomes markup, and it stands in for the PNG."""

from html.parser import HTMLParser

from example_scores import ODDITIES, PARTLY, WHOLE

from samplers.lab import plot_text, plot_texts


class Reader(HTMLParser):
    """What a browser would find: its elements, with their attributes, and its text by class."""

    def __init__(self, html: str):
        super().__init__()
        self.elements = []
        self.texts = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag: str, kind: str | None = None) -> list[dict]:
        return [a for t, a in self.elements if t == tag and kind in (None, a.get("class"))]


def test_a_token_says_what_was_expected_there():
    buttons = Reader(plot_text(WHOLE).html).all("input")
    assert [button["aria-label"] for button in buttons] == [
        "The; nothing is known of it",
        "␣cat; surprise 0.7 nats (p = 0.500); entropy before it 1.5 nats; "
        "most probable here: ␣cat 0.500, ␣dog 0.300",
        "␣zz; surprise ∞ nats (p = 0); entropy before it 0.2 nats; "
        "most probable here: ␣sat 0.900, ␣ran 0.050",
        ".; surprise 0.0 nats (p = 1.000); entropy before it 0.0 nats; most probable here: . 1.000",
    ]


def test_the_level_is_told_by_colour_and_by_a_line():
    tokens = Reader(plot_text(PARTLY, by="entropy").html).all("span", "token")[:3]
    assert [token["data-level"] for token in tokens] == ["3", "5", "3"]
    assert "linear-gradient" in tokens[0]["style"]
    assert "linear-gradient" not in tokens[2]["style"]


def test_without_the_stylesheet_the_text_alone_is_left():
    """Of a notebook that it does not trust, JupyterLab keeps `hidden` only with a value."""
    page = Reader(plot_text(WHOLE).html)
    buttons, popups = page.all("input"), page.all("span", "popup")
    assert len(buttons) == len(popups) == len(WHOLE)
    assert all(attributes["hidden"] == "hidden" for attributes in buttons + popups)


def test_dollars_are_no_formula():
    """MathJax passes over such elements: 3, which JupyterLab has, and 2.7, which nbconvert has."""
    [(tag, attributes), *_] = Reader(plot_text(ODDITIES).html).elements
    assert tag == "div"
    assert {"mathjax_ignore", "tex2jax_ignore"} <= set(attributes["class"].split())


def test_jupyterlab_leaves_the_arrow_keys_to_the_tokens():
    """It looks at the element that has the focus before it looks at those around it."""
    buttons = Reader(plot_text(WHOLE).html).all("input")
    assert all(button["data-lm-suppress-shortcuts"] == "true" for button in buttons)


def test_what_a_model_writes_stays_text():
    expected = set(dict(Reader(plot_text(WHOLE).html).elements))
    page = Reader(plot_texts({"<script>alert(2)</script>": ODDITIES}, title="<i>&").html)
    assert {tag for tag, _ in page.elements} <= expected | {"br", "wbr"}
    assert all(not name.startswith("on") for _, a in page.elements for name in a)
    written = "".join(page.texts)
    for text in ("<script>alert(1)</script>", "onerror=alert(1)>", "<script>alert(2)</script>"):
        assert text in written
    assert "\u202e" not in written


def test_two_texts_are_two_groups_also_when_shown_twice():
    def names():
        page = Reader(plot_texts({"a": WHOLE, "b": WHOLE}).html)
        return {button["name"] for button in page.all("input")}

    assert len(names() | names()) == 4


def test_nothing_is_loaded_and_nothing_runs():
    html = plot_text(ODDITIES).html
    tags = {tag for tag, _ in Reader(html).elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "form"}
    assert "url(" not in html
    assert "@import" not in html


def test_a_notebook_shows_the_html_and_has_the_picture_too():
    picture = plot_text(WHOLE)
    data, metadata = picture._repr_mimebundle_()
    assert set(data) == {"image/png", "text/html", "text/plain"}
    assert data["text/html"] == picture.html
    assert data["text/plain"] == "<Picture: What surprises the model>"
    assert metadata["image/png"]["alt"] == picture.alt
