"""Installs Samplers from this folder, with no network.

    python3 install.py [--lab] [FOLDER]        (on Windows: py install.py)

It copies the kit to FOLDER ("samplers" in your home folder if you name none), makes a Python
environment there, installs the packages, and puts the model into your cache folder. With --lab it
then opens lesson 00. A second run is quick: it keeps the lessons that you have changed.

It needs Python 3.11 or newer, and nothing else: only the standard library is used here.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

STICK = Path(__file__).resolve().parent
OURS = ".from_usb"  # in the folder: this program made it, and may replace what is in it
READY = ".venv/.ready"  # where make, too, looks whether the environment is there
LESSONS = "notebooks"  # what a learner changes
LESSON = "--LabApp.default_url=/lab/tree/notebooks/learner/00_start_here.ipynb"
INSIDE = "Scripts/python.exe" if os.name == "nt" else "bin/python"
VERSION = sys.version.split()[0]
WHERE = """
from samplers.local.engine import weights
print(weights.cache_folder())
print(weights.SHA256)
"""


def stop(message):
    """Ends the program with a message that says what to do next."""
    sys.exit("install.py: " + message)


def copy_kit(folder):
    """Copies the kit into `folder`. Lessons that were changed there stay; their names are said."""
    if folder.exists() and any(folder.iterdir()) and not (folder / OURS).exists():
        stop(f"{folder} holds something else. Name another folder: python3 install.py FOLDER")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / OURS).touch()

    before = _listed(folder)
    shutil.rmtree(folder / "samplers", ignore_errors=True)  # no module of an older kit stays
    listed = {}
    for source in sorted((STICK / "kit").rglob("*")):
        if source.is_dir():
            continue
        name = source.relative_to(STICK / "kit").as_posix()
        listed[name] = digest(source)
        copy = folder / name
        if name.startswith(LESSONS) and copy.exists():
            now = digest(copy)
            if now not in (listed[name], before.get(name)):
                print(f"  kept as it is, since you have changed it: {name}")
                continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    (folder / OURS).write_text(json.dumps(listed), "utf-8")


def _listed(folder):
    """{name: digest} of the files as they were copied last time."""
    try:
        return json.loads((folder / OURS).read_text("utf-8"))
    except ValueError:  # never copied to its end
        return {}


def digest(path):
    """The file's sha256, in hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


def python_in(folder):
    """The environment's Python."""
    return str(folder / ".venv" / INSIDE)


def make_environment(folder):
    """Makes the environment and installs the packages, unless just this was done before."""
    made_of = sys.version + "".join(
        digest(folder / name) for name in (".requirements.lock", "pyproject.toml")
    )
    ready = folder / READY
    if ready.exists() and ready.read_text("utf-8") == made_of:
        ready.touch()  # newer than the files that were just copied, or make would begin again
        return

    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(folder / ".venv")]):
        stop(
            "Python could not make an environment. Close JupyterLab if it runs. On Debian and "
            "Ubuntu install the package python3-venv."
        )
    wheels = STICK / "wheels"
    pip(
        folder,
        "--require-hashes",
        f"--find-links={wheels}",
        "-r",
        str(folder / ".requirements.lock"),
    )
    pip(folder, "--no-deps", "--no-build-isolation", "--editable", str(folder))
    ready.write_text(made_of, "utf-8")


def pip(folder, *arguments):
    """Runs `pip install` with no index, and with no settings of the user's own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment["PIP_CONFIG_FILE"] = os.devnull
    command = [python_in(folder), "-m", "pip", "install", "--no-index", "--no-compile"]
    command += ["--disable-pip-version-check", "--quiet"]
    with subprocess.Popen([*command, *arguments], env=environment) as process:
        while process.poll() is None:
            _show_progress(folder)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
    if process.returncode:
        packed = json.loads((STICK / "wheels" / "packed.json").read_text("utf-8"))
        stop(
            f"pip could not install (see above). The packages are for "
            f"{', '.join(packed['targets'])}; this is {sys.platform}, Python {VERSION}."
        )


def _show_progress(folder):
    """How many packages are there by now, for a person who waits; nothing in a log."""
    if sys.stderr.isatty():
        inside = "Lib" if os.name == "nt" else "lib/python*"
        done = len(list((folder / ".venv").glob(f"{inside}/site-packages/*.dist-info")))
        print(f"\r   {done} packages", end="\r", file=sys.stderr, flush=True)


def put_model(folder):
    """Copies the model into the user's cache folder, unless it is there."""
    models = list(STICK.glob("*.gguf"))
    if not models:
        stop(f"{STICK} is not whole: the model is missing. Copy the whole folder again.")
    model = models[0]
    found = subprocess.run(
        [python_in(folder), "-c", WHERE], stdout=subprocess.PIPE, encoding="utf-8", check=True
    )
    cache, sha256 = found.stdout.split("\n")[:2]
    target = Path(cache) / model.name
    if target.exists() and digest(target) == sha256:
        return

    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        shutil.copyfile(model, part)
        if digest(part) != sha256:
            stop(f"{model} is damaged. Copy the whole folder to the stick again.")
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def main():
    """The command: one line for each step."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lab", action="store_true", help="then open lesson 00 in JupyterLab")
    parser.add_argument("folder", nargs="?", type=Path, default=Path.home() / "samplers")
    options = parser.parse_args()
    folder = options.folder.expanduser().resolve()
    if sys.version_info < (3, 11):  # noqa: UP036  # this file is started by any Python
        stop(f"Samplers needs Python 3.11 or newer; this is {VERSION}.")

    try:
        print(f"1. The kit: copied to {folder}", flush=True)
        copy_kit(folder)
        print("2. The packages: installed in an environment of their own (a minute)", flush=True)
        make_environment(folder)
        print("3. The model: copied to your cache folder, and tried once", flush=True)
        put_model(folder)
        prepare = [python_in(folder), "-m", "samplers.local.engine.logits.prepare"]
        subprocess.run(prepare, check=True)
    except OSError as error:
        stop(f"{error}. Free 0.9 GB of disk, or name another folder, and run it again.")
    except subprocess.CalledProcessError:
        stop("this step failed (see above). Copy the whole folder to the stick again and retry.")

    # In a container one is often root, and Jupyter starts as root only if it is told to.
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    lab = ["-m", "jupyter", "lab", *["--allow-root"] * is_root, LESSON]
    again = " ".join([str(Path(".venv", INSIDE)), *lab])
    print(f'Ready. To open lesson 00:\n  cd "{folder}"\n  {again}', flush=True)
    if options.lab:
        sys.exit(subprocess.call([python_in(folder), *lab], cwd=folder))


if __name__ == "__main__":
    main()
