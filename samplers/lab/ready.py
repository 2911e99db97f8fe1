"""Is this machine ready for a class? Ten lines: ok, or NO and what to do.

`.venv/bin/python samplers/lab/ready.py`, or on Windows `.venv\\Scripts\\python` with the same file.

It is started as a file and uses the standard library alone, so that it also works where the
packages are missing or broken; what needs them runs in processes of its own. It takes some seconds,
downloads nothing and spends no money. It exits with 1 if there is a NO.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
JUPYTERS_PORTS = range(8888, 8939)  # JupyterLab takes the first that is free
DISK = 0.5e9  # bytes for what the lessons write: conversations, batches, their own files
MEMORY = 1.5e9  # bytes for JupyterLab, a kernel and two endpoints
SECONDS = 240  # for each process; the first after an installation compiles every module
EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "anywidget")
SETUP = "run `make setup`, or the plain commands in README.md"

MODEL = """
from samplers.local.engine import weights
print(weights.find() or "")
"""
ANSWER = """
import time
from samplers.api import connect
client = connect()
begin = time.monotonic()
if "//api.openai.com/" in client.base_url:
    print("OpenAI's models cost money, so none was asked; the key is set")
else:
    text = client.chat("Say hello.", temperature=0, max_tokens=8).text
    print(client.model, "said", ascii(text), f"in {time.monotonic() - begin:.1f} s")
"""
WIDGET = """
from samplers import Distribution
from samplers.lab import explore
explorer = explore(Distribution.from_probs({"yes": 0.7, "no": 0.2, "maybe": 0.1}))
explorer.temperature.value = 2
data, _ = explorer._repr_mimebundle_()
assert "application/vnd.jupyter.widget-view+json" in data, "the explorer has no widget"
print(f"an explorer, and its picture of {len(explorer.png) // 1000} kB")
"""


class Problem(Exception):
    """What is not ready, and what to do."""


def python():
    """The version, and which Python this is."""
    version = sys.version.split()[0]
    if sys.version_info < (3, 11):  # noqa: UP036  # this file is started by any Python
        raise Problem(version + " is too old: install Python 3.11 or newer, then " + SETUP)
    return f"{version}, {sys.executable}"


def packages(lock=ROOT / ".requirements.lock"):
    """Are the lock's packages here, in its versions? One with a marker may be absent."""
    pinned = {}
    needed = set()
    for name, version, marker in re.findall(r"^([\w.-]+)==(\S+)( ;)?", lock.read_text(), re.M):
        pinned.setdefault(name, set()).add(version)
        if not marker:
            needed.add(name)
    needed.add("samplers")

    wrong = []
    for name in sorted(needed | set(pinned)):
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            found = None
        if name in needed if found is None else found not in pinned.get(name, {found}):
            wrong.append(name)
    if wrong:
        names = ", ".join(wrong[:3]) + (" ..." if len(wrong) > 3 else "")
        raise Problem(f"{len(wrong)} missing or of another version ({names}): {SETUP}")
    return f"{len(needed)}, as the lock has them"


def disk():
    """Is there room where the kit is, and for temporary files?"""
    folders = {str(ROOT), tempfile.gettempdir()}
    free, folder = min((shutil.disk_usage(folder).free, folder) for folder in folders)
    if free < DISK:
        raise Problem(f"{free / 1e9:.1f} GB free at {folder}: free {DISK / 1e9} GB there")
    return f"{free / 1e9:.1f} GB free"


def memory():
    """Is there memory for JupyterLab, a kernel and two endpoints?"""
    try:
        import psutil
    except ImportError:
        raise Problem("not measured, as a package is missing: " + SETUP) from None

    free = min(psutil.virtual_memory().available, _containers_memory())
    if free < MEMORY:
        raise Problem(f"{free / 1e9:.1f} GB free: close other programs until {MEMORY / 1e9} are")
    return f"{free / 1e9:.1f} GB free"


