"""The learner's copies: what is left out, what stays, and that a stale one is named."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from samplers.lab.publish.execute import WIDGET_VIEW, tidy
from samplers.lab.publish.learner import copies, main, move_links


def cell(source, *tags, make=new_code_cell, **more):
    return make(source, metadata={"tags": list(tags)} if tags else {}, **more)


@pytest.fixture
def folder(tmp_path):
    """A master with every kind of cell, and a second one to link to."""
    printed = [new_output("stream", text="Correct.")]
    cells = [
        cell(
            "See [two](02_two.ipynb#a), [readme](../README.md) and ![x](img/x.png)",
            make=new_markdown_cell,
        ),
        cell("answer = ...\ncheck('01-a', answer)", "exercise", outputs=printed, execution_count=3),
        cell("answer = 42\ncheck('01-a', answer)", "solution", outputs=printed, execution_count=4),
        cell("Because six times seven.", "solution", make=new_markdown_cell),
        cell("Ask the class first.", "instructor", make=new_markdown_cell),
        cell("secret = 43", "solution"),
        cell("more = 44", "solution"),
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
    assert not any(
        secret in text for secret in ("42", "43", "44", "six times", "Ask the class", "Correct.")
    )
    assert [c.source for c in copy.cells][1:] == [
        "answer = ...\ncheck('01-a', answer)",
        "# Your answer\n",
    ]
    assert all(
        c.execution_count is None and not c.outputs for c in copy.cells if c.cell_type == "code"
    )
    assert copy.metadata == {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                             "language_info": {"name": "python"}}  # fmt: skip
    nbformat.validate(copy)


def test_cells_keep_their_ids(folder):
    main([str(folder)])
    master = nbformat.read(folder / "01_one.ipynb", as_version=4)
    assert [c.id for c in read(folder).cells] == [master.cells[i].id for i in (0, 1, 5)]


def test_links_are_read_one_folder_deeper():
    text = "[a](02.ipynb) [b](../README.md#x) ![c](img/x.png) <img src='y.png'> [d](https://e.org/f) [g](#h)"
    moved = "[a](02.ipynb) [b](../../README.md#x) ![c](../img/x.png) <img src='../y.png'> [d](https://e.org/f) [g](#h)"
    assert move_links(text, {"02.ipynb"}) == moved


def test_links_between_lessons_stay(folder):
    main([str(folder)])
    assert (
        "[two](02_two.ipynb#a), [readme](../../README.md) and ![x](../img/x.png)"
        in read(folder).cells[0].source
    )


def test_the_same_masters_give_the_same_bytes(folder):
    assert copies(folder) == copies(folder)


def test_check_names_what_is_stale(folder, capsys):
    assert main([str(folder), "--check"]) == 1
    assert "01_one.ipynb" in capsys.readouterr().err
    main([str(folder)])
    assert main([str(folder), "--check"]) == 0
    master = folder / "01_one.ipynb"
    master.write_text(
        master.read_text("utf-8").replace("answer = ...", "answer = ...  # a number"), "utf-8"
    )
    assert main([str(folder), "--check"]) == 1
    assert "02_two" not in capsys.readouterr().err


def test_a_copy_without_a_master_is_stale_and_then_removed(folder):
    main([str(folder)])
    (folder / "02_two.ipynb").unlink()
    assert main([str(folder), "--check"]) == 1
    main([str(folder)])
    assert not (folder / "learner" / "02_two.ipynb").exists()


def test_storing_leaves_out_what_changes_from_run_to_run():
    picture = new_output(
        "display_data",
        data={WIDGET_VIEW: {"model_id": "7"}, "image/png": "aGk=", "text/plain": "x"},
    )
    noisy = new_code_cell(
        "1",
        outputs=[picture],
        metadata={"execution": {"busy": "now"}, "tags": ["widget"], "scrolled": True},
    )
    book = new_notebook(
        cells=[noisy, new_code_cell("2")], metadata={"widgets": {"state": {}}, "vscode": 1}
    )
    del book.cells[1]["id"]
    tidy(book, "02_t")
    assert set(book.metadata) == {"kernelspec", "language_info"}
    assert book.cells[0].metadata == {"tags": ["widget"]}
    assert set(book.cells[0].outputs[0]["data"]) == {"image/png", "text/plain"}
    assert book.cells[1].id == "02_t-1"
