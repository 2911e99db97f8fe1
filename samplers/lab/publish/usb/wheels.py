"""The wheels of the learner's lock, fetched with pip for this machine or for others.

pip can fetch for another platform, but it reads the lock's markers (`; sys_platform == 'win32'`) as
this machine's. So they are evaluated here.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import NamedTuple

from packaging.markers import Marker
from tqdm import tqdm

PACKED = "packed.json"  # beside the wheels: for whom they are, and which they are
BAR = "{desc} |{bar:30}| {n_fmt} of {total_fmt}"
MISSING = re.compile(r"^ERROR: No matching distribution found for ([\w.-]+)==", re.MULTILINE)
PLATFORM = re.compile(r"(win|macosx_\d+_\d+|manylinux_2_\d+)_(\w+)")
SYSTEMS = {  # what the markers of a lock ask of a system
    "win": {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
    "macosx": {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
    "manylinux": {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
}


class PackError(Exception):
    """The folder cannot be packed. The message says why, and what to do next."""


class Target(NamedTuple):
    """The machines that wheels are for: pip's platform tag and "3.12"."""

    platform: str  # "" for this machine, whose tags pip knows
    python: str

    def __str__(self) -> str:
        return f"{self.platform or sysconfig.get_platform()}:{self.python}"


def this_machine() -> Target:
    """The machine and the Python that this runs on."""
    return Target("", "{}.{}".format(*sys.version_info))


def target(text: str) -> Target:
    """The target that "win_amd64:3.12" names; PackError for a text that names none."""
    platform, _, python = text.partition(":")
    if not PLATFORM.fullmatch(platform) or not re.fullmatch(r"3\.(1[1-9]|[2-9]\d)", python):
        raise PackError(
            f"PLATFORMS must hold pairs such as win_amd64:3.12, macosx_14_0_arm64:3.12 or "
            f"manylinux_2_28_x86_64:3.11 (Python 3.11 or newer), got {text!r}"
        )
    return Target(platform, python)


def chosen(lock: str, target: Target, patch: int) -> dict[str, str]:
    """{"numpy==2.5.5": its lines without the marker} of the lock's entries for a target.

    `patch` is the last part of the Python's version, which a marker may ask for.
    """
    environment = {"python_version": target.python, "implementation_name": "cpython"}
    environment["python_full_version"] = f"{target.python}.{patch}"
    if target.platform:
        system = target.platform.partition("_")[0]
        environment |= SYSTEMS[system]

    entries = {}
    for entry in re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]:
        head, _, hashes = entry.partition("\\\n")
        pin, _, marker = head.partition(";")
        if not marker or Marker(marker).evaluate(environment):
            entries[pin.strip()] = f"{pin.strip()} \\\n{hashes}"
    return entries


def pack_wheels(lock: Path, folder: Path, targets: list[Target]) -> None:
    """Fills `folder` with the wheels for all targets; does nothing if it holds just these.

    PackError names the packages that have no wheel for a target.
    """
    text = lock.read_text("utf-8")
    asked = {
        "lock": hashlib.sha256(text.encode()).hexdigest(),
        "targets": [str(target) for target in targets],
    }
    if asked | {"wheels": _sizes(folder)} == _packed(folder):
        return

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    without = {}
    for target in targets:
        missing = _fetch(text, target, folder)
        if missing:
            without[str(target)] = missing
    if without:
        lines = [f"  {name}: {', '.join(missing)}" for name, missing in without.items()]
        raise PackError(
            "These packages have no wheel that the lock allows. Name another platform or another "
            "Python in PLATFORMS:\n" + "\n".join(lines)
        )

    packed = asked | {"wheels": _sizes(folder)}
    (folder / PACKED).write_text(json.dumps(packed, indent=1) + "\n", "utf-8")


def _sizes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in sorted(folder.glob("*.whl"))}


def _packed(folder: Path) -> dict | None:
    try:
        return json.loads((folder / PACKED).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _fetch(lock: str, target: Target, folder: Path) -> list[str]:
    """Fetches a target's wheels into `folder`; returns the names that have none."""
    newest = chosen(lock, target, patch=99)
    # of a version such as 3.11.4, for which few packages have an entry of their own
    oldest = chosen(lock, target, patch=0)
    older = {pin: entry for pin, entry in oldest.items() if pin not in newest}
    missing = []
    for entries in (newest, older):
        while entries:
            name = _download(entries, target, folder)
            if name is None:
                break
            missing.append(name)
            entries = {pin: it for pin, it in entries.items() if pin.split("==")[0] != name}
    return missing


def _download(entries: dict[str, str], target: Target, folder: Path) -> str | None:
    """Runs pip once. None if it has fetched all, else the name of the first without a wheel."""
    with tempfile.TemporaryDirectory() as scratch:
        requirements = Path(scratch) / "requirements.txt"
        requirements.write_text("".join(entries.values()), "utf-8")
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
        command += ["--disable-pip-version-check", "--progress-bar=off", "--only-binary=:all:"]
        command += ["--dest", str(folder), "-r", str(requirements)]
        if target.platform:
            command += [f"--python-version={target.python}", "--implementation=cp"]
            command += [f"--platform={tag}" for tag in _tags(target.platform)]

        output = []
        with (
            subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                env=os.environ | {"PYTHONUTF8": "1"},
            ) as pip,
            tqdm(desc=f"Wheels for {target}", total=len(entries), bar_format=BAR) as bar,
        ):
            for line in pip.stdout:
                output.append(line)
                if line.startswith(("Collecting ", "Processing ")):  # from an index, a folder
                    bar.update()

    if pip.returncode == 0:
        return None
    text = "".join(output)
    found = MISSING.search(text)
    if found and "Retrying (" not in text:
        return found[1]
    errors = [line for line in output if line.startswith("ERROR:")] or output[-1:]
    reason = "".join(errors[:1]).strip() or "it gave no reason."
    raise PackError(
        f"The wheels were not fetched. pip: {reason} Check the network and the disk; try again."
    )


def _tags(platform: str) -> list[str]:
    """The platform's tag, and on Linux those of older C libraries, whose wheels run there, too."""
    newest = re.fullmatch(r"manylinux_2_(\d+)_(\w+)", platform)
    if not newest:
        return [platform]
    minor, machine = newest.groups()
    tags = [f"manylinux_2_{n}_{machine}" for n in range(int(minor), 4, -1)]
    return tags + [f"manylinux{name}_{machine}" for name in ("2014", "2010", "1")]
