"""JupyterLab as `make lab` sets it up, and what its pages say about themselves."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import httpx

ADDRESS = re.compile(r"http://127[\d.]+:\d+/\S*token=\w+")
SETTINGS = Path(__file__).parents[2] / "samplers/lab/jupyter/share/jupyter/lab/settings"
TIMEOUT = 120  # s; a busy machine starts slowly

NO_CELL_RUNS = """
() => ![...document.querySelectorAll('.jp-InputPrompt')].some(p => p.innerText.includes('*'))
"""
# how many columns of code fit into a cell
COLUMNS = """(scroller) => {
  const line = scroller.querySelector(".cm-line");
  const range = document.createRange();
  range.selectNodeContents(line);
  const style = getComputedStyle(line);
  const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
  const column = range.getBoundingClientRect().width / line.textContent.length;
  return (scroller.clientWidth - padding) / column;
}"""


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """The address, with its token, of a JupyterLab that shows `folder`."""
    env = dict(os.environ)
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR"):
        env[name] = str(folder / name.lower())
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    settings = ["--ServerApp.port=0", f"--ServerApp.root_dir={folder}"]
    settings.append(f"--LabApp.app_settings_dir={SETTINGS}")
    settings.append("--expose-app-in-browser")  # so that a test can ask what a page does not show
    with subprocess.Popen(
        command + settings,
        env=env,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        # unread, the log would fill the pipe and stop the server
        log = Thread(target=server.stderr.read, daemon=True)
        try:
            matches = map(ADDRESS.search, iter(server.stderr.readline, ""))
            address = next(match[0] for match in matches if match)
            log.start()
            wait_until_it_listens(address)
            yield address
        finally:
            end(server)
            if log.ident:
                log.join(timeout=30)


def wait_until_it_listens(address: str) -> None:
    """JupyterLab logs its address a moment before it can be reached there."""
    with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
        client.get(address, timeout=TIMEOUT)


def end(server: subprocess.Popen) -> None:
    """Ends JupyterLab, which now and then waits for a thread of its own, and never ends."""
    server.terminate()
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
