"""The wheels on the stick: which of the lock a machine needs, and what pip finds for it."""

import hashlib
import json
import os
import re
import zipfile
from pathlib import Path

import pytest

from samplers.lab.publish.usb import wheels
from samplers.lab.publish.usb.__main__ import main
from samplers.lab.publish.usb.wheels import (
    PACKED,
    PackError,
    Target,
    chosen,
    pack_wheels,
    target,
    this_machine,
)

ROOT = Path(__file__).parents[4]
LOCK = (ROOT / ".requirements.lock").read_text("utf-8")
WINDOWS = Target("win_amd64", "3.12")
MAC = Target("macosx_14_0_arm64", "3.11")
LINUX = Target("manylinux_2_28_aarch64", "3.13")


def names(target: Target) -> set[str]:
    return {pin.split("==")[0] for pin in chosen(LOCK, target, patch=99)}


def test_a_marker_is_read_as_the_other_machine_would():
    """pip itself reads it as this one's, whatever its --platform says."""
    only = {"colorama", "pywinpty", "appnope", "pexpect", "ptyprocess", "overrides"}
    assert names(WINDOWS) & only == {"colorama", "pywinpty"}
    assert names(MAC) & only == {"appnope", "pexpect", "ptyprocess", "overrides"}
    assert names(LINUX) & only == {"pexpect", "ptyprocess"}


def test_each_package_has_one_version_and_its_hashes():
    for machine in (WINDOWS, MAC, LINUX, this_machine()):
        entries = chosen(LOCK, machine, patch=99)
        assert len(names(machine)) == len(entries) > 100
        assert all("--hash=sha256:" in entry and ";" not in entry for entry in entries.values())


def test_an_older_patch_of_python_can_have_an_entry_of_its_own():
    lock = (
        "a==1 ; python_full_version < '3.11.5' \\\n    --hash=sha256:1\n"
        "a==2 ; python_full_version >= '3.11.5' \\\n    --hash=sha256:2\n"
    )
    assert list(chosen(lock, MAC, patch=0)) == ["a==1"]
    assert list(chosen(lock, MAC, patch=99)) == ["a==2"]


def test_this_machine_is_named_as_pip_knows_it():
    assert this_machine().platform == ""
    assert re.fullmatch(r"\S+:3\.\d+", str(this_machine()))


@pytest.mark.parametrize(
    "name",
    ["", "win_amd64", "win_amd64:", "win_amd64:3.10", "linux_x86_64:3.12", "win_amd64:3.12:x"],
)
def test_a_wrong_platform_is_refused_before_anything_is_fetched(name, capsys):
    with pytest.raises(PackError, match=re.escape(repr(name))):
        target(name)
    assert main([name]) == 2
    assert "win_amd64:3.12" in capsys.readouterr().err


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """shop(tag, ...) fills the one folder where pip looks, and returns a lock for it.

    The packages are a 1, for every machine, and b 1, for the tags.
    """
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))

    def filled(*tags: str) -> Path:
        hashes = {"a": [wheel(folder, "a", "py3-none-any")], "b": []}
        hashes["b"] = [wheel(folder, "b", tag) for tag in tags] or ["0" * 64]
        lines = [
            " \\\n    ".join([f"{name}==1", *(f"--hash=sha256:{it}" for it in found)])
            for name, found in hashes.items()
        ]
        lock = tmp_path / "lock"
        lock.write_text("\n".join(lines) + "\n", "utf-8")
        return lock

    return filled


def wheel(folder: Path, name: str, tag: str) -> str:
    """Writes a wheel with nothing in it; returns its sha256."""
    path = folder / f"{name}-1-{tag}.whl"
    info = f"{name}-1.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_two_machines_wheels_lie_together_and_nothing_else_does(shop, tmp_path):
    lock = shop("cp312-cp312-win_amd64", "cp313-cp313-manylinux_2_17_aarch64")
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / "a-0-py3-none-any.whl").write_bytes(b"of an older lock")
    pack_wheels(lock, folder, [WINDOWS, LINUX])
    files = {
        "a-1-py3-none-any.whl",
        "b-1-cp312-cp312-win_amd64.whl",
        "b-1-cp313-cp313-manylinux_2_17_aarch64.whl",
    }
    assert {path.name for path in folder.iterdir()} == files | {PACKED}
    packed = json.loads((folder / PACKED).read_text("utf-8"))
    assert packed["targets"] == ["win_amd64:3.12", "manylinux_2_28_aarch64:3.13"]


def test_what_has_no_wheel_is_named_with_its_machine(shop, tmp_path):
    lock = shop("cp312-cp312-win_amd64")
    with pytest.raises(PackError, match=r"another\s+Python") as caught:
        pack_wheels(lock, tmp_path / "wheels", [LINUX])
    assert str(caught.value).endswith("manylinux_2_28_aarch64:3.13: b")
    assert not (tmp_path / "wheels" / PACKED).exists()


def test_only_a_folder_that_is_whole_is_kept(shop, tmp_path, monkeypatch):
    """pip is not asked again, but for another lock, another machine or a file that is not whole."""
    lock = shop("cp312-cp312-win_amd64")
    folder = tmp_path / "wheels"
    asked = []

    def fetch(lock: str, machine: Target, folder: Path) -> list[str]:
        asked.append(str(machine))
        (folder / "a-1-py3-none-any.whl").write_bytes(b"whole")
        return []

    monkeypatch.setattr(wheels, "_fetch", fetch)
    pack_wheels(lock, folder, [WINDOWS])
    pack_wheels(lock, folder, [WINDOWS])
    assert asked == ["win_amd64:3.12"]

    (folder / "a-1-py3-none-any.whl").write_bytes(b"who")
    pack_wheels(lock, folder, [WINDOWS])
    pack_wheels(lock, folder, [LINUX])
    lock.write_text(lock.read_text("utf-8") + "\n", "utf-8")
    pack_wheels(lock, folder, [LINUX])
    assert len(asked) == 4
