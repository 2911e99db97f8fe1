"""The tokens of a picture, against OpenAI's examples and the table made by its rules."""

import pytest

from samplers.wire.images import ImageTokens, image_tokens

SIZES = ((1024, 1024), (1920, 1080), (2048, 4096))


@pytest.mark.parametrize(
    ("model", "detail", "expected"),
    [
        ("gpt-4o", "high", (765, 1105, 1105)),
        ("gpt-4.1", "high", (765, 1105, 1105)),
        ("gpt-4o-mini", "high", (25501, 36835, 36835)),
        ("o3", "high", (675, 975, 975)),
        ("gpt-5", "high", (630, 910, 910)),  # 70 + 4 * 140, 70 + 6 * 140
        ("gpt-5.2", "high", (1024, 1508, 1458)),
        ("gpt-5.4", "high", (1024, 2040, 2048)),
        ("gpt-5.5", "high", (1024, 2040, 2048)),
        ("gpt-5.4", "original", (1024, 2040, 8192)),
        ("gpt-5.6", "original", (1024, 2040, 8192)),
        ("gpt-4o", "low", (85, 85, 85)),
        ("gpt-4o-mini", "low", (2833, 2833, 2833)),
        ("o3", "low", (75, 75, 75)),
    ],
)
def test_the_same_pictures_at_each_family(model, detail, expected):
    for size, tokens in zip(SIZES, expected, strict=True):
        assert image_tokens(model, *size, detail).tokens == tokens
        assert image_tokens(model, *size[::-1], detail).tokens == tokens


def test_openais_own_example_of_patches():
    assert image_tokens("gpt-5.2", 1800, 2400) == ImageTokens(1452, 1056, 1408, 32, 33, 44)
    # 1,452 * 1.62 is 2,352.24
    assert image_tokens("gpt-5-mini", 1800, 2400) == ImageTokens(2353, 1056, 1408, 32, 33, 44)


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("gpt-4.1-mini", 1659),  # 1,024 * 1.62 = 1,658.88
        ("gpt-5-mini", 1659),
        ("gpt-5.4-mini", 1659),
        ("gpt-4.1-nano", 2520),  # 1,024 * 2.46 = 2,519.04
        ("gpt-5-nano", 2520),
        ("gpt-5.4-nano", 2520),
        ("o4-mini", 1762),  # 1,024 * 1.72 = 1,761.28
    ],
)
def test_the_factor_belongs_to_the_model(model, tokens):
    assert image_tokens(model, 1024, 1024, "high").tokens == tokens


def test_a_whole_product_is_not_rounded_up():
    """In floats 150 * 1.62 is 243.00000000000003."""
    assert image_tokens("gpt-5-mini", 15 * 32, 10 * 32).tokens == 243


def test_a_snapshot_has_its_models_own_rule():
    """C61: 4,096 squared is cut to 39 * 39 patches on the mini, to 50 * 50 beside it."""
    for name in ("gpt-5.4-mini", "gpt-5.4-mini-2026-03-17"):
        assert image_tokens(name, 4096, 4096, "high") == ImageTokens(2465, 1248, 1248, 32, 39, 39)
    assert image_tokens("gpt-5.4", 4096, 4096, "high").tokens == 2500
    assert image_tokens("ft:gpt-4o-mini-2024-07-18:org::id", 9, 9, "low").tokens == 2833


def test_the_tiles_of_a_screenshot():
    assert image_tokens("gpt-4o", 1920, 1080, "high") == ImageTokens(1105, 1365, 768, 512, 3, 2)
    assert image_tokens("gpt-4o", 1920, 1080, "low") == ImageTokens(85, 512, 288, 512, 0, 0)


def test_a_small_picture_is_not_enlarged():
    assert image_tokens("gpt-4o", 500, 500, "high").tokens == 85 + 170
    assert image_tokens("gpt-4o", 513, 500, "high").tokens == 85 + 2 * 170
    assert image_tokens("gpt-5.2", 1, 1, "high").tokens == 1


def test_auto_is_what_the_guide_says_and_else_the_dearest():
    size = (2048, 4096)
    for model, detail in (
        ("gpt-5.5", "original"),
        ("gpt-5.6-sol", "original"),
        ("gpt-5.4", "high"),
    ):
        assert image_tokens(model, *size) == image_tokens(model, *size, detail)
    assert image_tokens("gpt-4o", *size) == image_tokens("gpt-4o", *size, "high")


def test_no_cut_is_above_its_budget():
    for width, height in ((1537, 1024), (3000, 1999), (40_000, 900), (33, 20_000), (2049, 2047)):
        for model, budget in (("gpt-5.2", 1536), ("gpt-5.4", 2500)):
            cut = image_tokens(model, width, height, "high")
            assert cut.tokens == cut.columns * cut.rows <= budget
            assert max(cut.width, cut.height) <= 2048


@pytest.mark.parametrize(
    "model", ["gpt-99-nope", "gpt-6-luna", "gpt-5.1", "gpt-5-codex-mini", None]
)
def test_a_family_whose_rule_is_not_known_is_an_error(model):
    with pytest.raises(ValueError, match="model must be one whose rule for pictures is known"):
        image_tokens(model, 100, 100, "low")


@pytest.mark.parametrize(
    ("model", "detail", "known"),
    [
        ("gpt-4o", "original", "auto, low, high"),
        ("gpt-5.4", "low", "auto, high, original"),
        ("gpt-5.6-luna", "high", "auto, original"),
        ("gpt-4o", "HIGH", "auto, low, high"),
        ("gpt-5.4", "patches", "auto, high, original"),
        ("gpt-5.4", None, "auto, high, original"),
    ],
)
def test_a_detail_without_a_known_count_is_an_error(model, detail, known):
    with pytest.raises(ValueError, match=rf"detail must be .* for {model} \({known}\), got"):
        image_tokens(model, 100, 100, detail)


@pytest.mark.parametrize("size", [(0, 1), (1, -1), (1.5, 1), (True, 1), ("9", 1)])
def test_a_picture_has_whole_pixels(size):
    with pytest.raises(ValueError, match=r"^(width|height) must be an integer >= 1"):
        image_tokens("gpt-4o", *size)
