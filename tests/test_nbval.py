"""What nbval, as `make test` runs it, takes for the same output, and what for another.

A kernel sends what a cell prints in pieces, and stdout and stderr over one another's heads: where a
piece ends, and which stream comes first, is not defined. What is shown and what is the value comes
in the order of the code.
"""

import os
import re
import subprocess
import sys
from itertools import cycle, islice
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).parents[1]
RUNS = 20
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
CELL = """
import base64, sys, time
sys.stdout.flush_interval = sys.stderr.flush_interval = 0.02  # how long it keeps a piece back
from IPython.display import Image, display
print("out 1")
print("err 1", file=sys.stderr)
print("out 2")
time.sleep(0.05)  # longer than that
print("out 3")
display(Image(base64.b64decode(PIXEL)))
6 * 7
"""
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


def stream(name: str, text: str):
    return new_output("stream", name=name, text=text)


def shown(text: str, picture: bool = False):
    data = {"text/plain": text} | ({"image/png": PIXEL} if picture else {})
    return new_output("display_data", data=data)


def value(text: str):
    return new_output("execute_result", data={"text/plain": text}, execution_count=2)


PICTURE = shown("<IPython.core.display.Image object>", picture=True)
RIGHT = [
    stream("stdout", "out 1\nout 2\nout 3\n"),
    stream("stderr", "err 1\n"),
    PICTURE,
    value("42"),
]
SAME = {
    "as it is stored": RIGHT,
    "stderr first": [RIGHT[1], RIGHT[0], *RIGHT[2:]],
    "in pieces": [
        stream("stdout", "out 1\n"),
        stream("stderr", "err 1\n"),
        stream("stdout", "out 2\n"),
        PICTURE,
        stream("stdout", "out 3\n"),
        RIGHT[3],
    ],
}
OTHER = {
    "a line of stdout is another": [stream("stdout", "out 1\nout 3\nout 2\n"), *RIGHT[1:]],
    "a line of stderr is another": [RIGHT[0], stream("stderr", "err 2\n"), *RIGHT[2:]],
    "stderr is stdout": [stream("stdout", "out 1\nerr 1\nout 2\nout 3\n"), *RIGHT[2:]],
    "the value before the picture": [*RIGHT[:2], shown("42"), value(PICTURE.data["text/plain"])],
    "no picture": [*RIGHT[:2], RIGHT[3]],
    "another value": [*RIGHT[:3], value("43")],
}


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> list[str]:
    """What nbval says of the runs: RUNS of the forms in SAME, in turn, then those of OTHER."""
    forms = [*islice(cycle(SAME.values()), RUNS), *OTHER.values()]
    cells = [new_code_cell(f"PIXEL = {PIXEL!r}", execution_count=1)]
    cells += [new_code_cell(CELL, outputs=outputs, execution_count=2) for outputs in forms]
    folder = tmp_path_factory.mktemp("nbval")
    notebook = folder / "streams.ipynb"
    nbformat.write(new_notebook(cells=cells), notebook)

    options = re.search(r"^NBVAL := (.*\\\n.*)$", MAKEFILE, re.MULTILINE)[1].replace("\\\n", " ")
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--color=no"]
    command += ["-p", "tests.conftest", *options.split(), str(notebook)]
    helpers = os.pathsep.join([str(ROOT / "tests/helpers"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": helpers},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    words = re.findall(r"::Cell \d+ (PASSED|FAILED|ERROR|XFAIL)", done.stdout)
    assert len(words) == len(cells), done.stdout[-3000:]
    return words[1:]


def test_pieces_and_the_order_between_streams_are_not_compared(results):
    assert results[:RUNS] == ["PASSED"] * RUNS


@pytest.mark.parametrize("form", OTHER)
def test_everything_else_is_compared(results, form):
    assert results[RUNS + list(OTHER).index(form)] == "FAILED"