def _containers_memory():
    """Bytes that a container's limit leaves, where there is one (Linux, cgroup 2)."""
    try:
        limit, used = (
            float(Path("/sys/fs/cgroup", name).read_text().replace("max", "inf"))
            for name in ("memory.max", "memory.current")
        )
    except OSError:
        return float("inf")
    return limit - used


def port(ports=JUPYTERS_PORTS):
    """Can a program listen at 127.0.0.1 and be reached there? JupyterLab takes the first port."""
    for number in ports:
        with socket.socket() as server:
            try:
                server.bind(("127.0.0.1", number))
                server.listen()
            except OSError:  # taken
                continue
            try:
                socket.create_connection(("127.0.0.1", number), timeout=5).close()
            except OSError as error:
                problem = f"127.0.0.1 cannot be reached ({error}): ask who runs the firewall"
                raise Problem(problem) from None
            return f"JupyterLab will be at 127.0.0.1:{number}"
    raise Problem(f"{ports[0]} to {ports[-1]} are all taken: end the JupyterLabs that still run")


def lessons(folder=ROOT / "notebooks" / "learner"):
    """Are the lessons here, and can they be saved?"""
    found = len(list(folder.glob("[0-9]*.ipynb")))
    if not found:
        raise Problem(f"there are none in {folder}: copy the whole kit again")
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        problem = f"{folder} cannot be written ({error.strerror}): copy the kit to your disk"
        raise Problem(problem) from None
    return f"{found}, in {folder}"


def jupyterlab(prefix=sys.prefix):
    """Is JupyterLab here, with what shows the widgets?"""
    share = Path(prefix, "share", "jupyter")
    missing = [name for name in EXTENSIONS if not (share / "labextensions" / name).is_dir()]
    if not (share / "lab" / "static").is_dir():
        missing.append("jupyterlab")
    if missing:
        raise Problem(f"not in this environment: {', '.join(missing)}. Then {SETUP}")
    return "here, with what shows the widgets"


def model():
    """Is the model's file here and whole?"""
    found = run(MODEL)
    where = os.environ.get("SAMPLERS_BASE_URL", "local")
    if found:
        return found
    if where == "local":
        raise Problem("not on this machine: run `python -m samplers.local.engine.weights`")
    return f"not on this machine; {where} answers, but lessons 03, 05c, 09, 11, 11b, 12 need it"


def answer():
    """Does the model that the lessons use answer?"""
    if os.environ.get("SAMPLERS_BASE_URL", "local") == "local" and not run(MODEL):
        raise Problem("not asked, as it is not on this machine")
    return run(ANSWER)


def widget():
    """Does an explorer draw?"""
    return run(WIDGET)


def run(code):
    """The last line that `code` prints in a Python of its own; Problem with its error's text."""
    command = [sys.executable, "-P", "-c", code]
    environment = dict(os.environ, PYTHONUTF8="1")
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise Problem(f"nothing within {SECONDS} s: close other programs and try again") from None
    if done.returncode:
        # after the last frame of the traceback, without the exception's module
        error = re.split(r"^ .*\n", done.stderr, flags=re.MULTILINE)[-1].split()
        error = re.sub(r"^[\w.]+\.", "", " ".join(error)) or f"exit code {done.returncode}"
        advice = f": {SETUP}" if error.startswith(("ModuleNotFoundError", "ImportError")) else ""
        raise Problem(error + advice)
    return (done.stdout.strip().splitlines() or [""])[-1]


LINES = (python, packages, disk, memory, port, lessons, jupyterlab, model, answer, widget)


def main():
    """Prints the ten lines; returns the exit code."""
    problems = 0
    for line in LINES:
        try:
            word, text = "ok", line()
        except Problem as problem:
            word, text = "NO", str(problem)
        except Exception as error:  # a line must not keep the others from being printed
            word, text = "NO", f"{type(error).__name__}: {error}"
        problems += word == "NO"
        print(f"{word}  {line.__name__}: {text}", flush=True)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
