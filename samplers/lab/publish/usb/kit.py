"""A copy of the kit itself: what git tracks, or without git all that is not made on a machine."""

import io
import shutil
import subprocess
import zipfile
from pathlib import Path


def copy_kit(root: Path, folder: Path) -> str:
    """Makes `folder` a copy of the kit at `root`, and returns a remark for its user, or "".

    In a clone it is the last commit: changes that are not committed are left out, and said.
    """
    shutil.rmtree(folder, ignore_errors=True)
    if not (root / ".git").exists() or shutil.which("git") is None:
        shutil.copytree(root, folder, ignore=shutil.ignore_patterns(".git", *_made_here(root)))
        return ""

    archive = _git(root, "archive", "--format=zip", "HEAD")
    with zipfile.ZipFile(io.BytesIO(archive)) as kit:
        kit.extractall(folder)
    changed = _git(root, "status", "--porcelain").decode(errors="replace").splitlines()
    return f"Not packed: {len(changed)} changes that are not committed." if changed else ""


def _made_here(root: Path) -> list[str]:
    """What .gitignore names, for shutil: "dist" of "dist/"."""
    lines = (root / ".gitignore").read_text("utf-8").split()
    return [line.rstrip("/") for line in lines]


def _git(root: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=root, stdout=subprocess.PIPE, check=True).stdout
