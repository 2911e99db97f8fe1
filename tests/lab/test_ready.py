"""`make check`: ten lines, and each of them can say NO."""

import os
import shutil
import socket
import subprocess
import sys
import venv
from pathlib import Path

import psutil
import pytest

from samplers.lab import ready

FILE = ready.__file__


def says_no(line, *arguments) -> str:
    """What a line says that finds a problem."""
    with pytest.raises(ready.Problem) as caught:
        line(*arguments)
    return str(caught.value)


def test_a_machine_that_is_ready_gets_ten_lines_of_ok():
    done = subprocess.run([sys.executable, FILE], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert [line[:4] for line in lines] == ["ok  "] * 10, done.stdout
    assert done.returncode == 0


def test_a_python_without_packages_gets_ten_lines_too(tmp_path):
    """As one has it who takes the system's Python instead of the environment's."""
    venv.create(tmp_path / "bare")
    [bare] = [path for path in (tmp_path / "bare").glob("*/python*") if path.stem == "python"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run([bare, FILE], env=env, capture_output=True, text=True, check=False)
    words = {line.split()[1]: line for line in done.stdout.splitlines()}
    assert len(words) == 10
    assert done.returncode == 1
    assert done.stderr == ""
    for name in ("packages:", "memory:", "jupyterlab:", "model:", "answer:", "widget:"):
        assert words[name].startswith("NO  ")
        assert "make setup" in words[name]
    for name in ("python:", "disk:", "port:", "lessons:"):
        assert words[name].startswith("ok  ")


def test_an_old_python(monkeypatch):
    monkeypatch.setattr(ready.sys, "version_info", (3, 10, 9))
    assert "install Python 3.11" in says_no(ready.python)


@pytest.mark.parametrize(
    ("lock", "name"),
    [("numpy==0.1 \\\n", "numpy"), ("no-such-package==1 \\\n", "no-such-package")],
)
def test_a_package_that_is_missing_or_of_another_version(tmp_path, lock, name):
    (tmp_path / "lock").write_text(lock)
    problem = says_no(ready.packages, tmp_path / "lock")
    assert problem.startswith(f"1 missing or of another version ({name})")


def test_a_package_of_another_system_may_be_missing(tmp_path):
    (tmp_path / "lock").write_text("no-such-package==1 ; sys_platform == 'amiga' \\\n")
    ready.packages(tmp_path / "lock")


def test_a_full_disk(monkeypatch):
    usage = shutil.disk_usage(".")
    monkeypatch.setattr(ready.shutil, "disk_usage", lambda folder: usage._replace(free=4e8))
    assert "0.4 GB free" in says_no(ready.disk)


def test_little_memory(monkeypatch):
    memory = psutil.virtual_memory()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory._replace(available=1e9))
    assert "1.0 GB free" in says_no(ready.memory)


def test_little_memory_in_a_container(monkeypatch):
    monkeypatch.setattr(ready, "_containers_memory", lambda: 2e8)
    assert "0.2 GB free" in says_no(ready.memory)


def test_ports_that_are_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.socket() as free:
        number = taken.getsockname()[1]
        assert "all taken" in says_no(ready.port, [number])
        free.bind(("127.0.0.1", 0))
        other = free.getsockname()[1]
        free.close()
        assert str(other) in ready.port([number, other])


def test_lessons_that_are_missing_or_cannot_be_saved(tmp_path, monkeypatch):
    assert "there are none" in says_no(ready.lessons, tmp_path)

    def refused(dir):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(ready.tempfile, "TemporaryFile", refused)
    assert "copy the kit to your disk" in says_no(ready.lessons)


def test_an_environment_without_jupyterlab_or_what_shows_widgets(tmp_path):
    (tmp_path / "share/jupyter/lab/static").mkdir(parents=True)
    (tmp_path / "share/jupyter/labextensions/anywidget").mkdir(parents=True)
    problem = says_no(ready.jupyterlab, tmp_path)
    assert "environment: @jupyter-widgets/jupyterlab-manager. " in problem


def test_a_model_that_is_not_here(tmp_path, monkeypatch):
    monkeypatch.delenv("SAMPLERS_BASE_URL", raising=False)
    for name in ("XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    assert "samplers.local.engine.weights" in says_no(ready.model)
    assert "not asked" in says_no(ready.answer)

    monkeypatch.setenv("SAMPLERS_BASE_URL", "http://127.0.0.1:9/v1")
    assert "03" in ready.model()


def test_an_endpoint_that_does_not_answer(monkeypatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}/v1"
        monkeypatch.setenv("SAMPLERS_BASE_URL", address)
        assert "Connection" in says_no(ready.answer)


def test_a_widget_that_cannot_be_drawn(tmp_path, monkeypatch):
    (tmp_path / "anywidget.py").write_text("raise ImportError('broken')")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)
    assert "ImportError: broken: run `make setup`" in says_no(ready.widget)


def test_a_process_that_says_nothing(monkeypatch):
    monkeypatch.setattr(ready, "SECONDS", 0.2)
    assert "nothing within 0.2 s" in says_no(ready.run, "while True: pass")


def test_openai_is_not_asked(monkeypatch):
    """The child would need the network, and money, if it were."""
    monkeypatch.setenv("SAMPLERS_BASE_URL", "openai")
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-real-one")
    assert "none was asked" in ready.answer()


def test_the_lines_are_ten_and_the_paths_are_the_kits():
    assert len(ready.LINES) == 10
    assert (ready.ROOT / "Makefile").read_text("utf-8").count("samplers/lab/ready.py") == 1
    assert Path(FILE) == ready.ROOT / "samplers/lab/ready.py"
