"""How long a lesson takes a person: `python -m samplers.lab.publish.minutes notebooks/*.ipynb`.

Counted in the learner's copy: 180 words a minute, 5 seconds for a line of code, 1 minute for a
prediction, 4 for an exercise, and 1 for what the lesson computes (each is held to a minute). A
lesson names the sum, rounded to five minutes; a test compares the two.
"""

import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from samplers.lab.publish.learner import learner_copy, tags

WORDS_A_MINUTE = 180
SECONDS_A_LINE = 5
PREDICTION = 1
EXERCISE = 4
RUN = 1
PREDICT = "**Predict"
ON_THE_SHORT_PATH = "*On the short path.*"


def minutes(master: NotebookNode) -> int:
    """Minutes for the whole lesson, rounded to five."""
    total = _minutes_of(learner_copy(master, set()).cells) + RUN
    return 5 * round(total / 5)


def short_path_minutes(master: NotebookNode) -> float:
    """Minutes for the lesson's sections that are on the short path, and for its first cells."""
    cells = []
    is_on_it = True  # the title and the imports
    for cell in learner_copy(master, set()).cells:
        if cell.cell_type == "markdown" and re.search(r"^## ", cell.source, re.MULTILINE):
            is_on_it = ON_THE_SHORT_PATH in cell.source
        if is_on_it:
            cells.append(cell)
    return _minutes_of(cells)


def section_minutes(master: NotebookNode) -> dict[str, float]:
    """{a section's heading: its minutes}; the title and the imports have the heading ""."""
    sections: dict[str, list[NotebookNode]] = {"": []}
    heading = ""
    for cell in learner_copy(master, set()).cells:
        headings = re.findall(r"^## (.+)$", cell.source, re.MULTILINE)
        if cell.cell_type == "markdown" and headings:
            heading = headings[-1]
        sections.setdefault(heading, []).append(cell)
    return {heading: _minutes_of(cells) for heading, cells in sections.items()}


def _minutes_of(cells: list[NotebookNode]) -> float:
    words = lines = predictions = exercises = 0
    last_text = ""
    for cell in cells:
        if cell.cell_type == "markdown":
            last_text = cell.source
            words += len(cell.source.split())
            predictions += cell.source.count(PREDICT)
        else:
            lines += sum(bool(line.strip()) for line in cell.source.splitlines())
            exercises += "exercise" in tags(cell) and PREDICT not in last_text
    reading = words / WORDS_A_MINUTE + lines * SECONDS_A_LINE / 60
    return reading + PREDICTION * predictions + EXERCISE * exercises


def main(paths: list[str]) -> int:
    """Print the minutes of each notebook named, and those of its short path; the exit code."""
    for path in map(Path, paths):
        master = nbformat.read(path, as_version=4)
        short = short_path_minutes(master)
        print(f"{path.stem}: {minutes(master)} minutes, on the short path {short:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
