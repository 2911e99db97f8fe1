"""A short notebook with every widget of the kit, for the tests in JupyterLab."""

from pathlib import Path

import nbformat
from lab_page import Lab, menu, opened, wait_until_all_ran
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from samplers.lab.publish.learner import KERNEL

EXPLORER = """from samplers import Distribution
from samplers.lab import explore

five = Distribution.from_probs({"好": 0.6, "很": 0.2, "不错": 0.1, "超级": 0.05, "极": 0.05})
explorer = explore(five, temperature=1.5)
explorer"""
LONG = "A paragraph.\n\n" * 80  # so high that the explorers above and below are not shown together
LIVE = """from samplers.api import connect

live = explore(connect("local"), "Hello")
live"""
STEPPER = """import numpy as np
from samplers.lab import step_through

step_through(lambda ids: 9 * np.eye(3)[(len(ids) - 1) % 3], [0], vocabulary=["a", "b", "c"])"""
VALUES = "print(explorer.temperature.value, explorer.seed.value, explorer.drawn is not None)"


def ran(browser, lab: Lab, name: str, **options):
    """A page with such a notebook, saved as `name` in the lab's folder, all run."""
    cells = [new_code_cell(EXPLORER), new_markdown_cell(LONG)]
    cells += [new_code_cell(source) for source in (LIVE, STEPPER, VALUES)]
    notebook = new_notebook(cells=cells, metadata=KERNEL)
    (lab.folder / name).write_text(nbformat.writes(notebook), "utf-8")

    page = opened(browser, lab, name, **options)
    menu(page, "Run", "Run All Cells")
    wait_until_all_ran(page)
    page.locator(".tree").wait_for(state="attached")
    return page


def add_cells(path: Path, *sources: str) -> None:
    """Add code cells at the end of a notebook."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += [new_code_cell(source) for source in sources]
    path.write_text(nbformat.writes(notebook), "utf-8")
