"""Set Typst's source as a PDF/UA: tagged, with alternative texts, the same bytes each time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typst

from samplers.lab.publish.handouts import glyphs
from samplers.lab.publish.handouts.commit import Commit
from samplers.lab.publish.handouts.lines import string

TEMPLATE = Path(__file__).parent / "handout.typ"
PAPERS = {"a4": "a4", "letter": "us-letter"}


@dataclass(frozen=True)
class Sheet:
    """What every page of a handout has: the paper, the edition and the commit."""

    paper: str
    edition: str
    commit: Commit

    @property
    def footer(self) -> str:
        """The line at the foot of a page."""
        return f"Samplers · {self.edition}'s edition · MIT licence · {self.commit.date}"


def write(path: Path, title: str, source: str, sheet: Sheet, folder: Path) -> None:
    """Write the PDF of a Typst source whose pictures are in `folder`.

    ValueError with Typst's own words if it cannot be set, or would not be PDF/UA-1.
    """
    date = datetime.fromtimestamp(sheet.commit.seconds, UTC)
    begin = (
        f"#show: handout.with(title: {string(title)}, paper: {string(PAPERS[sheet.paper])}, "
        f"footer: {string(sheet.footer)}, "
        f"date: datetime(year: {date.year}, month: {date.month}, day: {date.day}))\n"
    )
    main = folder / f"{path.stem}.typ"
    main.write_text(TEMPLATE.read_text("utf-8") + begin + source, "utf-8")
    try:
        pdf = typst.compile(
            str(main),
            root=str(folder),
            font_paths=list(map(str, glyphs.FOLDERS)),
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=sheet.commit.seconds,
        )
    except typst.TypstError as error:
        raise ValueError(f"{path.name}: {error}") from error
    path.write_bytes(pdf)
