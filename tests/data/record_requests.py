"""What each lesson asks of the endpoint of a class: how many requests, with how many tokens.

`python tests/data/record_requests.py` runs every lesson's master, solutions and all, against one
local endpoint, counts what that endpoint answered, and writes `lesson_requests.json` beside this
file. The endpoints that a lesson starts by itself, and `connect("local")`, are not counted: they
run on the learner's machine whatever the class uses. The cells that took longest are kept, too.
It takes some ten minutes.
"""

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
NOTEBOOKS = HERE.parents[1] / "notebooks"
RECORD = HERE / "lesson_requests.json"
COUNTED = ("prompt_tokens", "completion_tokens")
LONG = 5  # seconds


def serve(file: str) -> int:
    """Runs the endpoint; each answer's usage becomes a line of the file."""
    from samplers.local.__main__ import main
    from samplers.local.conditions.exchange import Exchange

    settle = Exchange.settle

    def noted(exchange: Exchange, usage: dict) -> None:
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(usage) + "\n")
        settle(exchange, usage)

    Exchange.settle = noted
    sys.argv = ["samplers.local"]
    return main()


def run(path: Path, environment: dict[str, str]) -> nbformat.NotebookNode:
    """The lesson as a kernel with this environment has run it; the file stays as it is."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=False,
    )
    return client.execute(env=environment)


def slow_cells(notebook: nbformat.NotebookNode) -> dict[str, int]:
    """{id: seconds} of the cells that took LONG or more."""
    found = {}
    for cell in notebook.cells:
        times = cell.metadata.get("execution", {})
        if "shell.execute_reply" in times:
            began, ended = times["iopub.execute_input"], times["shell.execute_reply"]
            took = datetime.fromisoformat(ended) - datetime.fromisoformat(began)
            if took.total_seconds() >= LONG:
                found[cell.id] = round(took.total_seconds())
    return found


def counted(file: Path) -> dict[str, int]:
    """The requests and tokens that the file has; then it is empty."""
    usages = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    file.write_text("", "utf-8")
    sums = {name: sum(usage[name] for usage in usages) for name in COUNTED}
    longest = max((usage["prompt_tokens"] for usage in usages), default=0)
    return {"requests": len(usages), **sums, "longest_prompt": longest}


def main() -> int:
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "usage"
        file.touch()
        command = [sys.executable, __file__, "--serve", str(file)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as endpoint:
            ready = json.loads(endpoint.stdout.readline())
            environment = os.environ | {
                "SAMPLERS_BASE_URL": ready["base_url"],
                "SAMPLERS_API_KEY": ready["api_key"],
            }
            for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
                notebook = run(path, environment)
                number = path.name.partition("_")[0]
                found[number] = counted(file) | {"slow_cells": slow_cells(notebook)}
                print(number, found[number], flush=True)
            endpoint.stdin.close()

    RECORD.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(serve(sys.argv[2]) if sys.argv[1:2] == ["--serve"] else main())
