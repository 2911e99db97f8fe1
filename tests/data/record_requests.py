"""What each lesson asks of the endpoint of a class: how many requests, with how many tokens.

`python tests/data/record_requests.py` runs every lesson's master, solutions and all, against one
local endpoint, counts what that endpoint answered, and writes `lesson_requests.json` beside this
file. The endpoints that a lesson starts by itself, and `connect("local")`, are not counted: they
run on the learner's machine whatever the class uses; so a lesson that never calls `connect()` is
not run. Numbers of lessons, as in `record_requests.py 02 03`, count these alone again. All of them
take some ten minutes on an idle machine.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from samplers.lab.publish.learner import tags

HERE = Path(__file__).parent
NOTEBOOKS = HERE.parents[1] / "notebooks"
RECORD = HERE / "lesson_requests.json"
COUNTED = ("prompt_tokens", "completion_tokens")


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


def run(path: Path, environment: dict[str, str]) -> None:
    """Runs a lesson in a kernel that has this environment, without the cells that only test it.

    Nothing is written. The ids of cells that failed unexpectedly are printed.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "test" not in tags(cell)]
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=False,
        allow_errors=True,
    )
    client.execute(env=environment)
    for cell in notebook.cells:
        failed = any(output.output_type == "error" for output in cell.get("outputs", ()))
        if failed and "raises-exception" not in tags(cell):
            print(path.name, "failed at", cell.id, flush=True)


def counted(file: Path) -> dict[str, int]:
    """The requests and tokens that the file has; then it is empty."""
    usages = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    file.write_text("", "utf-8")
    sums = {name: sum(usage[name] for usage in usages) for name in COUNTED}
    longest = max((usage["prompt_tokens"] for usage in usages), default=0)
    return {"requests": len(usages), **sums, "longest_prompt": longest}


def main(numbers: list[str]) -> int:
    """Counts the lessons with these numbers, or all."""
    found = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
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
                number = path.name.partition("_")[0]
                if numbers and number not in numbers:
                    continue
                if "connect()" in path.read_text("utf-8"):
                    run(path, environment)
                found[number] = counted(file)
                print(number, found[number], flush=True)
                RECORD.write_text(json.dumps(dict(sorted(found.items())), indent=1) + "\n", "utf-8")
            endpoint.stdin.close()
    return 0


if __name__ == "__main__":
    sys.exit(serve(sys.argv[2]) if sys.argv[1:2] == ["--serve"] else main(sys.argv[1:]))
