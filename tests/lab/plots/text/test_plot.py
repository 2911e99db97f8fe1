"""A text in colours: its numbers, its words, and what it says where little is known."""

import io
import itertools
import math
import warnings
from dataclasses import replace

import numpy as np
import pytest
from example_scores import ODDITIES, PARTLY, WHOLE, score_of
from picture_check import check_picture
from PIL import Image

from samplers.api import TokenLogprob
from samplers.lab import plot_text, plot_texts
from samplers.lab.plots.chips import LEFT, RIGHT, WIDTH
from samplers.lab.plots.style import styled
from samplers.lab.plots.text.drawing import draw_texts
from samplers.lab.plots.text.shading import (
    LEVELS,
    as_score,
    colour,
    key,
    level,
    nats,
    shaded_tokens,
    shades,
)

INF = math.inf


def test_each_is_a_png_whose_text_holds_its_numbers():
    check_picture(plot_text(WHOLE))
    check_picture(plot_text(PARTLY, by="entropy"))
    check_picture(plot_texts({"a": WHOLE, "b": PARTLY}, by="entropy"))


def test_the_data_are_the_scores_numbers():
    data = plot_text(WHOLE).data
    np.testing.assert_allclose(data["surprise"], [math.nan, math.log(2), INF, 0])
    np.testing.assert_allclose(data["low"], [math.nan, 1.5, 0.2, 0])
    np.testing.assert_allclose(data["high"], [math.nan, 1.5, 0.2, 0])
    assert data["tokens"] == WHOLE.tokens
    assert data["top"] == WHOLE.top
    assert not np.signbit(data["surprise"][-1])  # no minus zero

    both = plot_texts({"a": WHOLE, "b": PARTLY}).data
    assert both["names"] == ("a", "b")
    np.testing.assert_allclose(both["high"][1], [3, INF, 2.2])


def test_the_words_name_the_most_surprising_tokens_in_their_order():
    words = plot_text(WHOLE).alt
    assert "surprise in nats" in words
    assert "(4 tokens, ∞ nats on average)" in words
    assert "The highest: ␣cat 0.7, ␣zz ∞, . 0.0." in words
    assert "a 0.4 to 3.0, b 2.0 to ∞" in plot_text(PARTLY, by="entropy").alt


def test_a_long_text_is_not_read_out_token_by_token():
    long = score_of([b" word"] * 500, [-1.0] * 500)
    picture = plot_text(long)
    assert len(picture.alt) < 1200
    with Image.open(io.BytesIO(picture.png)) as image:
        assert image.height < 2.5 * image.width


def test_an_answers_logprobs_are_taken_too():
    others = (TokenLogprob("b", b"b", -3.0), TokenLogprob("a", b"a", math.log(0.8)))
    answer = [TokenLogprob("a", b"a", math.log(0.8), top=others), TokenLogprob("x", b"x", None)]
    data = plot_text(answer).data
    np.testing.assert_allclose(data["surprise"], [-math.log(0.8), math.nan])
    assert [label for label, _ in data["top"][0]] == ["a", "b"]
    with pytest.raises(ValueError, match="by must be 'surprise' for an answer's logprobs"):
        plot_text(answer, by="entropy")


@pytest.mark.parametrize("by", ["surprise", "entropy"])
def test_a_text_of_which_nothing_is_known_is_drawn(by):
    for score in (score_of([b"a"], [None]), score_of([], [])):
        picture = plot_text(score, by=by)
        assert "nats on average" not in picture.alt
        check_picture(picture)


def test_any_token_is_drawn_without_a_missing_glyph():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = plot_text(ODDITIES)
    assert "⟨e5 a5⟩⟨bd⟩" in picture.alt
    assert "\u202e" not in picture.alt


def test_no_token_is_drawn_beyond_the_page():
    for text in (b"W", b"@ ", b"=", "—".encode(), "用".encode()):
        boxes = boxes_of([text * 300])
        assert max(box.x1 for box in boxes) < WIDTH


def test_a_text_begins_where_its_script_begins():
    """With two tokens: the second is to the right of the first, or to its left."""
    english, following, *_ = boxes_of([b"hello", b" world"])
    assert english.x0 == LEFT < following.x0
    arabic, following, *_ = boxes_of(["مرحبا".encode(), " بالعالم".encode()])
    assert arabic.x1 == pytest.approx(RIGHT)
    assert following.x1 < arabic.x0


@styled
def boxes_of(raws: list[bytes]) -> list:
    """Where the tokens are drawn, in inches; then, where the key's boxes are."""
    tokens = shaded_tokens(score_of(raws, [-1.0] * len(raws)), "surprise")
    figure = draw_texts("", [""], [""], [tokens], "surprise")
    [collection] = figure.axes[0].collections
    outlines = collection.get_paths()[2::3]  # a colour, a line under it, an outline
    return [path.get_extents() for path in outlines]


def test_one_more_level_is_darker_and_thicker():
    assert [level(x) for x in (0, 0.49, *LEVELS, INF)] == [0, 0, 1, 2, 3, 4, 5, 5]
    greys = [_grey(colour(reached)) for reached in range(6)]
    assert all(pale - dark > 12 for pale, dark in itertools.pairwise(greys))


def test_a_level_reads_on_every_colour():
    """Contrast 4.5 : 1, WCAG 2.2, success criterion 1.4.3."""
    ink = _luminance("#1a1a1a")
    for reached in range(6):
        assert (_luminance(colour(reached)) + 0.05) / (ink + 0.05) >= 4.5


def test_bounds_on_two_levels_are_two_colours_and_the_key_says_so():
    wide, open_end, narrow = shaded_tokens(PARTLY, "entropy")
    assert shades(wide) == (0, 3)
    assert shades(open_end) == (3, 5)
    assert shades(narrow) == (3,)
    assert ((1, 3), "at least, at most") in key([wide])
    assert len(key([narrow])) == 6
    assert key(shaded_tokens(WHOLE, "entropy"))[-1] == ((), "not known")


def test_values_in_few_characters():
    assert nats(None, None) == "not known"
    assert nats(INF, INF) == "∞"
    assert nats(2.04, 1.96 + 0.05) == "2.0"
    assert nats(0.0, INF) == "0.0 to ∞"


def test_a_score_stays_as_it_is():
    assert as_score(WHOLE, "entropy") is WHOLE


def test_a_changed_probability_changes_the_picture():
    calm = replace(WHOLE, logprobs=(None, -0.1, -0.1, -0.1))
    assert plot_text(calm).png != plot_text(WHOLE).png


def _rgb(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _grey(colour: str) -> float:
    """0 to 255, as a grey printer weighs the colours (ITU-R BT.601)."""
    return float(np.dot(_rgb(colour), [0.299, 0.587, 0.114]))


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    shares = [c / 255 for c in _rgb(colour)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))
