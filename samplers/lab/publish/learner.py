"""Make the learner's notebooks from the masters.

`python -m samplers.lab.publish.learner notebooks/ [--check]`

A master holds exercises and solutions in tagged cells:

- `exercise`: the stub and its check, `answer = ...` and `check("02-ratio", answer)`. The check
  prints "Your turn".
- `solution`: the cell or cells after it, with the answer and the same check (code), or with the
  reason (Markdown).
- `instructor`: notes for teachers.
- `test`: what proves the lesson: assertions, and moves of a slider or a stepper.

The learner's copy, notebooks/learner/NAME.ipynb, has no `solution`, `instructor` or `test` cells,
no outputs and no execution counts. Where no exercise cell stands before a code solution, an empty
cell "# Your answer" takes the solution's place. Cell ids stay. Relative links get one more "../",
except links between lessons. The same masters give the same bytes.

`--check` writes nothing. It names each stale, missing or surplus copy on stderr, and exits with 1
if there is one.
"""

import argparse
import re
import sys
from copy import deepcopy
from pathlib import Path

import nbformat

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
LEFT_OUT = {"instructor", "test"}  # and solutions, which may leave a place for an answer
LINK = re.compile(r"""(\]\(|\]:\s+|(?:src|href)=["'])(?!\w+:|/|#)([^)\s"'>]+)""")


def tags(cell: nbformat.NotebookNode) -> set[str]:
    """The cell's tags."""
    return set(cell.metadata.get("tags", ()))


def move_links(text: str, lessons: set[str]) -> str:
    """`text` with relative links as they must read one folder deeper.

    Links to other lessons stay, because these have copies in that folder.
    """

    def moved(link: re.Match) -> str:
        before, target = link.groups()
        is_lesson = target.partition("#")[0] in lessons
        return before + (target if is_lesson else f"../{target}")

    return LINK.sub(moved, text)


def learner_copy(master: nbformat.NotebookNode, lessons: set[str]) -> nbformat.NotebookNode:
    """The learner's notebook of one master; the master is not changed."""
    cells = []
    has_place = False  # for the answer: an exercise cell, or an empty one

    for cell in master.cells:
        if "solution" in tags(cell):
            if cell.cell_type == "code" and not has_place:
                cells.append(_empty_cell(cell.id))
                has_place = True  # one empty cell for a solution of several
            continue
        if "test" not in tags(cell):
            has_place = "exercise" in tags(cell)
        if not tags(cell) & LEFT_OUT:
            cells.append(_cell_copy(cell, lessons))

    return nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)


def _empty_cell(cell_id: str) -> nbformat.NotebookNode:
    metadata = {"tags": ["exercise"]}
    return nbformat.v4.new_code_cell("# Your answer\n", id=cell_id, metadata=metadata)


def _cell_copy(cell: nbformat.NotebookNode, lessons: set[str]) -> nbformat.NotebookNode:
    copy = deepcopy(cell)  # with its id, and a Markdown cell's attachments
    copy.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if tags(cell) else {})
    if copy.cell_type == "code":
        copy.outputs = []
        copy.execution_count = None
    else:
        copy.source = move_links(cell.source, lessons)
    return copy


def copies(folder: Path) -> dict[Path, str]:
    """{path of each learner's notebook: its text}, for the masters in `folder`."""
    masters = sorted(folder.glob("*.ipynb"))
    lessons = {path.name for path in masters}
    texts = {}
    for path in masters:
        copy = learner_copy(nbformat.read(path, as_version=4), lessons)
        texts[folder / "learner" / path.name] = nbformat.writes(copy) + "\n"
    return texts


def main(argv: list[str] | None = None) -> int:
    """Write the copies, or with --check report which are stale; returns the exit code."""
    args = _arguments(argv)
    learner = args.folder / "learner"
    texts = copies(args.folder)
    surplus = set(learner.glob("*.ipynb")) - set(texts)
    stale = [p for p, text in texts.items() if not p.exists() or p.read_text("utf-8") != text]

    if args.check:
        command = f"python -m samplers.lab.publish.learner {args.folder}"
        for path in sorted([*stale, *surplus]):
            print(f"stale: {path} (run: {command})", file=sys.stderr)
        return 1 if stale or surplus else 0

    learner.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(texts[path], "utf-8", newline="\n")
    for path in surplus:
        path.unlink()
    return 0


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m samplers.lab.publish.learner", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "folder", type=Path, help="where the masters are; the copies go to its folder learner/"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing, exit with 1 if a copy is stale"
    )
    args = parser.parse_args(argv)
    if not args.folder.is_dir():
        parser.error(f"folder must be a folder with notebooks, got {args.folder}")

    return args


if __name__ == "__main__":
    sys.exit(main())
