"""The explorers that a lesson shows, kept beside its master when it is run.

In notebooks/distributions/ stands for lesson NAME the file NAME.json: a list of its explorers, each
with the cell that shows it, the alternative text of its picture there, and the values that
`explorer.js` takes. Its logits and the names of its tokens stand in files of their own, which
explorers and lessons share: HASH.f32 (little-endian; HASH.f64 where float32 would not do) and
HASH.txt (one name on each line).
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# a master is stored without its widgets: this text remains of an explorer, beside its picture
TITLE = "<Explorer of "
VALUES = ("settings", "top", "drawn", "prompt", "answer", "note")
IN_FILES = ("names", "logits")


def is_explorer(output: Mapping) -> bool:
    """Is this output of a cell an explorer?"""
    return "".join(output.get("data", {}).get("text/plain", "")).startswith(TITLE)


def alt_of(output: Mapping) -> str:
    """The alternative text of an output's picture."""
    return output["metadata"]["image/png"]["alt"]


def explorers_of(cell: Mapping, states: Mapping, buffers: Mapping) -> list[dict]:
    """The explorers that a cell shows, in the state that they are in when it has just been run.

    `states` and `buffers` are nbclient's `widget_state` and `widget_buffers`. `names` is a text and
    `logits` are bytes, as the widget has them.
    """
    found = []
    for output in filter(is_explorer, cell.get("outputs", ())):
        model_id = output["data"][WIDGET_VIEW]["model_id"]
        state = states[model_id]
        logits = base64.b64decode(buffers[model_id][("logits",)]["data"])
        values = {name: state[name] for name in VALUES} | {"counts": state["counts"] or None}
        shown_at = {"cell": cell["id"], "alt": alt_of(output)}
        own = {"names": state["names"], "logits": logits}
        found.append(shown_at | state["fixed"] | values | own)
    return found


def store(master: Path, explorers: list[dict]) -> None:
    """Keep a lesson's explorers, and delete what no lesson needs any more."""
    folder = _folder(master)
    if explorers:
        folder.mkdir(exist_ok=True)
        listed = [explorer | _filed(folder, explorer) for explorer in explorers]
        text = json.dumps(listed, indent=1, ensure_ascii=False, allow_nan=False)
        _list_of(master).write_text(text + "\n", "utf-8", newline="\n")
    else:
        _list_of(master).unlink(missing_ok=True)

    used = {
        explorer[key]
        for path in folder.glob("*.json")
        for explorer in _read(path)
        for key in IN_FILES
    }
    for path in folder.glob("*"):
        if path.suffix != ".json" and path.name not in used:
            path.unlink()


def stored(master: Path) -> tuple[list[dict], dict[str, bytes]]:
    """A lesson's explorers, and the contents of the files that they name.

    Both are empty for a lesson without one. ValueError for a file that is missing or is not as it
    was stored, and for logits that no picture can show.
    """
    path = _list_of(master)
    explorers = _read(path) if path.exists() else []
    names = {explorer[key] for explorer in explorers for key in IN_FILES}
    files = {name: _contents(master, name) for name in sorted(names)}
    for explorer in explorers:
        _check(master, explorer["logits"], files, tokens=_lines(files[explorer["names"]]))
    return explorers, files


def logits_in(name: str, contents: bytes) -> np.ndarray:
    """The logits of a file, one per token."""
    return np.frombuffer(contents, _dtype(name))


def again(master: Path) -> str:
    """What to do where what is stored does not belong to the master."""
    return f"run: python -m samplers.lab.publish.execute {master}"


def _folder(master: Path) -> Path:
    return master.parent / "distributions"


def _list_of(master: Path) -> Path:
    return _folder(master) / f"{master.stem}.json"


def _read(path: Path) -> list[dict]:
    return json.loads(path.read_text("utf-8"))


def _check(master: Path, name: str, files: Mapping[str, bytes], tokens: int) -> None:
    """ValueError for a file of logits that a browser could not show."""
    size = _dtype(name).itemsize
    came = len(files[name])
    if came != size * tokens:
        words = f"{size} bytes for each of {tokens} tokens, got {came} bytes"
        raise ValueError(f"{name} must have {words}; {again(master)}")
    logits = logits_in(name, files[name])
    if not (logits < np.inf).all() or logits.max() == -np.inf:
        words = "numbers below +inf, one of them finite, got NaN, +inf or -inf alone"
        raise ValueError(f"{name} must have {words}; {again(master)}")


def _dtype(name: str) -> np.dtype:
    return np.dtype("<f8" if name.endswith(".f64") else "<f4")


def _lines(contents: bytes) -> int:
    return contents.count(b"\n") + 1


def _filed(folder: Path, explorer: Mapping) -> dict[str, str]:
    """Write an explorer's names and logits; returns the names of the two files."""
    names = explorer["names"].encode()
    logits = explorer["logits"]
    suffix = ".f64" if len(logits) == 8 * _lines(names) else ".f32"
    return {
        "names": _write(folder, names, ".txt"),
        "logits": _write(folder, logits, suffix),
    }


def _write(folder: Path, contents: bytes, suffix: str) -> str:
    name = _hash(contents) + suffix
    (folder / name).write_bytes(contents)
    return name


def _hash(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()[:12]


def _contents(master: Path, name: str) -> bytes:
    path = _folder(master) / name
    contents = path.read_bytes() if path.exists() else b""
    if _hash(contents) != path.stem:
        raise ValueError(f"{path} is missing or changed; {again(master)}")
    return contents
