"""Print the lessons: `python -m samplers.lab.publish.handouts [notebooks/02*.ipynb …]`."""

import argparse
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

from samplers.lab.publish.handouts import book, lesson, page, paper, pdf
from samplers.lab.publish.handouts.commit import commit_of
from samplers.lab.publish.handouts.editions import EDITIONS
from samplers.lab.publish.handouts.pdf import Sheet
from samplers.lab.publish.handouts.tree import plain, walk

KINDS = ("pdf", "html", "book")
PAGES = ("the_document", "glossary")  # beside the lessons, in both editions
GUIDE = "instructor"  # first in the instructor's book
AT_ONCE = 2  # lessons


def tree(path: Path, edition: str, folder: Path) -> list:
    """The blocks of a lesson, or of a page of Markdown."""
    if path.suffix == ".ipynb":
        return lesson.notebook_blocks(path, edition, folder)
    return lesson.page_blocks(path, folder)


def title_of(blocks: list) -> str:
    """The text of the heading of level 1."""
    found = []
    walk(blocks, lambda it: found.append(plain(it["c"][2])) if it["t"] == "Header" else None)
    return found[0]


def print_one(path: Path, kinds: set[str], sheet: Sheet, out: Path) -> None:
    """Write the PDF and the HTML of one lesson or page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        blocks = tree(path, sheet.edition, folder)
        title = title_of(blocks)
        if "pdf" in kinds:
            known = paper.places(blocks, path.stem)
            source = paper.source(blocks, path.stem, path.parent, known)
            pdf.write(out / f"{path.stem}.pdf", title, source, sheet, folder)
        if "html" in kinds:
            page.write(out / f"{path.stem}.html", title, blocks, path, sheet, folder)


def print_book(paths: list[Path], sheet: Sheet, out: Path) -> None:
    """Write the book of these lessons and pages."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chapters = {path.stem: tree(path, sheet.edition, folder) for path in paths}
        line = f"The {sheet.footer.partition(' · ')[2]}"
        source = book.source(chapters, paths[0].parent, line)
        pdf.write(out / "samplers.pdf", "Samplers", source, sheet, folder)


def jobs(lessons: list[Path], kinds: set[str], paper_name: str, out: Path) -> list[tuple]:
    """What there is to print, as (function, arguments); the books first, as they take longest."""
    near = lessons[0].parent
    commit = commit_of(near)
    pages = [near / f"{name}.md" for name in PAGES]
    guide = near / f"{GUIDE}.md"
    books, others = [], []
    for edition in EDITIONS:
        folder = out / edition
        folder.mkdir(parents=True, exist_ok=True)
        sheet = Sheet(paper_name, edition, commit)
        beside = [path for path in pages if path.is_file()]
        front = [guide] if edition == "instructor" and guide.is_file() else []
        if "book" in kinds:
            books.append((print_book, [*front, *lessons, *beside], sheet, folder))
        for path in lessons:
            others.append((print_one, path, kinds, sheet, folder))
        if "html" in kinds:
            others += [(print_one, path, {"html"}, sheet, folder) for path in [*front, *beside]]
    return books + others


def main(argv: list[str] | None = None) -> int:
    """Print the handouts; returns the exit code."""
    args = _arguments(argv)
    kinds = {args.only} if args.only else set(KINDS)
    waiting = jobs(args.notebooks, kinds, args.paper, args.out)
    failed = 0
    with ProcessPoolExecutor(AT_ONCE) as pool:
        running = {pool.submit(*job): job for job in waiting}
        for done in tqdm(as_completed(running), total=len(running), unit="handout"):
            if error := done.exception():
                failed += 1
                tqdm.write(f"not printed: {error}", file=sys.stderr)
    return 1 if failed else 0


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m samplers.lab.publish.handouts",
        description="Print the lessons: a PDF and an HTML page each, and all of them as a book.",
    )
    parser.add_argument(
        "notebooks", type=Path, nargs="*", help="the lessons (default: all in notebooks/)"
    )
    parser.add_argument("--paper", choices=sorted(pdf.PAPERS), default="a4")
    parser.add_argument("--out", type=Path, default=Path("dist"), help="the folder (default: dist)")
    parser.add_argument("--only", choices=KINDS, help="print this form alone")
    args = parser.parse_args(argv)
    args.notebooks = args.notebooks or sorted(Path("notebooks").glob("[0-9]*.ipynb"))
    if not args.notebooks:
        parser.error("no lessons: name notebooks, or run it where notebooks/ is")
    for path in args.notebooks:
        if path.suffix != ".ipynb" or not path.is_file():
            parser.error(f"notebooks must be lessons such as notebooks/02*.ipynb, got {path}")
    return args


if __name__ == "__main__":
    sys.exit(main())
