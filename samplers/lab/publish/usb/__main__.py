"""Packs wheels, the model and the kit into a folder that installs with no network.

`python -m samplers.lab.publish.usb [win_amd64:3.12 ...]` writes dist/usb. Without an argument it is
for this machine's platform and Python. Copy the whole folder to a USB stick.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from samplers.lab.publish.usb.kit import copy_kit
from samplers.lab.publish.usb.wheels import PackError, Target, pack_wheels, target, this_machine

ROOT = Path(__file__).parents[4]
HERE = Path(__file__).parent
FOLDER = ROOT / "dist" / "usb"


def pack(targets: list[Target], folder: Path = FOLDER) -> None:
    """Packs the folder, or brings it up to date, and prints its size. PackError if it cannot."""
    if not (ROOT / ".requirements.lock").exists():
        raise PackError("Run this in a clone of the kit: there is no .requirements.lock here.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pack_wheels(ROOT / ".requirements.lock", folder / "wheels", targets)
        _pack_model(folder)
        remark = copy_kit(ROOT, folder / "kit")
        for name in ("install.py", "README.txt"):
            shutil.copy(HERE / name, folder)
    except OSError as error:
        raise PackError(f"{folder} cannot be written: {error.strerror or error}.") from None

    print(f"{folder}, for {', '.join(map(str, targets))}:")
    for path in sorted(folder.iterdir()):
        print(f"  {path.name:32} {_bytes(path) / 1e6:7.1f} MB")
    print(f"  {'together':32} {_bytes(folder) / 1e6:7.1f} MB")
    if remark:
        print(remark)


def _pack_model(folder: Path) -> None:
    """Copies the model's file, which the command below has checked or fetched."""
    command = [sys.executable, "-m", "samplers.local.engine.weights"]
    environment = {name: value for name, value in os.environ.items() if name != "SAMPLERS_MODEL"}
    found = subprocess.run(
        command, stdout=subprocess.PIPE, encoding="utf-8", env=environment, check=False
    )
    if found.returncode:
        raise PackError("Without the model the folder would be of no use: see the line above.")

    model = Path(found.stdout.strip())
    for old in folder.glob("*.gguf"):
        if old.name != model.name:
            old.unlink()
    shutil.copyfile(model, folder / model.name)


def _bytes(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def main(names: list[str]) -> int:
    """The command; returns its exit code: 2 for a wrong argument, 1 if packing fails."""
    try:
        targets = [target(name) for name in names] or [this_machine()]
    except PackError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        pack(targets)
    except PackError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
