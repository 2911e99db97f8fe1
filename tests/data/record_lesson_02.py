"""Records what lesson 02 asks of an endpoint: `python tests/data/record_lesson_02.py`.

The lesson is run with its solutions, and with its test cells, which move the explorer as a learner
does by hand. Its client is sent to a proxy, which keeps each request under the cell that sent it
and passes it on to the local endpoint. `python -m tests.bench.room` sends the requests again.
"""

import datetime
import hashlib
import json
import os
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import nbformat
from nbclient import NotebookClient

from samplers.api import start_local

LESSON = Path(__file__).parents[2] / "notebooks/02_turn_the_temperature.ipynb"
REQUESTS = Path(__file__).with_name("lesson_02_requests.json")
KEY = "recorded"
KEPT = ("x-samplers", "if-none-match")  # the headers that make a difference, by their beginning


class Proxy(BaseHTTPRequestHandler):
    """Keeps a request in the server's `kept` and passes it on to its `address`."""

    def handle_one(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        content = self.rfile.read(length)
        given = {name.lower(): value for name, value in self.headers.items()}
        kept = {name: value for name, value in given.items() if name.startswith(KEPT)}
        path = self.path.removeprefix("/v1")
        body = json.loads(content) if content else None
        request = {"method": self.command, "path": path, "headers": kept, "body": body}
        self.server.kept.append(request)

        connection = HTTPConnection(self.server.address, timeout=120)
        given["host"] = self.server.address
        connection.request(self.command, self.path, content, given)
        response = connection.getresponse()
        answer = response.read()
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        connection.close()

    do_GET = handle_one
    do_POST = handle_one

    def log_message(self, *_) -> None:
        """Says nothing."""


def source_of(cell: nbformat.NotebookNode) -> str:
    """A short hash of a cell's code: a test sees by it that the lesson has changed."""
    return hashlib.sha256(cell.source.encode()).hexdigest()[:16]


def record() -> list[dict]:
    """The steps of the lesson: a cell each, with the requests that it sent."""
    notebook = nbformat.read(LESSON, as_version=4)
    steps = []
    with start_local(api_key=KEY) as client, ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        proxy.address = urlsplit(client.base_url).netloc
        proxy.kept = []
        Thread(target=proxy.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{proxy.server_port}/v1"
        os.environ |= {"SAMPLERS_BASE_URL": url, "SAMPLERS_API_KEY": KEY}

        folder = {"metadata": {"path": str(LESSON.parent)}}
        kernel = NotebookClient(notebook, timeout=120, kernel_name="python3", resources=folder)
        with kernel.setup_kernel():
            for index, cell in enumerate(notebook.cells):
                if cell.cell_type != "code" or "exercise" in cell.metadata.get("tags", ()):
                    continue
                kernel.execute_cell(cell, index)
                if proxy.kept:
                    step = {"cell": cell.id, "source": source_of(cell), "requests": proxy.kept}
                    steps.append(step)
                    proxy.kept = []
        proxy.shutdown()
    return steps


def main() -> None:
    recorded = {
        "recorder": "tests/data/record_lesson_02.py",
        "date": str(datetime.date.today()),
        "steps": record(),
    }
    text = json.dumps(recorded, ensure_ascii=False, separators=(",", ":"))
    for begin in ('{"cell":', '{"method":'):
        text = text.replace(begin, f"\n{begin}")
    REQUESTS.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
