"""What a user waits for: the imports, the first answer, the first schema, a lesson's cells.

Every wait is given twice: as seconds on the clock, and as seconds of the processors (user and
system, of all processes that took part), which hardly grow where other programs run beside.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil
from jupyter_client.manager import start_new_kernel

from samplers.lab.publish.learner import tags

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9]*.ipynb"))
FIRST_ANSWER = 2  # the most seconds from connect() to the first answer, where all is warm
LONG_STEP = 10  # seconds after which a lesson's cell should show a progress bar
CELL_SECONDS = 300  # after which a cell is given up
IMPORTS = ("samplers", "samplers.api", "samplers.compare", "samplers.lab")

# A process's waits, as JSON: `first` from connect() on, `again` when all that it needs is there.
PROCESS = """
import json, sys, time
from samplers.api import connect

def seconds(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin

def answer():
    client.chat("What is the capital of France?", temperature=0, max_tokens=16)

def schema():
    keys = {"city": {"type": "string"}}
    wanted = {"type": "object", "properties": keys, "required": ["city"]}
    wanted["additionalProperties"] = False
    form = {"name": "answer", "strict": True, "schema": wanted}
    form = {"type": "json_schema", "json_schema": form}
    client.chat("Paris, as JSON.", response_format=form, temperature=0, max_tokens=16)

def tokens():
    client.next_token("What is the capital of France?", top="all")

ask = {"answer": answer, "schema": schema, "tokens": tokens}[sys.argv[1]]
begin = time.perf_counter()
client = connect()
ask()
first = time.perf_counter() - begin
print(json.dumps({"first": first, "again": seconds(ask)}))
"""


class Wait(NamedTuple):
    """Seconds on the clock, and seconds of the processors."""

    clock: float
    processors: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.processors:.2f} s of the processors)"


class Cell(NamedTuple):
    """A code cell of a lesson that was run."""

    wait: Wait
    id: str
    has_bar: bool


def waits() -> Iterator[str]:
    """A line for each wait, with its goal if it has one."""
    yield from (f"`import {name}`: {_import(name)}" for name in IMPORTS)
    try:
        yield from _of_a_process()
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        yield f"skipped: the waits for the local endpoint, as none starts here ({error})"
        return

    for path in LESSONS:
        yield _lesson(path)


def _import(name: str) -> Wait:
    _run(f"import {name}")  # compiles what is not compiled yet
    return min(_run(f"import {name}")[0] for _ in range(3))


def _run(code: str, *arguments: str, **environment: str) -> tuple[Wait, str]:
    """Runs Python code in a process of its own. Returns its wait and what it printed last."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    after = os.times()
    processors = after.children_user - before.children_user
    processors += after.children_system - before.children_system
    printed = done.stdout.strip().rpartition("\n")[2]
    return Wait(after.elapsed - before.elapsed, processors), printed


def _of_a_process() -> Iterator[str]:
    """connect() and a first question, each in a new process."""
    warm = f"(goal {FIRST_ANSWER})"
    names = {
        "answer": f"answer {warm}",
        "schema": "answer to a schema",
        "tokens": "whole distribution",
    }
    if sys.platform == "linux":  # elsewhere no variable moves the cache folder
        with _no_stamps() as environment:
            yield _first("answer", "answer, without what earlier starts have noted", environment)
    for ask, name in names.items():
        yield _first(ask, name, {})


def _first(ask: str, name: str, environment: dict[str, str]) -> str:
    wait, printed = _run(PROCESS, ask, **environment)
    found = json.loads(printed)
    again = f"the same again {found['again']:.2f} s"
    whole = f"the process {wait}"
    return f"connect() to the first {name}: {found['first']:.2f} s; {again}; {whole}"


@contextmanager
def _no_stamps() -> Iterator[dict[str, str]]:
    """The environment of a process that finds the weights in a cache folder that is else empty."""
    from samplers.local.engine import weights

    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "samplers"
        cache.mkdir()
        (cache / weights.FILE).symlink_to(weights.ensure())
        yield {"XDG_CACHE_HOME": folder}


def _lesson(path: Path) -> str:
    """A lesson's "Run all": its wait, when its first picture comes, and its longest cell."""
    notebook = nbformat.read(path, as_version=4)
    before = time.perf_counter()
    manager, client = start_new_kernel(
        kernel_name="python3", cwd=str(path.parent), extra_arguments=["--log-level=ERROR"]
    )
    process = psutil.Process(manager.provisioner.pid)
    first_picture = None
    cells = []
    try:
        for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
            begin = time.perf_counter(), _processors(process)
            outputs = _run_cell(client, cell)
            end = time.perf_counter(), _processors(process)
            wait = Wait(*(late - early for early, late in zip(begin, end, strict=True)))
            cells.append(Cell(wait, cell.id, any(map(_is_progress, outputs))))
            if first_picture is None and any(map(_is_picture, outputs)):
                first_picture = end[0] - before
        whole = Wait(time.perf_counter() - before, _processors(process))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)

    picture = f"; first picture after {first_picture:.1f} s" if first_picture else ""
    number = path.stem.partition("_")[0]
    return f"lesson {number}, run all: {whole}{picture}{_longest(cells)}"


def _run_cell(client, cell: nbformat.NotebookNode) -> list[dict]:
    """The messages with the cell's outputs. ValueError if it fails and should not."""
    outputs: list[dict] = []
    reply = client.execute_interactive(
        cell.source, timeout=CELL_SECONDS, allow_stdin=False, output_hook=outputs.append
    )["content"]
    if reply["status"] == "error" and "raises-exception" not in tags(cell):
        raise ValueError(f"{cell.id}: {reply['ename']}: {reply['evalue']}")
    return outputs


def _longest(cells: list[Cell]) -> str:
    longest = max(cells)
    bar = " with a progress bar" if longest.has_bar else ""
    text = f"; longest cell {longest.id}, {longest.wait}{bar}"
    silent = [cell.id for cell in cells if cell.wait.clock > LONG_STEP and not cell.has_bar]
    if silent:
        text += f"; over {LONG_STEP} s without a progress bar: {', '.join(silent)}"
    return text


def _is_picture(message: dict) -> bool:
    return "image/png" in message["content"].get("data", {})


def _is_progress(message: dict) -> bool:
    """Is it a bar of tqdm: a widget, or a text?"""
    content = message["content"]
    return "%|" in content.get("text", "") + content.get("data", {}).get("text/plain", "")


def _processors(process: psutil.Process) -> float:
    """User and system seconds of a process, of those that it started, and of their ended ones."""
    seconds = 0.0
    for one in [process, *process.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):  # its parent has its seconds now
            seconds += sum(one.cpu_times()[:4])
    return seconds
