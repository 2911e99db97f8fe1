"""The minutes of a lesson, computed by hand for a small one."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from samplers.lab.publish.minutes import main, minutes, short_path_minutes


def code(lines, *tags):
    return new_code_cell("\n".join(["x = 1"] * lines), metadata={"tags": list(tags)})


LESSON = new_notebook(
    cells=[
        new_markdown_cell("# Title\n\n" + "word " * 358),  # 360 words: 2 minutes
        code(12),  # 1 minute
        new_markdown_cell("## 1. Section\n\n*On the short path.*\n\n" + "word " * 170),  # 178 words
        new_markdown_cell("**Predict.** Now"),  # 1 minute and 2 words
        code(12, "exercise"),  # 1 minute, and no exercise: it takes the prediction
        new_markdown_cell("## 2. Another"),
        new_markdown_cell("**Exercise A.**" + " word" * 175),  # with the heading 180 words
        code(12, "exercise"),  # 1 minute of reading, 4 of work
        code(120, "solution"),
        code(120, "test"),
    ]
)


def test_a_lesson_takes_what_the_formula_says():
    # words 4, lines 3, a prediction 1, an exercise 4, the run 1: 13 minutes
    assert minutes(LESSON) == 15


def test_the_short_path_has_its_sections_and_the_first_cells():
    assert short_path_minutes(LESSON) == pytest.approx(3 + 1 + 1 + 1, abs=0.02)


def test_the_command_prints_both(tmp_path, capsys):
    path = tmp_path / "00_lesson.ipynb"
    nbformat.write(LESSON, path)
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == "00_lesson: 15 minutes, on the short path 6\n"
