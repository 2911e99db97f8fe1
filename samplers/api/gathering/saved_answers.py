"""The file in which `gather` keeps answers: JSON Lines, one answer a line, by its request's number.

The first line says which list of requests they answer, and a client's model. Neither requests nor
keys are in it.
"""

import hashlib
import json
import operator
import os
from collections.abc import Sequence
from pathlib import Path

from samplers.api.request import encode
from samplers.api.results import Completion

PURPOSE = "answers of samplers.api.gather"


def load(path: Path, requests: Sequence, model: str | None = None) -> dict[int, object]:
    """The answers in the file, by the number of their request. A missing file is begun.

    `model`: the one that is asked, None for a function. A line that a crash tore is taken out, and
    its request counts as not answered. ValueError if the file belongs to another model or list of
    requests, or is no such file; then it is not changed. OSError if it must be written and cannot
    be: now, and not after the first answers are paid for.
    """
    fields = {"model": model, "requests": len(requests), "sha256": digest(requests)}
    header = _line({"purpose": PURPOSE} | fields)
    content = path.read_bytes() if path.exists() else b""
    first, *rest = content.split(b"\n")
    if first.strip() != header and not header.startswith(content):
        raise ValueError(_wrong_file(path, first, fields))

    answers: dict[int, object] = {}
    good = [header]
    for line in rest:
        entry = _read(line)
        if entry is not None and entry[0] < len(requests) and entry[0] not in answers:
            answers.update([entry])
            good.append(line)
    clean = b"".join(line + b"\n" for line in good)
    if clean != content:
        replace_file(path, clean)
    elif len(answers) < len(requests):
        path.open("ab").close()  # may it be written?
    return answers


def append(path: Path, number: int, answer) -> None:
    """Adds the answer to a request. ValueError for one that JSON cannot hold, nor is a Completion.

    OSError, which names the file, if it cannot be written, as on a full disk. One call after the
    other: two at once could mix their lines.
    """
    is_completion = isinstance(answer, Completion)
    kind = "completion" if is_completion else "value"
    try:
        line = _line({"number": number, kind: answer.raw if is_completion else answer})
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(
            "call must return a Completion, or what JSON can hold, if save names a file; "
            f"got {type(answer).__name__} ({error})"
        ) from None
    try:
        with path.open("ab") as file:
            file.write(line + b"\n")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def _line(fields: dict) -> bytes:
    # ASCII alone: a text may hold line separators, and halves of surrogate pairs
    return json.dumps(fields).encode("ascii")


def digest(requests: Sequence) -> str:
    """What tells a list of requests from others, whatever the order of their fields."""
    plain = json.loads(encode({"requests": requests}))
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode("ascii")).hexdigest()


def _read(line: bytes) -> tuple[int, object] | None:
    """A line's number and answer; None if it cannot be read."""
    try:
        fields = json.loads(line)
        number = operator.index(fields["number"])
        if "completion" in fields:
            return number, Completion.from_wire(fields["completion"])
        return number, fields["value"]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return None


def replace_file(path: Path, content: bytes) -> None:
    """Writes the file anew; a crash leaves the old one or the new one."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(content)
    os.replace(new, path)


def _wrong_file(path: Path, first: bytes, wanted: dict) -> str:
    holds = "something else"
    try:
        fields = json.loads(first)
        if fields["purpose"] == PURPOSE and fields["model"] != wanted["model"]:
            holds = f"the answers of {_named(fields['model'])}"
        elif fields["purpose"] == PURPOSE:
            holds = f"the answers to another list of {fields['requests']} requests"
    except (ValueError, TypeError, KeyError):
        pass  # it is something else
    return (
        f"save must name a file of these {wanted['requests']} requests to "
        f"{_named(wanted['model'])}, or a new one; {path} holds {holds}. "
        "Name another file, or delete it"
    )


def _named(model: str | None) -> str:
    return "a function" if model is None else f"the model {model}"
