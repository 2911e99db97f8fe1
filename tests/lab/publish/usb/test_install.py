"""install.py's steps one by one. `make usb TRY=1` runs it whole, with the network off."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from samplers.lab.publish.usb import install

ROOT = Path(__file__).parents[4]
LESSON = "notebooks/learner/00.ipynb"


@pytest.fixture
def stick(tmp_path, monkeypatch):
    """A stick with a kit of three files."""
    monkeypatch.setattr(install, "STICK", tmp_path / "stick")
    put(tmp_path / "stick/kit", **{LESSON: "lesson 1", "samplers/a.py": "a", "samplers/b.py": "b"})
    return tmp_path / "stick"


def put(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def test_a_newer_kit_replaces_all_but_a_lesson_that_was_changed(stick, tmp_path, capsys):
    folder = tmp_path / "home"
    install.copy_kit(folder)
    put(stick / "kit", **{LESSON: "lesson 2"})
    (stick / "kit/samplers/b.py").unlink()
    install.copy_kit(folder)
    assert (folder / LESSON).read_text() == "lesson 2"
    assert not (folder / "samplers/b.py").exists()

    put(folder, **{LESSON: "my answers", "notebooks/learner/mine.ipynb": "mine"})
    capsys.readouterr()
    for text in ("lesson 3", "lesson 4"):
        put(stick / "kit", **{LESSON: text})
        install.copy_kit(folder)
        assert (folder / LESSON).read_text() == "my answers"
        assert LESSON in capsys.readouterr().out
    assert (folder / "notebooks/learner/mine.ipynb").read_text() == "mine"


def test_a_folder_that_holds_something_else_is_left_alone(stick, tmp_path):
    folder = tmp_path / "home"
    put(folder, **{"samplers/a.py": "a clone, with my own work"})
    with pytest.raises(SystemExit, match="something else"):
        install.copy_kit(folder)
    assert (folder / "samplers/a.py").read_text() == "a clone, with my own work"


def test_an_installation_that_was_broken_off_is_gone_on_with(stick, tmp_path):
    folder = tmp_path / "home"
    put(folder, **{install.OURS: "", "samplers/a.py": "hal"})
    install.copy_kit(folder)
    assert (folder / "samplers/a.py").read_text() == "a"


@pytest.fixture
def models_cache(tmp_path, monkeypatch):
    """The environment says that the model with the text "right" belongs into an empty folder."""
    sha256 = hashlib.sha256(b"right").hexdigest()
    monkeypatch.setattr(
        install, "WHERE", f"print({str(tmp_path / 'cache')!r}, {sha256!r}, sep='\\n')"
    )
    monkeypatch.setattr(install, "python_in", lambda folder: sys.executable)
    return tmp_path / "cache"


@pytest.mark.parametrize("before", [None, "rig", "wrong"])
def test_the_model_is_put_into_the_cache(stick, tmp_path, models_cache, before):
    put(stick, **{"model.gguf": "right"})
    if before:
        put(models_cache, **{"model.gguf": before})
    install.put_model(tmp_path)
    assert [path.name for path in models_cache.iterdir()] == ["model.gguf"]
    assert (models_cache / "model.gguf").read_text() == "right"


def test_a_stick_without_its_model_is_said(stick, tmp_path, models_cache):
    with pytest.raises(SystemExit, match="Copy the whole folder again"):
        install.put_model(tmp_path)


def test_a_damaged_model_is_not_put_anywhere(stick, tmp_path, models_cache):
    put(stick, **{"model.gguf": "wrong"})
    with pytest.raises(SystemExit, match="damaged"):
        install.put_model(tmp_path)
    assert list(models_cache.iterdir()) == []


def test_a_missing_wheel_is_said_with_whom_the_stick_is_for(stick, tmp_path, monkeypatch, capfd):
    """The real pip, in our own environment: nothing is installed, as there is no such wheel."""
    put(stick / "wheels", **{"packed.json": json.dumps({"targets": ["win_amd64:3.12"]})})
    monkeypatch.setattr(install, "python_in", lambda folder: sys.executable)
    with pytest.raises(SystemExit, match=r"are for win_amd64:3\.12; this is"):
        install.pip(tmp_path, f"--find-links={stick / 'wheels'}", "no-such-package-here==1")
    assert "No matching distribution" in capfd.readouterr().err


def test_an_old_python_is_told_before_anything_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr(install.sys, "version_info", (3, 10, 4))
    monkeypatch.setattr(install.sys, "argv", ["install.py", str(tmp_path / "home")])
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        install.main()
    assert not (tmp_path / "home").exists()


def test_it_runs_alone_with_the_standard_library():
    """As on the stick: no package of ours or of others is there."""
    command = [sys.executable, "-I", "-S", install.__file__, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--lab" in done.stdout


def test_it_opens_the_lesson_that_make_lab_opens():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert install.LESSON in makefile
    assert set(re.findall(r"\.venv/\.ready\b", makefile)) == {install.READY}
