"""Every learner's copy of a lesson runs from top to end with nothing answered.

The copies share one kernel, so that packages are loaded and the local endpoint is started once, and
not for each. Before a copy runs, every name that the one before has left is taken away.
"""

from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

from samplers.lab.publish.learner import tags

COPIES = sorted((Path(__file__).parents[1] / "notebooks" / "learner").glob("*.ipynb"))
CELL_SECONDS = 300


@pytest.fixture(scope="module")
def run():
    """A function that runs code in the kernel and returns its reply."""
    quiet = ["--log-level=ERROR"]  # else it warns that it is reached by TCP
    manager, client = start_new_kernel(
        kernel_name="python3", cwd=str(COPIES[0].parent), extra_arguments=quiet
    )

    def run_code(code: str) -> dict:
        assert manager.is_alive(), "the kernel has ended"
        options = {"timeout": CELL_SECONDS, "allow_stdin": False, "output_hook": lambda _: None}
        try:
            return client.execute_interactive(code, **options)["content"]
        except TimeoutError:
            manager.interrupt_kernel()  # for the next copy
            raise

    yield run_code
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("path", COPIES, ids=lambda path: path.stem)
def test_a_copy_runs_from_top_to_end(run, path):
    assert run("%reset -f")["status"] == "ok"
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            reply = run(cell.source)
            failed = reply["status"] == "error"
            why = f"{cell.id}: {reply.get('ename')}: {reply.get('evalue')}"
            assert failed == ("raises-exception" in tags(cell)), why


def test_no_name_is_left_for_the_next_copy(run):
    run("left = 1")
    assert run("%reset -f")["status"] == "ok"
    assert run("left")["ename"] == "NameError"
