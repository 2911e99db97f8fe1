"""Make the learner's notebooks from the masters: `python -m samplers.lab.publish.learner notebooks/
[--check]`.

A master holds exercise and solution, each in a tagged cell:

- `exercise`: the stub and its check, `answer = ...` and `check("02-half-temperature", answer)`; it prints "Your turn".
- `solution`: the cell or cells after it, the answer and the same check (code), or why it is so (Markdown).
- `instructor`: notes for who teaches.

The learner's copy, notebooks/learner/NAME.ipynb, has no `solution` and no `instructor` cells, no
outputs and no execution counts. Where a code solution has no exercise cell before it, an empty cell
"# Your answer" takes its place. Cell ids stay; relative links get one more "../", but for links
between lessons. The same masters give the same bytes. `--check` writes nothing: it names each
stale, missing or surplus copy on stderr and exits 1 if there is one.
"""

import argparse
import re
import sys
from copy import deepcopy
from pathlib import Path

import nbformat

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
          "language_info": {"name": "python"}}  # fmt: skip
LINK = re.compile(r"""(\]\(|\]:\s+|(?:src|href)=["'])(?!\w+:|/|#)([^)\s"'>]+)""")


def tags(cell) -> set[str]:
    """The cell's tags."""
    return set(cell.metadata.get("tags", ()))


def move_links(text: str, lessons: set[str]) -> str:
    """Relative links as they must read one folder deeper; links to other lessons stay, for they
    have copies too.
    """
    return LINK.sub(
        lambda m: m[1] + (m[2] if m[2].partition("#")[0] in lessons else f"../{m[2]}"), text
    )


def learner_copy(master: nbformat.NotebookNode, lessons: set[str]) -> nbformat.NotebookNode:
    """The learner's notebook of one master; the master is not changed."""
    cells, after_exercise = [], False
    for cell in master.cells:
        if "solution" in tags(cell):
            if cell.cell_type == "code" and not after_exercise:
                cells.append(
                    nbformat.v4.new_code_cell(
                        "# Your answer\n", id=cell.id, metadata={"tags": ["exercise"]}
                    )
                )
                after_exercise = True  # one empty cell for a solution of several
            continue
        after_exercise = "exercise" in tags(cell)
        if "instructor" in tags(cell):
            continue
        copy = deepcopy(cell)  # with its id, and a Markdown cell's attachments
        copy.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if tags(cell) else {})
        if copy.cell_type == "code":
            copy.outputs, copy.execution_count = [], None
        else:
            copy.source = move_links(cell.source, lessons)
        cells.append(copy)
    return nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)


def copies(folder: Path) -> dict[Path, str]:
    """{path of each learner's notebook: its text}, for the masters in `folder`."""
    masters = sorted(folder.glob("*.ipynb"))
    lessons = {m.name for m in masters}
    return {
        folder / "learner" / m.name: nbformat.writes(
            learner_copy(nbformat.read(m, as_version=4), lessons)
        )
        + "\n"
        for m in masters
    }


def main(argv=None) -> int:
    """Write the copies, or with --check say which are stale; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m samplers.lab.publish.learner", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "folder", type=Path, help="where the masters are; the copies go to its folder learner/"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing, exit 1 if a copy is stale"
    )
    args = parser.parse_args(argv)
    if not args.folder.is_dir():
        parser.error(f"folder must be a folder with notebooks, got {args.folder}")
    wanted = copies(args.folder)
    surplus = set((args.folder / "learner").glob("*.ipynb")) - set(wanted)
    stale = [p for p, text in wanted.items() if not p.exists() or p.read_text("utf-8") != text]
    if args.check:
        for path in sorted([*stale, *surplus]):
            print(
                f"stale: {path} (run: python -m samplers.lab.publish.learner {args.folder})",
                file=sys.stderr,
            )
        return 1 if stale or surplus else 0
    (args.folder / "learner").mkdir(exist_ok=True)
    for path in stale:
        path.write_text(wanted[path], "utf-8", newline="\n")
    for path in surplus:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
