"""The repository's own promises: its top level, its dependencies and their lock, its README."""

import re
import subprocess
import tomllib
import zipfile
from email import message_from_bytes
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from flit_core import buildapi
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
FIRST = (ROOT / ".requirements.lock").read_text()
# What the tests import, and Jupyter or matplotlib bring to a learner as well.
ALSO_JUPYTERS = {"jupyter-client", "packaging", "psutil", "pyyaml"}
LOCKS = {"": FIRST}
LOCKS |= {extra: (ROOT / f".requirements-{extra}.lock").read_text() for extra in EXTRAS}


def declared() -> list[Requirement]:
    requirements = list(PROJECT["dependencies"])
    for extra in EXTRAS.values():
        requirements += extra
    return [Requirement(requirement) for requirement in requirements]


def pins(lock: str) -> dict[str, set[str]]:
    """A lock's versions of each name: more than one where they depend on the Python."""
    pinned = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.MULTILINE):
        pinned.setdefault(canonicalize_name(name), set()).add(version)
    return pinned


def tracked() -> list[str]:
    command = ["git", "ls-files", "-z"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if process.returncode:
        pytest.skip("not a git checkout: nothing says which files belong to the repository")
    return process.stdout.split("\0")[:-1]


def test_top_level_is_what_the_design_says():
    allowed = {
        "notebooks",
        "samplers",
        "tests",
        "environment.yml",
        "README.md",
        "Makefile",
        "pyproject.toml",
        "LICENSE",
    }
    top = {name.split("/")[0] for name in tracked()}
    assert {name for name in top if not name.startswith(".")} == allowed


def test_each_dependency_is_declared_once():
    names = [canonicalize_name(requirement.name) for requirement in declared()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("extra", LOCKS)
def test_lock_satisfies_every_declaration(extra):
    pinned = pins(LOCKS[extra] + FIRST)
    for requirement in map(Requirement, EXTRAS.get(extra, PROJECT["dependencies"])):
        versions = pinned[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version) for version in versions), requirement


@pytest.mark.parametrize("extra", LOCKS)
def test_lock_has_hashes_and_names_no_registry(extra):
    lock = LOCKS[extra]
    entries = re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]
    assert len(entries) >= 15
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?://|--(extra-)?index|--find-links", lock)


def test_locks_agree_and_none_repeats_the_first():
    for a, b in combinations(LOCKS.values(), 2):
        common = pins(a).keys() & pins(b).keys()
        assert all(pins(a)[name] == pins(b)[name] for name in common)

    entries = {extra: set(re.findall("^.+==.+", lock, re.M)) for extra, lock in LOCKS.items()}
    assert not any(entries[""] & entries[extra] for extra in EXTRAS)


def test_a_learner_installs_nothing_that_only_others_need():
    for requirements in EXTRAS.values():
        heavy = {Requirement(requirement).name for requirement in requirements} - ALSO_JUPYTERS
        assert not heavy & pins(FIRST).keys()


def test_conda_makes_the_environment_that_pyproject_declares():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, _, pip = environment["dependencies"]
    assert python == f"python {PROJECT['requires-python']}"
    assert pip == {"pip": ["-r .requirements.lock"]}


def test_readme_is_short_and_its_make_targets_exist():
    readme = (ROOT / "README.md").read_text()
    assert len(readme.splitlines()) < 120
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)`", readme)) <= targets


def test_readme_lists_every_lesson():
    readme = (ROOT / "README.md").read_text()
    for lesson in (ROOT / "notebooks").glob("[0-9]*.ipynb"):
        assert f"notebooks/{lesson.name}" in readme


def test_ci_runs_the_readmes_test_commands():
    readme = (ROOT / "README.md").read_text()
    assert "`make browser`" in readme
    assert "`make test`" in readme
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert len(lines) == 1
    assert lines[0].endswith("; make browser && make test")


def test_built_metadata_names_the_licences(tmp_path, monkeypatch):
    """Of the code, and of the font that travels with it: both texts are in the wheel."""
    monkeypatch.chdir(ROOT)
    with zipfile.ZipFile(tmp_path / buildapi.build_editable(tmp_path)) as wheel:
        files = {Path(name).name: wheel.read(name) for name in wheel.namelist()}

    metadata = message_from_bytes(files["METADATA"])
    assert metadata["License-Expression"] == "MIT AND OFL-1.1"
    assert metadata["License"] is None
    assert metadata.get_all("License-File") == ["LICENSE", "samplers/lab/plots/fonts/OFL.txt"]
    assert files["LICENSE"].startswith(b"MIT License")
    assert b"SIL OPEN FONT LICENSE" in files["OFL.txt"]
