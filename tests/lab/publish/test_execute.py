"""A small notebook with all widgets and a picture, stored by `execute`, then compared by nbval."""

import copy
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from samplers.lab.publish.execute import WIDGET_VIEW, execute, tidy
from samplers.lab.publish.offline.stored import stored as stored_explorers

ROOT = Path(__file__).parents[3]
SETUP = """import numpy as np
from samplers import Distribution, temperature
from samplers.lab import explore, plot_before_after, plot_tree, step_through
table = np.log([[0.5, 0.25, 0.25], [0.75, 0.125, 0.125], [0.25, 0.25, 0.5]])
five = Distribution.from_probs({"好": 0.6, "很": 0.2, "不错": 0.1, "超级": 0.05, "极": 0.05})"""
CELLS = [
    SETUP,
    "plot_before_after(five, temperature(five, 2))",
    "explorer = explore(five)\nexplorer",
    "explorer.temperature.value = 2\nprint(explorer.state.probs.round(3), len(explorer.kept))",
    "explorer.draw_button.click()\nprint(explorer.drawn.sum())",
    """stepper = step_through(lambda ids: table[ids[-1]], [0], vocabulary=["a", " b", "好"])
stepper""",
    """for _ in range(3):
    stepper.next_button.click()
print(stepper.path, stepper.text)""",
    """stepper.temperature.value = 0.5
stepper.forced.value = '好'
stepper.force_button.click()
print(stepper.text)""",
    """stepper.back_button.click()
assert len(stepper.tree.nodes) == 5
plot_tree(stepper.tree)""",
]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    path = tmp_path_factory.mktemp("stored") / "00_small.ipynb"
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in CELLS])
    path.write_text(nbformat.writes(notebook), "utf-8")
    execute(path)
    return path


def test_outputs_are_stored_as_pictures_with_alternative_text(stored):
    notebook = nbformat.read(stored, as_version=4)
    alts = {}
    for n in (1, 2, 5, 8):
        [output] = notebook.cells[n].outputs
        assert set(output["data"]) == {"image/png", "text/plain"}
        alts[n] = output["metadata"]["image/png"]["alt"]
        assert WIDGET_VIEW not in output["data"]
    assert all(alts.values())
    assert alts[5].startswith("The next token.")
    assert all(cell.execution_count for cell in notebook.cells)


def test_an_explorer_is_kept_as_its_cell_showed_it_not_as_a_later_cell_left_it(stored):
    notebook = nbformat.read(stored, as_version=4)
    [explorer], files = stored_explorers(stored)
    assert explorer["cell"] == notebook.cells[2].id
    assert explorer["alt"] == notebook.cells[2].outputs[0]["metadata"]["image/png"]["alt"]
    assert explorer["settings"]["temperature"] == 1
    assert explorer["drawn"] is None
    assert files[explorer["names"]].decode().split("\n") == ["好", "很", "不错", "超级", "极"]
    logits = np.frombuffer(files[explorer["logits"]], "<f8")
    np.testing.assert_allclose(np.exp(logits), [0.6, 0.2, 0.1, 0.05, 0.05], rtol=1e-12)


def test_a_picture_stands_for_its_html_and_html_alone_stays():
    both = {"image/png": "", "text/html": "<p>", "text/plain": "<Picture>"}
    table = {"text/html": "<table>", "text/plain": "a table"}
    outputs = [new_output("display_data", data=data) for data in (both, table)]
    notebook = new_notebook(cells=[new_code_cell("", outputs=outputs)])
    tidy(notebook, "a")
    kept = [set(output.data) for output in notebook.cells[0].outputs]
    assert kept == [{"image/png", "text/plain"}, {"text/html", "text/plain"}]


def test_a_traceback_names_no_folder_of_this_machine(tmp_path):
    path = tmp_path / "00_small.ipynb"
    cell = new_code_cell("import json\njson.loads('{')", metadata={"tags": ["raises-exception"]})
    path.write_text(nbformat.writes(new_notebook(cells=[cell])), "utf-8")
    execute(path)

    [error] = nbformat.read(path, as_version=4).cells[0].outputs
    text = "\n".join(error.traceback)
    assert "json.loads" in text
    assert "JSONDecodeError" in error.traceback[-1]
    assert "decoder.py" not in text


def test_nbval_passes_the_notebook_and_fails_a_cell_with_a_number_changed(stored):
    """The cell is the last one, a copy of one that says the same whenever it is run."""
    notebook = nbformat.read(stored, as_version=4)
    changed = copy.deepcopy(notebook.cells[3])
    [output] = changed.outputs
    assert "0.39 " in output.text
    output.text = output.text.replace("0.39 ", "0.38 ")
    changed.id = "changed"
    notebook.cells.append(changed)
    path = stored.with_name("01_changed.ipynb")
    nbformat.write(notebook, path)

    options = ["-q", "-rf", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env"]
    options += ["-p", "tests.conftest"]  # it leaves a picture's HTML out
    command = [sys.executable, "-m", "pytest", *options, path.name]
    known = [str(ROOT), str(ROOT / "tests/helpers"), os.environ.get("PYTHONPATH", "")]
    result = subprocess.run(
        command,
        cwd=stored.parent,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(known)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert result.returncode == 1, result.stdout[-3000:]
    failed = [line for line in result.stdout.splitlines() if line.startswith("FAILED")]
    last = ["01_changed.ipynb::Cell", str(len(CELLS))]
    assert [line.split()[1:3] for line in failed] == [last], result.stdout[-3000:]
    assert f"{len(CELLS)} passed" in result.stdout
