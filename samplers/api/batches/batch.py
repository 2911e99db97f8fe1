"""A batch as its endpoint reports it (/v1/batches)."""

from dataclasses import dataclass, field

from samplers.api.batches.files import listed
from samplers.api.client import Client
from samplers.api.deviations import count_of, dict_of, dicts_of, well_formed
from samplers.api.paths import is_id, quoted, some_id
from samplers.api.transport.deadline import Deadline

ENDED = ("completed", "failed", "expired", "cancelled")


@dataclass(frozen=True)
class Batch:
    """A batch. Times are in Unix seconds; None where the endpoint reports none.

    `status`: "validating", "in_progress", "finalizing" or "cancelling"; at its end "completed",
    "failed" (nothing was executed, and `errors` says why), "expired" or "cancelled" (what was
    answered until then is kept, and paid). `completed` and `failed` of its `total` requests are
    done. `errors`: lines such as "line 3: …", of the file that went in.
    """

    id: str
    status: str
    total: int
    completed: int
    failed: int
    errors: tuple[str, ...] = ()
    input_file_id: str | None = field(default=None, repr=False)
    output_file_id: str | None = field(default=None, repr=False)  # the answers
    error_file_id: str | None = field(default=None, repr=False)  # the requests that failed
    created_at: int | None = field(default=None, repr=False)
    expires_at: int | None = field(default=None, repr=False)
    metadata: dict[str, str] = field(default_factory=dict, repr=False)
    raw: dict = field(default_factory=dict, repr=False)

    @classmethod
    def from_wire(cls, batch: dict) -> "Batch":
        counts = dict_of(batch.get("request_counts"))
        return cls(
            id=some_id(batch["id"]),
            status=str(batch["status"]).lower(),
            total=count_of(counts.get("total")) or 0,
            completed=count_of(counts.get("completed")) or 0,
            failed=count_of(counts.get("failed")) or 0,
            errors=tuple(map(_error, dicts_of(dict_of(batch.get("errors")).get("data")))),
            input_file_id=_file_id(batch.get("input_file_id")),
            output_file_id=_file_id(batch.get("output_file_id")),
            error_file_id=_file_id(batch.get("error_file_id")),
            created_at=count_of(batch.get("created_at")),
            expires_at=count_of(batch.get("expires_at")),
            metadata=dict_of(batch.get("metadata")),
            raw=batch,
        )

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED


def list_batches(client: Client) -> list[Batch]:
    """The batches that the endpoint keeps for this key, the newest first."""
    return list(listed(client, "/batches", Batch.from_wire))


def cancel_batch(client: Client, batch_or_id: Batch | str) -> Batch:
    """Ends a batch early: it is "cancelling", and "cancelled" when its running requests are done.

    Those that are answered until then are kept, and paid. An APIError if it has ended already.
    """
    transport = client.endpoint.transport
    path = f"/batches/{quoted(id_of(batch_or_id))}/cancel"
    return transport.read(transport.request("POST", path), Batch.from_wire)


def look(client: Client, batch_id: str, deadline: Deadline | None = None, **options) -> Batch:
    """The batch as it is now. `options` are Transport.request's."""
    transport = client.endpoint.transport
    path = f"/batches/{quoted(batch_id)}"
    response = transport.request("GET", path, deadline=deadline, **options)
    return transport.read(response, Batch.from_wire)


def id_of(batch_or_id: Batch | str) -> str:
    return batch_or_id.id if isinstance(batch_or_id, Batch) else some_id(batch_or_id)


def _file_id(value) -> str | None:
    """None for what can be no id, such as the "" that some endpoints send."""
    return value if isinstance(value, str) and is_id(value) else None


def _error(error: dict) -> str:
    """A problem of the file that went in, for a person."""
    line = count_of(error.get("line"))
    where = "" if line is None else f"line {line}: "
    said = error.get("message") or error.get("code") or "no message"
    code = error.get("code")
    kind = f" ({code})" if code and code != said else ""
    return well_formed(f"{where}{said}{kind}")
