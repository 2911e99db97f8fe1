"""Run the masters and store them as the repository keeps them.

`python -m samplers.lab.publish.execute notebooks/*.ipynb`

Every cell is run in a fresh kernel, in the notebook's own folder. Errors are allowed only where a
cell is tagged `raises-exception`. What changes from run to run is left out: widget state, times,
and the kernel's version. Of an output with an image/png, the widget view and the HTML are left out;
of a traceback, the frames outside the notebook, which name this machine's folders. Cells keep their
ids. A cell without an id gets one from its place. Beside the notebook, in distributions/, is kept
what its explorers show, so that a page with no kernel can move them.
"""

import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from samplers.lab.publish.learner import KERNEL
from samplers.lab.publish.offline.stored import WIDGET_VIEW, explorers_of, store

TIMEOUT = 120  # seconds per cell
IN_A_FILE = re.compile(r"(\x1b\[[\d;]*m)*File ")  # how a frame begins, in colours


def tidy(notebook: nbformat.NotebookNode, name: str) -> None:
    """Take out of `notebook`, in place, what changes from run to run; `name` begins new ids."""
    notebook.metadata = nbformat.from_dict(KERNEL)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    used = set()
    for n, cell in enumerate(notebook.cells):
        if not cell.get("id") or cell.id in used:
            cell["id"] = f"{name}-{n}"[-64:]
        used.add(cell.id)

        kept = {key: cell.metadata[key] for key in ("tags", "alt") if cell.metadata.get(key)}
        cell.metadata = nbformat.from_dict(kept)
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "image/png" in data:
                # the picture stands for them: without its state the view would show an error, and
                # GitHub takes the style out of the HTML
                data.pop(WIDGET_VIEW, None)
                data.pop("text/html", None)
            if "traceback" in output:
                frames = output["traceback"]
                output["traceback"] = [frame for frame in frames if not IN_A_FILE.match(frame)]


def execute(path: Path) -> None:
    """Run the notebook at `path`, write it back, and store its explorers beside it.

    The first unexpected error raises CellExecutionError.
    """
    notebook = nbformat.read(path, as_version=4)
    tidy(notebook, path.stem)
    explorers = []

    def keep_explorers(cell, **_) -> None:
        # at once: a later cell may move their sliders
        explorers.extend(explorers_of(cell, client.widget_state, client.widget_buffers))

    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=keep_explorers,
        record_timing=False,
        coalesce_streams=True,
    )
    client.execute()

    tidy(notebook, path.stem)
    nbformat.validate(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", "utf-8", newline="\n")
    store(path, explorers)


def main(paths: list[str]) -> int:
    """Execute each notebook named; returns the exit code."""
    if not paths:
        usage = "python -m samplers.lab.publish.execute notebooks/*.ipynb"
        print(f"name the notebooks to run: {usage}", file=sys.stderr)
        return 2
    for path in map(Path, paths):
        print(path, flush=True)
        execute(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
