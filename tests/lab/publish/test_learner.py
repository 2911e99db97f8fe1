"""The learner's copies: what is left out, what stays, and that a stale one is named."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from samplers.lab.publish.execute import WIDGET_VIEW, tidy
from samplers.lab.publish.learner import copies, main, move_links


def code(source, *tags, **fields):
    return new_code_cell(source, metadata={"tags": list(tags)} if tags else {}, **fields)


def markdown(source, *tags):
    return new_markdown_cell(source, metadata={"tags": list(tags)} if tags else {})


@pytest.fixture
def folder(tmp_path):
    """A master with every kind of cell, and a second one to link to."""
    ran = {"outputs": [new_output("stream", text="Correct.")], "execution_count": 3}
    cells = [
        markdown("See [two](02_two.ipynb#a), [readme](../README.md) and ![x](img/x.png)"),
        code("answer = ...\ncheck('01-a', answer)", "exercise", **ran),
        code("assert 45", "test", **ran),
        code("answer = 42\ncheck('01-a', answer)", "solution", **ran),
        markdown("Because six times seven.", "solution"),
        markdown("Ask the class first.", "instructor"),
        code("secret = 43", "solution"),
        code("more = 44", "solution"),
        code("slider.value = 46", "test"),
    ]
    (tmp_path / "01_one.ipynb").write_text(nbformat.writes(new_notebook(cells=cells)), "utf-8")
    (tmp_path / "02_two.ipynb").write_text(nbformat.writes(new_notebook()), "utf-8")
    return tmp_path


def read(folder):
    return nbformat.read(folder / "learner" / "01_one.ipynb", as_version=4)


def test_no_solution_no_notes_no_outputs(folder):
    assert main([str(folder)]) == 0
    copy = read(folder)
    text = "".join(str((c.source, c.get("outputs"))) for c in copy.cells)
    for secret in ("42", "43", "44", "45", "46", "six times", "Ask the class", "Correct."):
        assert secret not in text

    exercise, empty = copy.cells[1:]
    assert exercise.source == "answer = ...\ncheck('01-a', answer)"
    assert empty.source == "# Your answer\n"
    for cell in (exercise, empty):
        assert cell.execution_count is None
        assert not cell.outputs

    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    assert copy.metadata == {"kernelspec": kernel, "language_info": {"name": "python"}}
    nbformat.validate(copy)


def test_cells_keep_their_ids(folder):
    main([str(folder)])
    master = nbformat.read(folder / "01_one.ipynb", as_version=4)
    assert [c.id for c in read(folder).cells] == [master.cells[i].id for i in (0, 1, 6)]


def test_links_are_read_one_folder_deeper():
    moved = {
        "[a](02.ipynb)": "[a](02.ipynb)",
        "[b](../README.md#x)": "[b](../../README.md#x)",
        "![c](img/x.png)": "![c](../img/x.png)",
        "<img src='y.png'>": "<img src='../y.png'>",
        "[d](https://e.org/f)": "[d](https://e.org/f)",
        "[g](#h)": "[g](#h)",
    }
    assert move_links(" ".join(moved), {"02.ipynb"}) == " ".join(moved.values())


def test_links_between_lessons_stay(folder):
    main([str(folder)])
    expected = "[two](02_two.ipynb#a), [readme](../../README.md) and ![x](../img/x.png)"
    assert expected in read(folder).cells[0].source


def test_the_same_masters_give_the_same_bytes(folder):
    assert copies(folder) == copies(folder)


def test_check_names_what_is_stale(folder, capsys):
    assert main([str(folder), "--check"]) == 1
    assert "01_one.ipynb" in capsys.readouterr().err
    main([str(folder)])
    assert main([str(folder), "--check"]) == 0

    master = folder / "01_one.ipynb"
    text = master.read_text("utf-8")
    master.write_text(text.replace("answer = ...", "answer = ...  # a number"), "utf-8")
    assert main([str(folder), "--check"]) == 1
    assert "02_two" not in capsys.readouterr().err


def test_a_copy_without_a_master_is_stale_and_then_removed(folder):
    main([str(folder)])
    (folder / "02_two.ipynb").unlink()
    assert main([str(folder), "--check"]) == 1
    main([str(folder)])
    assert not (folder / "learner" / "02_two.ipynb").exists()


def test_storing_leaves_out_what_changes_from_run_to_run():
    data = {WIDGET_VIEW: {"model_id": "7"}, "image/png": "aGk=", "text/plain": "x"}
    metadata = {"execution": {"busy": "now"}, "tags": ["widget"], "scrolled": True}
    picture = new_output("display_data", data=data)
    cells = [new_code_cell("1", outputs=[picture], metadata=metadata), new_code_cell("2")]
    notebook = new_notebook(cells=cells, metadata={"widgets": {"state": {}}, "vscode": 1})
    del notebook.cells[1]["id"]

    tidy(notebook, "02_t")
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    first, second = notebook.cells
    assert first.metadata == {"tags": ["widget"]}
    assert set(first.outputs[0]["data"]) == {"image/png", "text/plain"}
    assert second.id == "02_t-1"
