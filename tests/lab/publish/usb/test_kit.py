"""The kit on the stick: the last commit of a clone, or all files of a copy without git."""

import subprocess

import pytest

from samplers.lab.publish.usb.kit import copy_kit


@pytest.fixture
def kit(tmp_path):
    """A small kit with what is made on a machine, too."""
    root = tmp_path / "root"
    for name in ("samplers/a.py", "dist/usb/kit/a.py", ".venv/a.py", "samplers/__pycache__/a.pyc"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("1\n")
    (root / ".gitignore").write_text(".venv/\n__pycache__/\ndist/\n")
    return root


def files(folder) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in found}


def git(root, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def test_without_git_all_but_what_is_made_here(kit, tmp_path):
    assert copy_kit(kit, tmp_path / "copy") == ""
    assert files(tmp_path / "copy") == {"samplers/a.py", ".gitignore"}


def test_a_clones_last_commit_and_a_word_about_the_rest(kit, tmp_path):
    git(kit, "init", "-q")
    git(kit, "add", ".")
    git(kit, "commit", "-qm", "a")
    copy = tmp_path / "copy"
    assert copy_kit(kit, copy) == ""

    (kit / "samplers/a.py").write_text("2\n")
    (copy / "stale.py").write_text("")
    assert "1 changes that are not committed" in copy_kit(kit, copy)
    assert files(copy) == {"samplers/a.py", ".gitignore"}
    assert (copy / "samplers/a.py").read_text() == "1\n"
