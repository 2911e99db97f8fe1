"""The commit that a handout is made from."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Commit:
    """A commit's date, as 2026-11-30, and its second since 1970."""

    date: str
    seconds: int


def commit_of(folder: Path) -> Commit:
    """The last commit of the checkout that `folder` is in; "undated" where there is none."""
    command = ["git", "log", "-1", "--format=%cs %ct", "HEAD"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return Commit("undated", 0)
    date, seconds = done.stdout.split()
    return Commit(date, int(seconds))
