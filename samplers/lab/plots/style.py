"""How every picture looks: Okabe-Ito colours, a hatch or a mark beside every colour, fonts with
Chinese glyphs.

Okabe & Ito, "Color Universal Design", 2008: the colours differ for colour-blind readers too. State
is never told by colour alone: what is removed is crossed, what is gathered is hatched, what gained
has a triangle and a plus sign.
"""

from functools import cache, wraps
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.patches import FancyBboxPatch

BLACK, GREY, PALE = "#1a1a1a", "#6b6b6b", "#d4d4d4"
BLUE, SKY, GREEN, ORANGE, VERMILION, PURPLE = (
    "#0072B2",
    "#56B4E9",
    "#009E73",
    "#E69F00",
    "#D55E00",
    "#CC79A7",
)
# curves: also told apart by dashes and markers
CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
DASHES = ("-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)), (0, (1, 3)), (0, (8, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

BEFORE = {"facecolor": PALE, "edgecolor": GREY, "linewidth": 0.6}
AFTER = {"facecolor": BLUE, "edgecolor": BLUE, "linewidth": 0.6}
REMOVED = {"facecolor": "white", "edgecolor": VERMILION, "linewidth": 0.6, "hatch": "xxxx"}
REST_BEFORE = {"facecolor": "white", "edgecolor": GREY, "linewidth": 0.6, "hatch": "////"}
REST_AFTER = {"facecolor": "white", "edgecolor": BLUE, "linewidth": 0.6, "hatch": "////"}

BUNDLED = Path(__file__).parent / "fonts" / "SamplersCJK.otf"
# Read after ours, for glyphs of real tokens that the lessons do not need. Only those installed are
# used.
SYSTEM_FAMILIES = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei",
    "WenQuanYi Zen Hei", "SimHei", "Noto Sans Symbols2", "Segoe UI Symbol", "Arial Unicode MS",
)  # fmt: skip


@cache
def families() -> tuple[str, ...]:
    """Font families in the order they are asked for a glyph: DejaVu Sans, ours, then what this
    machine has.
    """
    font_manager.fontManager.addfont(str(BUNDLED))
    installed = {f.name for f in font_manager.fontManager.ttflist}
    return ("DejaVu Sans", "Samplers CJK", *(f for f in SYSTEM_FAMILIES if f in installed))


@cache
def fonts() -> tuple:
    """The fonts of `families()`, opened: ask one for a glyph with get_char_index(code point), 0 is
    none.
    """
    properties = (font_manager.FontProperties(family=f) for f in families())
    return tuple(font_manager.get_font(font_manager.findfont(p)) for p in properties)


@cache
def settings() -> dict:
    """Matplotlib settings of all our pictures."""
    return {
        "font.family": list(families()), "font.size": 10, "text.parse_math": False, "text.color": BLACK,
        "axes.edgecolor": GREY, "axes.labelcolor": BLACK, "axes.linewidth": 0.8, "axes.axisbelow": True,
        "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 10.5, "axes.titlelocation": "left",
        "axes.unicode_minus": True, "xtick.color": GREY, "ytick.color": GREY, "xtick.labelcolor": BLACK,
        "ytick.labelcolor": BLACK, "xtick.labelsize": 9, "ytick.labelsize": 10, "ytick.major.size": 0,
        "grid.color": "#e6e6e6", "grid.linewidth": 0.8, "hatch.linewidth": 0.7, "lines.linewidth": 2,
        "legend.frameon": False, "legend.fontsize": 9, "figure.facecolor": "white", "figure.titlesize": 11,
        "figure.constrained_layout.w_pad": 0.08, "figure.constrained_layout.h_pad": 0.08,
    }  # fmt: skip


def styled(draw):
    """Decorator: run `draw` under our settings, and leave the learner's own matplotlib settings
    alone.
    """

    @wraps(draw)
    def inner(*args, **kwargs):
        with mpl.rc_context(settings()):
            return draw(*args, **kwargs)

    return inner


def rounded(x: float, y: float, width: float, height: float, facecolor: str) -> FancyBboxPatch:
    """A box with round corners around a token, in the axes' units (inches)."""
    shape = "round,pad=0,rounding_size=0.05"
    return FancyBboxPatch(
        (x, y), width, height, boxstyle=shape, facecolor=facecolor, edgecolor=GREY, linewidth=0.6
    )
