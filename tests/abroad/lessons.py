"""Run a lesson in a kernel whose endpoint is elsewhere, and say how each code cell went."""

import asyncio
import re
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from samplers.lab.publish.learner import tags
from samplers.wire.unneeded import without

with without("rfc3987_syntax"):  # of jsonschema, which checks no IRIs here: it loads slowly
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

# A cell that leaves its work out, because the endpoint cannot do it, prints such a line.
SKIPPED = re.compile(r"^Skipped here: (.+)$", re.MULTILINE)
NOT_YET = re.compile(r"^Not yet\b.*$", re.MULTILINE)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
FAILED = ("error", "not reached")  # kinds of outcomes
FAILED_LINE = re.compile(r"^-+> *\d+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """How a code cell went.

    `kind`: "ran", "skipped" (the lesson left its work out), "error" or "not reached" (after a
    lesson's time was over, or its kernel died). `why`: the lesson's sentence, or the error's line.
    """

    cell: str
    kind: str
    why: str = ""


def run_lesson(
    path: Path,
    environment: dict[str, str],
    minutes: float,
    on_cell: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """The outcomes of the code cells of the notebook at `path`, which is not changed.

    `environment`: of the kernel. `minutes`: what the whole lesson may take. An error does not stop
    the lesson. `on_cell` is called after each code cell. The kernel has ended on return.
    """
    notebook = nbformat.read(path, as_version=4)
    return asyncio.run(_run(notebook, path, environment, minutes, on_cell))


async def _run(notebook, path: Path, environment, minutes, on_cell) -> list[Outcome]:
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        allow_errors=True,
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
        shutdown_kernel="immediate",
        extra_arguments=["--log-level=ERROR"],  # else it warns that it is reached by TCP
    )
    end = time.monotonic() + 60 * minutes
    outcomes = []
    client.reset_execution_trackers()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    async with client.async_setup_kernel(env=environment):
        _restore(handlers)
        stopped = ""
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue

            client.timeout = max(1, round(end - time.monotonic()))
            kind, why = "not reached", stopped
            if not stopped:
                try:
                    await client.async_execute_cell(cell, index)
                    kind, why = outcome_of(cell)
                except CellTimeoutError:
                    stopped = f"the lesson took more than {minutes:g} minutes"
                    kind, why = "error", stopped
                except DeadKernelError:
                    stopped = "the kernel died"
                    kind, why = "error", stopped
            outcomes.append(Outcome(cell.id, kind, why))
            on_cell()
    return outcomes


def _restore(handlers: dict) -> None:
    """Takes away nbclient's handlers of signals: they end the kernel alone, and the run goes on."""
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows has none
        for number, handler in handlers.items():
            if loop.remove_signal_handler(number):
                signal.signal(number, handler)


def outcome_of(cell: nbformat.NotebookNode) -> tuple[str, str]:
    """(kind, why) of a code cell that was run.

    A solution that its own check calls wrong is an error: the check asks what only the endpoint at
    home answers.
    """
    for output in cell.outputs:
        if output.output_type == "error" and "raises-exception" not in tags(cell):
            return "error", last_line(output)

    printed = "".join(output.get("text", "") for output in cell.outputs)
    not_yet = NOT_YET.search(printed)
    if not_yet and "solution" in tags(cell):
        return "error", not_yet.group()

    skipped = SKIPPED.search(printed)
    return ("skipped", skipped.group(1)) if skipped else ("ran", "")


def last_line(error: nbformat.NotebookNode) -> str:
    """A traceback's last line; where it says nothing but the error's name, the line that failed."""
    if error.evalue:
        return " ".join(f"{error.ename}: {error.evalue}".split())[:300]

    traceback = COLOUR.sub("", "\n".join(error.traceback))
    failed = FAILED_LINE.search(traceback)
    return f"{error.ename}: {failed.group(1)}" if failed else error.ename


def count_of_cells(paths: list[Path]) -> int:
    """The code cells of all these notebooks."""
    notebooks = [nbformat.read(path, as_version=4) for path in paths]
    return sum(cell.cell_type == "code" for notebook in notebooks for cell in notebook.cells)
