"""Make SamplersCJK.otf, the small font that draws the lessons' Chinese where no CJK font is
installed.

    pip install fonttools
    python samplers/lab/plots/fonts/subset.py NotoSansCJK-Regular.ttc

The characters kept are those of characters.txt, ASCII, CJK punctuation, kana and the full-width
forms. The source is Noto Sans CJK SC (SIL Open Font License 1.1, see OFL.txt); the family is
renamed, so that nobody takes the subset for the whole font.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection

HERE = Path(__file__).parent
FAMILY = "Samplers CJK"
ALWAYS = [
    *range(0x20, 0x7F),
    *range(0x3000, 0x3018),
    *range(0x3041, 0x30FF),
    *range(0xFF01, 0xFF5F),
    0xFFE5,
]


def main(collection) -> None:
    """Write SamplersCJK.otf beside this script."""
    font = next(
        f for f in TTCollection(collection).fonts if f["name"].getDebugName(1) == "Noto Sans CJK SC"
    )
    options = Options(
        hinting=False,
        layout_features=[],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        desubroutinize=False,
    )
    subsetter = Subsetter(options)
    subsetter.populate(
        unicodes={*ALWAYS, *map(ord, (HERE / "characters.txt").read_text("utf-8"))} - {ord("\n")}
    )
    subsetter.subset(font)
    names = {1: FAMILY, 3: f"{FAMILY};subset", 4: FAMILY, 6: "SamplersCJK"}
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    top = font["CFF "].cff.topDictIndex[0]
    font["CFF "].cff.fontNames = ["SamplersCJK"]
    top.FullName = top.FamilyName = FAMILY
    font["head"].modified = font["head"].created  # the same input gives the same bytes
    font.recalcTimestamp = False
    font.save(HERE / "SamplersCJK.otf")


if __name__ == "__main__":
    main(sys.argv[1])
