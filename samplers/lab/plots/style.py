"""How every picture looks: colours, hatches, and fonts with Chinese glyphs.

Okabe & Ito, "Color Universal Design", 2008: colour-blind readers can tell these colours apart, too.
No meaning rests on colour alone: what is removed is crossed, what is gathered is hatched, what
gained has a triangle and a plus sign.
"""

from functools import cache, wraps
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from samplers.lab.arguments import checked

BLACK = "#1a1a1a"
GREY = "#6b6b6b"
PALE = "#d4d4d4"
BLUE = "#0072B2"
SKY = "#56B4E9"
GREEN = "#009E73"
ORANGE = "#E69F00"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"

# curves differ in dashes and markers, too
CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
DASHES = ("-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)), (0, (1, 3)), (0, (8, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

BEFORE = {"facecolor": PALE, "edgecolor": GREY, "linewidth": 0.6}
AFTER = {"facecolor": BLUE, "edgecolor": BLUE, "linewidth": 0.6}
REMOVED = {"facecolor": "white", "edgecolor": VERMILION, "linewidth": 0.6, "hatch": "xxxx"}
REST_BEFORE = {"facecolor": "white", "edgecolor": GREY, "linewidth": 0.6, "hatch": "////"}
REST_AFTER = {"facecolor": "white", "edgecolor": BLUE, "linewidth": 0.6, "hatch": "////"}

BUNDLED = Path(__file__).parent / "fonts" / "SamplersCJK.otf"
# For glyphs of real tokens that the lessons do not need; those that are installed come after ours.
SYSTEM_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Noto Sans Symbols2",
    "Segoe UI Symbol",
    "Arial Unicode MS",
)


@cache
def families() -> tuple[str, ...]:
    """Font families in the order of preference: DejaVu Sans, ours, then what this machine has."""
    font_manager.fontManager.addfont(str(BUNDLED))
    installed = {font.name for font in font_manager.fontManager.ttflist}
    system = [family for family in SYSTEM_FAMILIES if family in installed]
    return ("DejaVu Sans", "Samplers CJK", *system)


@cache
def fonts() -> tuple:
    """The fonts of `families()`, opened; get_char_index(code point) is 0 if a font has no glyph."""
    properties = (font_manager.FontProperties(family=family) for family in families())
    return tuple(font_manager.get_font(font_manager.findfont(p)) for p in properties)


@cache
def settings() -> dict:
    """Matplotlib settings of all our pictures."""
    return {
        "axes.axisbelow": True,
        "axes.edgecolor": GREY,
        "axes.labelcolor": BLACK,
        "axes.linewidth": 0.8,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlesize": 10.5,
        "axes.unicode_minus": True,
        "figure.constrained_layout.h_pad": 0.08,
        "figure.constrained_layout.w_pad": 0.08,
        "figure.facecolor": "white",
        "figure.titlesize": 11,
        "font.family": list(families()),
        "font.size": 10,
        "grid.color": "#e6e6e6",
        "grid.linewidth": 0.8,
        "hatch.linewidth": 0.7,
        "legend.fontsize": 9,
        "legend.frameon": False,
        "lines.linewidth": 2,
        "text.color": BLACK,
        "text.parse_math": False,
        "xtick.color": GREY,
        "xtick.labelcolor": BLACK,
        "xtick.labelsize": 9,
        "ytick.color": GREY,
        "ytick.labelcolor": BLACK,
        "ytick.labelsize": 10,
        "ytick.major.size": 0,
    }


def styled(draw):
    """Decorator: `draw` runs under our settings; the learner's own matplotlib settings stay.

    Its arguments are `checked` first.
    """

    @wraps(draw)
    def inner(*args, **kwargs):
        with mpl.rc_context(settings()):
            return draw(*args, **kwargs)

    return checked(inner)


def no_tick_past_one(ax: Axes) -> None:
    """Where the axis goes on past 1, as room for numbers, it has no ticks: it is of probability."""
    if ax.get_xlim()[1] > 1:
        ax.set_xticks([tick for tick in ax.get_xticks() if 0 <= tick < 1 + 1e-9])


def rounded(x: float, y: float, width: float, height: float, facecolor: str) -> FancyBboxPatch:
    """A box with round corners, in the axes' units (inches)."""
    return FancyBboxPatch(
        (x, y),
        width,
        height,
        boxstyle="round,pad=0,rounding_size=0.05",
        facecolor=facecolor,
        edgecolor=GREY,
        linewidth=0.6,
    )
