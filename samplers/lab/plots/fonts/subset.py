"""Make SamplersCJK.otf, which draws the lessons' Chinese where no CJK font is installed.

    pip install fonttools
    python samplers/lab/plots/fonts/subset.py NotoSansCJK-Regular.ttc

It keeps the characters of characters.txt, ASCII, CJK punctuation, kana and the full-width forms.
The source is Noto Sans CJK SC (SIL Open Font License 1.1, see OFL.txt). The family gets a name of
its own, so that nobody takes the subset for the whole font.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

HERE = Path(__file__).parent
FAMILY = "Samplers CJK"
ALWAYS = {
    *range(0x20, 0x7F),
    *range(0x3000, 0x3018),
    *range(0x3041, 0x30FF),
    *range(0xFF01, 0xFF5F),
    0xFFE5,
}


def main(collection: str) -> None:
    """Write SamplersCJK.otf beside this script."""
    fonts = TTCollection(collection).fonts
    font = next(f for f in fonts if f["name"].getDebugName(1) == "Noto Sans CJK SC")

    characters = (HERE / "characters.txt").read_text("utf-8").replace("\n", "")
    options = Options(
        hinting=False,
        layout_features=[],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        desubroutinize=False,
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=ALWAYS | set(map(ord, characters)))
    subsetter.subset(font)

    _rename(font)
    font["head"].modified = font["head"].created  # the same input gives the same bytes
    font.recalcTimestamp = False
    font.save(HERE / "SamplersCJK.otf")


def _rename(font: TTFont) -> None:
    """Give the font our family name, in both tables that hold one."""
    names = {1: FAMILY, 3: f"{FAMILY};subset", 4: FAMILY, 6: "SamplersCJK"}
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]

    cff = font["CFF "].cff
    cff.fontNames = ["SamplersCJK"]
    cff.topDictIndex[0].FullName = FAMILY
    cff.topDictIndex[0].FamilyName = FAMILY


if __name__ == "__main__":
    main(sys.argv[1])
