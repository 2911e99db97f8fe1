"""Small lessons that show explorers, made without a kernel, and a page with nothing else on it."""

import base64
import json
from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook, new_output

from samplers.lab.publish.execute import tidy
from samplers.lab.publish.offline import fragment, script
from samplers.lab.publish.offline.stored import explorers_of, store


def lesson(path: Path, *explorers) -> Path:
    """Store a master at `path` whose cells "cell-0", "cell-1" and so on show these explorers."""
    cells = []
    kept = []
    for n, explorer in enumerate(explorers):
        data, metadata = explorer._repr_mimebundle_()
        output = new_output("execute_result", data=data, metadata=metadata, execution_count=n)
        cell = new_code_cell("explorer", id=f"cell-{n}", outputs=[output])
        cells.append(cell)
        kept += explorers_of(cell, *as_nbclient_has_it(explorer.widget))
    notebook = new_notebook(cells=cells)
    tidy(notebook, path.stem)
    path.write_text(json.dumps(notebook), "utf-8")
    store(path, kept)
    return path


def as_nbclient_has_it(widget) -> tuple[dict, dict]:
    """A widget's state, and apart from it the bytes in it, as they come from a kernel."""
    state = widget.get_state()
    logits = {"data": base64.b64encode(state.pop("logits")).decode()}
    return {widget.model_id: state}, {widget.model_id: {("logits",): logits}}


def cells_of(master: Path) -> list[str]:
    """The ids of a lesson's code cells."""
    cells = json.loads(master.read_text("utf-8"))["cells"]
    return [cell["id"] for cell in cells if cell["cell_type"] == "code"]


def offline_page(master: Path) -> str:
    """A page with a lesson's explorers; it follows the system's theme."""
    figures = [fragment(master, cell) or "" for cell in cells_of(master)]
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>A lesson</title></head><body><main><h1>A lesson</h1>
{"".join(figures)}
<p><a href="#">The end</a></p></main>
{script(master)}</body></html>"""
