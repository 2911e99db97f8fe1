"""The file that keeps the ids of a batch while it is submitted, so that none is paid twice.

One JSON object. Neither requests nor keys are in it.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from samplers.api.gathering.saved_answers import digest, replace_file

PURPOSE = "a batch of samplers.api.submit_batch"
ID = "samplers_id"  # the name of our id in a batch's metadata


@dataclass(frozen=True)
class Submission:
    """A batch on its way: our own `id` for it, and the endpoint's ids so far."""

    id: str
    file_id: str | None = None
    batch_id: str | None = None

    @property
    def filename(self) -> str:
        """The file's name at the endpoint, where it can be found by it."""
        return f"samplers-{self.id}.jsonl"


class Saved:
    """A submission, and the file that keeps it (None: none does).

    `is_resumed`: an earlier run has begun it. ValueError if the file holds something else; then it
    is not changed. OSError if it cannot be written.
    """

    def __init__(self, path: Path | None, requests: Mapping[str, object], model: str):
        self._path = path
        self._of = {"model": model, "requests": len(requests)}
        if path is not None:
            self._of["sha256"] = digest(list(map(list, requests.items())))

        found = None if path is None else self._read()
        self.is_resumed = found is not None
        self.submission = found or Submission(uuid.uuid4().hex)
        if found is None:
            self._write()

    def learn(self, **ids: str) -> None:
        """Keeps the endpoint's ids: the next run goes on from there."""
        self.submission = replace(self.submission, **ids)
        self._write()

    def _read(self) -> Submission | None:
        if not self._path.exists():
            return None
        holds = "something else"
        try:
            fields = json.loads(self._path.read_bytes())
            if fields["purpose"] == PURPOSE:
                if {name: fields[name] for name in self._of} == self._of:
                    return Submission(**fields["submission"])
                count, model = fields["requests"], fields["model"]
                holds = f"another batch, of {count} requests to the model {model}"
        except (ValueError, TypeError, KeyError, RecursionError):
            pass  # it is something else
        raise ValueError(
            f"save must name a file of these {self._of['requests']} requests to the model "
            f"{self._of['model']}, or a new one; {self._path} holds {holds}. "
            "Name another file, or delete it"
        )

    def _write(self) -> None:
        if self._path is None:
            return
        fields = {"purpose": PURPOSE} | self._of | {"submission": asdict(self.submission)}
        replace_file(self._path, json.dumps(fields, indent=1).encode("ascii") + b"\n")
