"""Every command on a page that people read is tried here, or is marked there as untested.

What "tried" means depends on the command: a `make` target names programs that exist, the lines for
whoever has no make are what make runs, a program has the options that the page gives it. What takes
long runs elsewhere: `make lab`'s lines in `make setup`, and `make usb TRY=1` in .ci/run.
"""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from page_commands import commands

ROOT = Path(__file__).parents[1]
USB = ROOT / "samplers/lab/publish/usb"
PAGES = [
    page
    for page in (
        ROOT / "README.md",
        ROOT / "notebooks/instructor.md",
        USB / "README.txt",
    )
    if page.exists()
]
UNTESTED = {  # what begins so cannot be tried here, and why
    "conda ": "conda is not installed where the tests run",
    "caddy ": "a proxy with a certificate needs a name that the Internet knows",
    "pip install": "it is for JupyterHub, which is not installed where the tests run",
    "py ": "Windows' launcher",
    "set ": "Windows' shell",
    ".venv\\": "Windows' paths",
}
FOUND = {
    (page, command)
    for page in PAGES
    for command in commands(page.read_text("utf-8"), page.suffix == ".md")
}
CASES = [
    pytest.param(command, id=f"{page.relative_to(ROOT)}: {command.text}")
    for page, command in sorted(FOUND)
]


def trial(text: str):
    """The function that tries such a command; None if there is none."""
    for begin, function in TRIALS.items():
        if re.match(begin, text):
            return function
    return None


@pytest.mark.parametrize("command", CASES)
def test_a_command_is_tried_or_marked_as_untested(command, tmp_path):
    reasons = [why for begin, why in UNTESTED.items() if command.text.startswith(begin)]
    if reasons:
        assert command.is_marked, f"say on the page that this is untested: {reasons[0]}"
        return
    tried = trial(command.text)
    assert tried is not None, "there is no trial for such a command here: write one"
    tried(command.text)


def try_make(text: str) -> None:
    """The target exists, and what it would run does, too; a lesson's name is not looked up."""
    arguments = shlex.split(text)[1:]
    lines = dry_run(*arguments)
    assert lines, "the target has no recipe"
    for line in lines:
        for module in re.findall(r"-m ([\w.]+)", line):
            assert can_run(module), module
        for script in re.findall(r"(?<![\w.])[\w/]+\.py\b", line):
            assert (ROOT / script).is_file(), script


def try_plain(text: str) -> None:
    """What the page gives to whoever has no make is what make itself runs.

    But for options that only keep pip and Jupyter quiet.
    """
    assert plain(text) in {plain(line) for line in dry_run("lab")}


def plain(line: str) -> str:
    line = re.sub(r" (--quiet|--disable-pip-version-check|--no-compile|--allow-root)\b", "", line)
    line = line.replace(" >/dev/null", "").replace(
        ".venv/bin/jupyter", ".venv/bin/python -m jupyter"
    )
    return re.sub(r"^(\.venv/bin/)?python3? ", "python ", line)


def try_module(text: str) -> None:
    """There is such a module, made to be run; what takes no options may print no help."""
    assert can_run(text.split()[-1])


def try_script(text: str) -> None:
    """There is such a file, which has tests of its own: it takes no options."""
    script(text.split()[-1])


def try_program(text: str) -> None:
    """The program or module prints its help, and knows each option that the page gives it."""
    words = shlex.split(re.sub(r"^(\w+=\S+ )+", "", text))
    program = words[1:3] if words[1] == "-m" else [str(script(words[1]))]
    known = help_of(*program)
    for option in re.findall(r" (--[a-z-]+)", text):
        assert re.search(rf"{option}\b", known), f"{option} is not in its help"


def script(name: str) -> Path:
    """The file that a page calls by this name: on the stick install.py is at the top."""
    path = USB / name if name == "install.py" else ROOT / name
    assert path.is_file(), name
    return path


@cache
def help_of(*program: str) -> str:
    """What a program prints for --help; it must end well."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, *program, "--help"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr  # the endpoint's stdout is for its one line alone


@cache
def dry_run(*arguments: str) -> list[str]:
    """The lines that `make` would run, as in a fresh clone."""
    command = ["make", "-n", "-B", "PYTHON=python3", *arguments]
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def can_run(module: str) -> bool:
    """Whether `python -m` finds something that is made to be run. Nothing is imported."""
    if not module.startswith(("samplers", "tests")):
        return importlib.util.find_spec(module) is not None
    path = ROOT.joinpath(*module.split("."))
    files = [file for file in (path.with_suffix(".py"), path / "__main__.py") if file.is_file()]
    return any('if __name__ == "__main__":' in file.read_text("utf-8") for file in files)


def try_variable(text: str) -> None:
    """A variable that is set is one that the kit reads."""
    name = text.split()[1].partition("=")[0]
    files = (ROOT / "samplers").rglob("*.py")
    assert any(f'"{name}"' in path.read_text("utf-8") for path in files)


PYTHON = r"(\w+=\S+ )*(\.venv/bin/)?python3? "
TRIALS = {  # the first that fits
    r"make [a-z]": try_make,
    PYTHON + r"-m (venv|pip|jupyter) ": try_plain,
    PYTHON + r"-m (samplers|tests)[.\w]+$": try_module,
    PYTHON + r"-m (samplers|tests)\b": try_program,
    PYTHON + r"\S+\.py$": try_script,
    PYTHON + r"\S+\.py ": try_program,
    r"export [A-Z_]+=": try_variable,
}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("make no-such-target", "No rule"),
        ("python -m samplers.no_such_module", "can_run"),
        ("python -m samplers.wire.tokens", "can_run"),
        ("python -m samplers.local --no-such-option", "not in its help"),
        ("python3 no_such_file.py --lab", "no_such_file"),
        (".venv/bin/python -m pip install jupyterlab", "in {"),
        ("export SAMPLERS_NO_SUCH=1", "any"),
    ],
)
def test_a_wrong_command_is_found(text, message):
    with pytest.raises(AssertionError, match=message):
        trial(text)(text)


@pytest.mark.parametrize("text", ["ruby install.rb", "python -c 'print(1)'", "make"])
def test_for_a_command_of_another_kind_there_is_no_trial(text):
    assert trial(text) is None


PAGE = """
Run `make lab`, with `python`, then `conda activate
samplers` (untested), and set `SAMPLERS_MODEL=/x.gguf`.

| `make a` | it |
| `make b` | untested |

On the room's machine:

```
python -m samplers.local.keys keys.txt 30
```

```python
make = 1
```
"""


def test_a_pages_commands_are_found_with_their_marks():
    found = [(command.text, command.is_marked) for command in commands(PAGE)]
    assert found == [
        ("python -m samplers.local.keys keys.txt 30", False),
        ("make lab", True),
        ("conda activate samplers", True),
        ("make a", False),
        ("make b", True),
    ]
    plain_text = "Open a terminal:\n\n    python3 install.py --lab        on Linux\n"
    assert [command.text for command in commands(plain_text, is_markdown=False)] == [
        "python3 install.py --lab"
    ]
