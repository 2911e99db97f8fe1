"""How many tokens a picture counts: by tiles or by patches, as each family of models has it.

OpenAI's guide "Images and vision" (2026-07) has both rules, and the table of models says which one
a model has, with its numbers.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, isqrt

from samplers.checks import number, shown
from samplers.wire.model_fields import DETAILS
from samplers.wire.models import model_row, undated

TILE = 512  # pixels
PATCH = 32
# Before tiles are counted: the sides of the square that the picture must fit in, and its shorter.
SQUARE = 2048
SHORTER_SIDE = 768
LOW = 512  # the longest side of what a model sees at detail "low"


@dataclass(frozen=True)
class ImageTokens:
    """What a picture counts: `tokens`, and the cells that the model lays over it.

    `width`, `height`: in pixels, as the model sees the picture. `side`: of a square cell, in
    pixels; there are `columns` times `rows` of them, none at detail "low" of the tile rule.
    """

    tokens: int
    width: int
    height: int
    side: int
    columns: int
    rows: int


def image_tokens(model: str, width: int, height: int, detail: str = "auto") -> ImageTokens:
    """The tokens of a picture of `width` times `height` pixels, which are billed as input.

    "auto": the detail that OpenAI says it is the same as; where it says nothing, "high". The
    patches are multiplied by the model's factor, and the product rounded up. ValueError for a model
    whose rule is not known, and for a detail that the model's rule does not have: there is no
    number that holds for all models.
    """
    width = number(width, "width", int, 1)
    height = number(height, "height", int, 1)
    row = model_row(model) or model_row(undated(model)) if isinstance(model, str) else None
    rule = row["image"] if row is not None else None
    if rule is None:
        raise ValueError(
            f"model must be one whose rule for pictures is known, got {shown(model)}: "
            "the tokens of a picture differ from family to family"
        )

    by_tiles = rule["rule"] == "tile"
    known = ["low", "high"] if by_tiles else [name for name in DETAILS if name in rule]
    name = rule.get("auto", "high") if detail == "auto" else detail
    if name not in known:
        raise ValueError(
            f"detail must be one whose tokens are known for {model} (auto, {', '.join(known)}), "
            f"got {shown(detail)}"
        )
    if not by_tiles:
        return _patches(rule, rule[name], width, height)
    return _low(rule, width, height) if name == "low" else _tiles(rule, width, height)


def low_size(width: int, height: int) -> tuple[int, int]:
    """The size of a picture, in pixels, as a model with the tile rule sees it at detail "low"."""
    return _scaled(width, height, min(1, Fraction(LOW, max(width, height))))


def high_size(width: int, height: int) -> tuple[int, int]:
    """The same at detail "high".

    A smaller picture is not enlarged: OpenAI's guide leaves that open, its users found it so.
    Source: https://community.openai.com/t/492318.
    """
    longer, shorter = max(width, height), min(width, height)
    scale = min(1, Fraction(SQUARE, longer), Fraction(SHORTER_SIDE, shorter))
    return _scaled(width, height, scale)


def _low(rule: dict, width: int, height: int) -> ImageTokens:
    return ImageTokens(rule["base"], *low_size(width, height), TILE, 0, 0)


def _tiles(rule: dict, width: int, height: int) -> ImageTokens:
    width, height = high_size(width, height)
    columns = ceil(width / TILE)
    rows = ceil(height / TILE)
    tokens = rule["base"] + columns * rows * rule["tile"]
    return ImageTokens(tokens, width, height, TILE, columns, rows)


def _patches(rule: dict, limits: dict, width: int, height: int) -> ImageTokens:
    """`limits`: the most `patches`, and the most `pixels` of a side; None for no limit."""
    if limits["pixels"] is not None:
        scale = min(1, Fraction(limits["pixels"], max(width, height)))
        width, height = _scaled(width, height, scale)

    budget = limits["patches"]
    if budget is not None and ceil(width / PATCH) * ceil(height / PATCH) > budget:
        # the whole columns and rows of the picture of these proportions that fills the budget
        columns = isqrt(width * budget // height)
        rows = isqrt(height * budget // width)
        scale = min(Fraction(PATCH * columns, width), Fraction(PATCH * rows, height))
        width, height = _scaled(width, height, scale)

    columns = ceil(width / PATCH)
    rows = ceil(height / PATCH)
    factor = Fraction(str(rule.get("multiplier", 1)))
    return ImageTokens(ceil(columns * rows * factor), width, height, PATCH, columns, rows)


def _scaled(width: int, height: int, scale: Fraction | int) -> tuple[int, int]:
    """In whole pixels, at least one."""
    return max(1, int(width * scale)), max(1, int(height * scale))
